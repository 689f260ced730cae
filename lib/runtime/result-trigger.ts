import { Payload } from '../engine/payload';
import type { Trigger } from '../engine/trigger';
import type { Clock } from '../ports/clock';
import type { TaskResult } from '../ports/queue';
import { readPatiently } from './patiently';

/** The trigger for what a task came to. `claim`: of the worker that called; undefined where nobody called. */
export async function resultTrigger(
  clock: Clock,
  taskEventId: number,
  claim: string | undefined,
  result: TaskResult,
): Promise<Trigger> {
  if ('output' in result) {
    return { type: 'TaskSucceeded', taskEventId, claim, output: await payloadOf(clock, result.output) };
  }
  if ('submitted' in result) {
    const { submitted, child } = result;
    return { type: 'TaskSubmitted', taskEventId, claim, output: await payloadOf(clock, submitted), child };
  }
  return { type: 'TaskFailed', taskEventId, claim, error: result.error, cause: result.cause };
}

async function payloadOf(clock: Clock, text: string): Promise<Payload> {
  const { value, compact } = await readPatiently(clock, text);
  return compact ? Payload.ofText(text) : Payload.of(value);
}
