import { parseJson } from '../asl/json';
import { Payload } from '../engine/payload';
import type { Trigger } from '../engine/trigger';
import type { TaskResult } from '../ports/queue';

/** The trigger for what a task came to. `claim`: of the worker that called; undefined where nobody called. */
export function resultTrigger(taskEventId: number, claim: string | undefined, result: TaskResult): Trigger {
  if ('output' in result) return { type: 'TaskSucceeded', taskEventId, claim, output: payloadOf(result.output) };
  if ('submitted' in result) {
    const { submitted, child } = result;
    return { type: 'TaskSubmitted', taskEventId, claim, output: payloadOf(submitted), child };
  }
  return { type: 'TaskFailed', taskEventId, claim, error: result.error, cause: result.cause };
}

function payloadOf(text: string): Payload {
  const { value, compact } = parseJson(text);
  return compact ? Payload.ofText(text) : Payload.of(value);
}
