import { createWriteStream } from 'node:fs';
import type { ExecutionLog, LogEntry } from '../ports/execution-log';
import { after } from './late';
import { errorFields, type Log } from './log';

export interface ExecutionLogFile extends ExecutionLog {
  /** Waits for what is under way, a moment at most. */
  close(): Promise<void>;
}

/** Characters that wait for a disk, or for a reader, that is slow; what comes then is dropped. */
const WAITING_MAX = 16_000_000;
const CLOSE_MAX_MS = 2_000;
const STANDARD_ERROR = 2;

/**
 * Logs what executions did where there is no CloudWatch: AWS's entries, one a line, with the group that they are for. To
 * a file that is appended to, or to standard error. Nobody waits for it: not even a full pipe holds up an execution.
 */
export function openExecutionLog(file: string | undefined, log: Log): ExecutionLogFile {
  const stream = createWriteStream(
    file ?? '',
    file === undefined ? { fd: STANDARD_ERROR, autoClose: false } : { flags: 'a' },
  );
  let dropped = 0;
  let isBroken = false;
  stream.on('error', (error) => {
    isBroken = true;
    log.error('events of executions are not logged any more', { file, ...errorFields(error) });
  });
  stream.on('drain', () => {
    if (dropped > 0) log.warn('events of executions were not logged: they could not be written as fast', { dropped });
    dropped = 0;
  });
  return {
    write(entries) {
      if (isBroken) return;
      if (stream.writableLength > WAITING_MAX) dropped += entries.length;
      else for (const entry of entries) stream.write(lineOf(entry));
    },

    async close() {
      if (isBroken) return;
      const late = after(CLOSE_MAX_MS);
      const written = new Promise((resolve) => stream.end(resolve));
      await Promise.race([written, late.promise]).finally(late.cancel);
    },
  };
}

const lineOf = ({ text, logGroupArn }: LogEntry): string =>
  `${text.slice(0, -1)},"log_group":${JSON.stringify(logGroupNameOf(logGroupArn))}}\n`;

const logGroupNameOf = (arn: string): string => arn.split(':')[6] ?? arn;
