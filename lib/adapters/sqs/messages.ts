import type { StoredCommit } from '../../engine/commit/decode';
import type { Offer } from '../../ports/activity-queues';
import type { AdvanceMessage, TaskMessage, TaskResult } from '../../ports/queue';
import type { RunRef } from '../../ports/run-ref';
import { decodeBody, encodeBody } from './body';

/** How messages of one kind are written and read. */
export interface MessageFormat<Message> {
  /** Rejects with BodyTooLong. */
  write(message: Message, bytesMax: number): Promise<string>;
  /** Rejects with Unreadable: a stranger's message, or one of a newer version of this software. */
  read(body: string): Promise<Message>;
}

export class Unreadable extends Error {
  /** The same, for a log: it names the message. */
  ofMessage(id: string): Unreadable {
    return new Unreadable(`message ${id} is unreadable: ${this.message}`, { cause: this });
  }
}

/** Written into every message; a reader takes no other. */
const VERSION = 1;

export const advanceMessages: MessageFormat<AdvanceMessage> = formatOf((fields) => {
  const type = fields.text('type');
  switch (type) {
    case 'advance':
    case 'wake':
      return { type, ...workOf(fields) };
    case 'result':
      return {
        type,
        ...workOf(fields),
        taskEventId: fields.whole('taskEventId'),
        claim: fields.text('claim'),
        result: resultOf(fields.fields('result')),
      };
    case 'look':
      return { type, ...workOf(fields), taskEventId: fields.whole('taskEventId') };
    case 'delete-machine':
      return {
        type,
        machineName: fields.text('machineName'),
        machineId: fields.text('machineId'),
        emptyLooks: fields.count('emptyLooks'),
      };
    default:
      throw new Unreadable(`no message has the type ${type}`);
  }
});

export const taskMessages: MessageFormat<TaskMessage> = formatOf((fields) => ({
  ...workOf(fields),
  taskEventId: fields.whole('taskEventId'),
  claim: fields.text('claim'),
  ...commitIn(fields),
}));

export const offers: MessageFormat<Offer> = formatOf((fields) => ({
  ...workOf(fields),
  taskEventId: fields.count('taskEventId'),
  scheduledMs: fields.count('scheduledMs'),
  deadlineMs: fields.has('deadlineMs') ? fields.count('deadlineMs') : undefined,
  ...commitIn(fields),
}));

/** Strict: exactly the members that `read` asks for, each of its type. */
function formatOf<Message extends object>(read: (fields: Fields) => Message): MessageFormat<Message> {
  return {
    write: (message, bytesMax) => encodeBody({ v: VERSION, ...message }, bytesMax),
    async read(body) {
      let value: unknown;
      try {
        value = await decodeBody(body);
      } catch (error) {
        throw new Unreadable('it is not JSON', { cause: error });
      }
      const fields = new Fields('the message', value);
      const version = fields.count('v');
      if (version !== VERSION) throw new Unreadable(`it has version ${version}, not ${VERSION}`);
      const message = read(fields);
      fields.end();
      return message;
    },
  };
}

const workOf = (fields: Fields): { run: RunRef; from: number } => ({
  run: runOf(fields.fields('run')),
  from: fields.count('from'),
});

function commitIn(message: Fields): { commit?: StoredCommit } {
  if (!message.has('commit')) return {};
  const fields = message.fields('commit');
  const commit = { slot: fields.count('slot'), body: fields.text('body') };
  fields.end();
  return { commit };
}

function runOf(fields: Fields): RunRef {
  const run = {
    machineName: fields.text('machineName'),
    machineId: fields.text('machineId'),
    name: fields.text('name'),
    runId: fields.text('runId'),
  };
  fields.end();
  return run;
}

function resultOf(fields: Fields): TaskResult {
  let result: TaskResult;
  if (fields.has('output')) result = { output: fields.text('output') };
  else if (fields.has('submitted')) {
    result = {
      submitted: fields.text('submitted'),
      ...(fields.has('child') && { child: runOf(fields.fields('child')) }),
    };
  } else {
    result = {
      error: fields.has('error') ? fields.text('error') : undefined,
      cause: fields.has('cause') ? fields.text('cause') : undefined,
    };
  }
  fields.end();
  return result;
}

/** The members of an object, each read once. */
class Fields {
  private readonly unread: Map<string, unknown>;

  constructor(
    private readonly name: string,
    value: unknown,
  ) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new Unreadable(`${name} is not an object`);
    }
    this.unread = new Map(Object.entries(value));
  }

  has(name: string): boolean {
    return this.unread.has(name);
  }

  text(name: string): string {
    const value = this.take(name);
    if (typeof value !== 'string') throw new Unreadable(`${name} is not a text`);
    return value;
  }

  /** A whole number from 0 on. */
  count(name: string): number {
    const value = this.take(name);
    if (!Number.isSafeInteger(value) || (value as number) < 0) throw new Unreadable(`${name} is not a count`);
    return value as number;
  }

  whole(name: string): number {
    const value = this.take(name);
    if (!Number.isSafeInteger(value)) throw new Unreadable(`${name} is not a whole number`);
    return value as number;
  }

  fields(name: string): Fields {
    return new Fields(name, this.take(name));
  }

  end(): void {
    const [name] = this.unread.keys();
    if (name !== undefined) throw new Unreadable(`${this.name} has a member ${name}`);
  }

  private take(name: string): unknown {
    const value = this.unread.get(name);
    this.unread.delete(name);
    return value;
  }
}
