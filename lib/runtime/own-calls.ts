import { createHash } from 'node:crypto';
import type { ServiceTask } from '../asl/definition/integrations';
import { type JsonObject, stringifyJson } from '../asl/json';
import type { TaskWait } from '../engine/snapshot';
import type { ApiRefusal, OwnApi } from '../ports/own-api';
import type { TaskResult } from '../ports/queue';
import type { RunRef } from '../ports/run-ref';
import { refOf } from './mailbox';
import { objectOf, ownResponse, refusalOf, withMetadata } from './service-answers';
import type { Caller } from './service-calls';

/** Tasks that call this service itself: nested executions, and `aws-sdk:sfn:<action>`. */

/**
 * `states:startExecution`. However often the same task asks, one execution is started: its name, unless one is given,
 * follows from the task, and its head says which task started it, if that can be asked.
 */
export async function startNested(
  ownApi: OwnApi,
  service: ServiceTask,
  { run, isStored }: Caller,
  { eventId: taskEventId }: TaskWait,
  parameters: JsonObject,
  requestId: string,
): Promise<TaskResult> {
  const isAwaited = service.pattern === 'sync' || service.pattern === 'sync:2';
  const input = { name: nestedName(run, taskEventId), ...plain(parameters) };
  const started = await ownApi.start(input, isStored ? { run: { ...run }, taskEventId, isAwaited } : undefined);
  if ('code' in started) return refused(service, started, requestId);
  const { head, executionArn } = started;
  const output = withMetadata(
    [
      ['ExecutionArn', JSON.stringify(executionArn)],
      ['StartDate', String(head.startMs)],
    ],
    ownResponse(requestId),
  );
  if (service.pattern === 'request') return { output };
  return isAwaited ? { submitted: output, child: refOf(head) } : { submitted: output };
}

/** Like a UUID, and always the same for the same task. */
export function nestedName({ runId }: RunRef, taskEventId: number): string {
  const hex = createHash('sha256').update(`${runId} ${taskEventId}`).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}

/** `aws-sdk:sfn:<action>`. */
export async function callOwnApi(
  ownApi: OwnApi,
  service: ServiceTask,
  parameters: JsonObject,
  requestId: string,
): Promise<TaskResult> {
  const action = capital(service.action);
  const result = await ownApi.call(action, plain(parameters));
  if ('code' in result) return refused(service, result, requestId);
  const output = objectOf(
    Object.entries(shown(result.answer) as object).map(([name, value]) => [name, JSON.stringify(value)]),
  );
  return service.pattern === 'request' ? { output } : { submitted: output };
}

const refused = (service: ServiceTask, { code, status, message }: ApiRefusal, requestId: string): TaskResult =>
  refusalOf(service, { code, status, message, requestId, isKnown: true, serviceName: 'Sfn' });

/** As our API takes them: members begin with small letters, none is null. Texts that hold JSON stay texts. */
function plain(parameters: JsonObject): Record<string, unknown> {
  const value: unknown = JSON.parse(stringifyJson(parameters));
  return renamed(value, small) as Record<string, unknown>;
}

const small = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);
const capital = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

function renamed(value: unknown, rename: (name: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => renamed(item, rename));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== null)
      .map(([name, member]) => [rename(name), renamed(member, rename)]),
  );
}

/** As AWS's SDK shows an answer: members begin with capitals, moments are written out. */
function shown(value: unknown, name = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => shown(item));
  if (typeof value === 'number' && /(Date|timestamp)$/.test(name)) {
    return new Date(Math.round(value * 1000)).toISOString().replace('.000Z', 'Z');
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([member, item]) => [capital(member), shown(item, member)]));
}
