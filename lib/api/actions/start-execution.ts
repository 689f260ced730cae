import type { Head, StartedBy } from '../../ports/executions';
import type { Runtime } from '../../runtime';
import { startExecution as start } from '../../runtime/start';
import { defineAction, seconds } from '../action';
import { ApiError } from '../errors';
import { machineResourceOf } from '../names';
import { isFull, tooManyOpen } from '../open-executions';
import { findStartable, readStart, type StartInput, startShape, versionOf } from '../startable';

/** Idempotent while the same name with the same input is running. */
export const startExecution = defineAction({
  shape: startShape,

  async handle(runtime, request) {
    const { head, executionArn } = await beginExecution(runtime, request, undefined);
    return { executionArn, startDate: seconds(head.startMs) };
  },
});

/** Starts an execution for a client, or for the task `startedBy`. Throws ApiError. */
export async function beginExecution(
  runtime: Runtime,
  given: StartInput,
  startedBy: StartedBy | undefined,
): Promise<{ head: Head; executionArn: string }> {
  const { ports, settings, runs } = runtime;
  const asked = await readStart(runtime, given);
  const { stateMachineArn, testCase, name, input, traceHeader, problem } = asked;
  const resource = machineResourceOf(settings.arns, stateMachineArn);
  const promised = resource && !problem ? runs.promiseStart(resource.name, name) : undefined;
  try {
    const machineSeenMs = ports.clock.nowMs();
    const found = await findStartable(runtime, asked, 'STANDARD');
    const { machine } = found;
    const isTaken = () => ports.executions.get(machine.machineId, name, ports.clock.nowMs());
    // A name that is taken starts nothing: the limit comes after that (api.md section 1.2).
    if ((await isFull(runtime)) && !(await isTaken())) throw tooManyOpen(runtime);
    const version = await versionOf(runtime, found, stateMachineArn);
    const request = { testCase, name, input, traceHeader, startedBy, machine, machineSeenMs, promised, version };
    const result = await start(ports, runs, request);
    const executionArn = settings.arns.execution(machine.name, name);
    if ('refused' in result) throw new ApiError('ExecutionAlreadyExists', executionArn);
    return { head: 'started' in result ? result.started : result.repeated, executionArn };
  } finally {
    if (promised) runs.withdraw(promised);
  }
}
