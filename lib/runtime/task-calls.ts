import { JsonSyntaxError } from '../asl/json';
import type { Frame, Snapshot, TaskWait } from '../engine/snapshot';
import type { Ports } from '../ports';
import type { Clock } from '../ports/clock';
import type { FunctionResult } from '../ports/functions';
import type { TaskResult } from '../ports/queue';
import type { Mocks } from './mocks';
import { readPatiently } from './patiently';
import type { Caller, ServiceCalls } from './service-calls';

/** The mock file that it was started with is not this process's. */
const NO_MOCKS: TaskResult = {
  error: 'Stepwell.NoMockedResponse',
  cause: 'The execution was started by a test case, and the mock file has none of that name any more.',
};

/** Who answers a task that is called: a function, a service, or a test in their place. */
export class TaskCalls {
  constructor(
    private readonly ports: Pick<Ports, 'functions' | 'clock'>,
    private readonly services: ServiceCalls,
    private readonly mocks: Mocks | undefined,
  ) {}

  /** What a test answers; undefined where the task is to do its work. */
  mocked(snapshot: Pick<Snapshot, 'execution'>, task: TaskWait, frame: Frame): TaskResult | undefined {
    return task.isMocked ? (this.mocks?.answer(snapshot, frame) ?? NO_MOCKS) : undefined;
  }

  /** Rejects with StoreUnavailable, where it is this service itself that is called. */
  async call(caller: Caller, task: TaskWait, payload: string): Promise<TaskResult> {
    if (task.kind === 'service') return this.services.call(caller, task, payload);
    const { functions, clock } = this.ports;
    return resultOf(clock, await functions.invoke(task.resource, payload));
  }
}

async function resultOf(clock: Clock, result: FunctionResult): Promise<TaskResult> {
  if ('error' in result) return result;
  try {
    await readPatiently(clock, result.payload);
    return { output: result.payload };
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    return { error: 'Lambda.Unknown', cause: `The function's result is not JSON: ${error.message}` };
  }
}
