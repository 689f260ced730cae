import { JsonSyntaxError, parseJson } from '../../asl/json';
import type { Head, StartedBy } from '../../ports/executions';
import type { Runtime } from '../../runtime';
import { startExecution as start } from '../../runtime/start';
import { arn, defineAction, name, payload, required, seconds, text } from '../action';
import { ApiError } from '../errors';
import { findMachine } from '../lookup';
import { checkName } from '../names';

/** Idempotent while the same name with the same input is running. */
export const startExecution = defineAction({
  shape: (limits) => ({
    stateMachineArn: required(arn(limits)),
    name: name(limits),
    input: payload(limits),
    traceHeader: text(0, 256),
  }),

  async handle(runtime, request) {
    const { head, executionArn } = await beginExecution(runtime, request, undefined);
    return { executionArn, startDate: seconds(head.startMs) };
  },
});

export interface StartExecutionInput {
  stateMachineArn: string;
  name?: string;
  input?: string;
  traceHeader?: string;
}

/** Starts an execution for a client, or for the task `startedBy`. Throws ApiError. */
export async function beginExecution(
  runtime: Runtime,
  request: StartExecutionInput,
  startedBy: StartedBy | undefined,
): Promise<{ head: Head; executionArn: string }> {
  const { ports, settings } = runtime;
  const machine = await findMachine(runtime, request.stateMachineArn);
  if (machine.status === 'DELETING') throw new ApiError('StateMachineDeleting', request.stateMachineArn);
  if (machine.type === 'EXPRESS') throw new ApiError('StateMachineTypeNotSupported');
  const executionName = request.name ?? ports.ids.uuid();
  checkName(executionName);
  const { input = '{}' } = request;
  checkInput(input);
  const { openExecutions } = settings.limits;
  if (((await ports.executions.countOpen()) ?? 0) >= openExecutions) {
    throw new ApiError('ExecutionLimitExceeded', String(openExecutions));
  }
  const { traceHeader } = request;
  const result = await start(ports, runtime.runs, { machine, name: executionName, input, traceHeader, startedBy });
  const executionArn = settings.arns.execution(machine.name, executionName);
  if ('refused' in result) throw new ApiError('ExecutionAlreadyExists', executionArn);
  const head = 'started' in result ? result.started : result.repeated;
  return { head, executionArn };
}

function checkInput(input: string): void {
  if (input === '') throw new ApiError('InvalidExecutionInput', 'Invalid execution input.');
  try {
    parseJson(input);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw new ApiError('InvalidExecutionInput', error.message);
  }
}
