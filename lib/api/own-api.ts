import type { ClientSignal } from '../ports/activity-queues';
import type { ApiRefusal, OwnApi } from '../ports/own-api';
import type { Runtime } from '../runtime';
import { JsonText } from './action';
import { ACTIONS } from './actions';
import { beginExecution } from './actions/start-execution';
import { ApiError } from './errors';
import { compileShape, type InputCheck } from './shape';
import type { StartInput } from './startable';

/** A task's call has no client that could hang up. */
const NOBODY: ClientSignal = { isGone: false, onGone: () => () => {} };

/** The actions as tasks call them: the runtime is the one that asks, so it is there by then. */
export function createOwnApi(runtimeOf: () => Runtime): OwnApi {
  const checks = new Map<string, InputCheck>();
  const checkOf = (name: string, { settings }: Runtime): InputCheck => {
    const check = checks.get(name) ?? compileShape(ACTIONS.get(name)!.shape(settings.limits));
    checks.set(name, check);
    return check;
  };
  return {
    call: (name, input) =>
      refusing(async () => {
        const action = ACTIONS.get(name);
        if (!action) throw new ApiError('UnknownOperationException');
        const runtime = runtimeOf();
        const answer = await action.handle(runtime, checkOf(name, runtime)(input) as never, { client: NOBODY });
        const text = answer instanceof JsonText ? answer.text : JSON.stringify(answer);
        return { answer: JSON.parse(text) as Record<string, unknown> };
      }),
    start: (input, startedBy) =>
      refusing(() => {
        const runtime = runtimeOf();
        const checked = checkOf('StartExecution', runtime)(input);
        return beginExecution(runtime, checked as unknown as StartInput, startedBy);
      }),
  };
}

async function refusing<T>(call: () => Promise<T>): Promise<T | ApiRefusal> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const { name, status } = error.shape;
    return { code: name, status, message: error.message };
  }
}
