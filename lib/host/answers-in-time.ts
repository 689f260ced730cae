import type { Functions } from '../ports/functions';
import type { Services } from '../ports/services';
import { after } from './late';

/** What has not answered so long before its caller's end gives no answer: that is still recorded. */
const GIVEN_UP_BEFORE_MS = 20_000;

/** Undefined: there was no answer in the time that the invocation has. */
async function inTime<T>(answer: Promise<T>, invocation: { endMs: number }): Promise<T | undefined> {
  const late = after(Math.max(0, invocation.endMs - GIVEN_UP_BEFORE_MS - Date.now()));
  const first = await Promise.race([answer, late.promise]).finally(late.cancel);
  return first === 'late' ? undefined : (first as T);
}

/** Functions for a caller that is itself ended: it records what it knows before, that there was no answer. */
export function functionsInTime(functions: Functions, invocation: { endMs: number }): Functions {
  return {
    async invoke(functionArn, payload, options) {
      const result = await inTime(functions.invoke(functionArn, payload, options), invocation);
      const cause = `${functionArn} gave no answer in the time that there was for it`;
      return result ?? { error: 'Lambda.Unknown', cause };
    },
  };
}

/** The same of services. */
export function servicesInTime(services: Services, invocation: { endMs: number }): Services {
  return {
    async call(call) {
      const result = await inTime(services.call(call), invocation);
      const cause = `${call.name} gave no answer in the time that there was for it`;
      return result ?? { error: 'States.TaskFailed', cause };
    },
  };
}
