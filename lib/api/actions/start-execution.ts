import { isBlank, JsonSyntaxError } from '../../asl/json';
import type { Clock } from '../../ports/clock';
import type { Head, StartedBy } from '../../ports/executions';
import type { Runtime } from '../../runtime';
import { readPatiently } from '../../runtime/patiently';
import { routed } from '../../runtime/publications';
import { startExecution as start, type VersionStart } from '../../runtime/start';
import { arn, defineAction, name, payload, required, seconds, text } from '../action';
import { ApiError } from '../errors';
import { type FoundMachine, findQualified } from '../lookup';
import { checkName } from '../names';
import { isFull, tooManyOpen } from '../open-executions';
import { Pattern } from '../shape';

const TRACE_HEADER = { ...text(0, 256), pattern: new Pattern('\\p{ASCII}*') };

/** Idempotent while the same name with the same input is running. */
export const startExecution = defineAction({
  shape: (limits) => ({
    stateMachineArn: required(arn(limits)),
    name: name(limits),
    input: payload(limits),
    traceHeader: TRACE_HEADER,
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
  const { stateMachineArn, testCase } = mockedBy(runtime, request.stateMachineArn);
  const machineSeenMs = ports.clock.nowMs();
  const found = await findQualified(runtime, stateMachineArn);
  const { machine } = found;
  checkTestCase(runtime, machine.name, testCase);
  if (machine.status === 'DELETING') throw new ApiError('StateMachineDeleting', request.stateMachineArn);
  if (machine.type === 'EXPRESS') throw new ApiError('StateMachineTypeNotSupported');
  const executionName = request.name ?? ports.ids.uuid();
  checkName(executionName);
  const { input = '{}', traceHeader } = request;
  await checkInput(ports.clock, input);
  const isTaken = () => ports.executions.get(machine.machineId, executionName, ports.clock.nowMs());
  // A name that is taken starts nothing: the limit comes after that (api.md section 1.2).
  if ((await isFull(runtime)) && !(await isTaken())) throw tooManyOpen(runtime);
  const version = await versionOf(runtime, found, stateMachineArn);
  const asked = { machine, machineSeenMs, version, name: executionName, input, traceHeader, startedBy, testCase };
  const result = await start(ports, runtime.runs, asked);
  const executionArn = settings.arns.execution(machine.name, executionName);
  if ('refused' in result) throw new ApiError('ExecutionAlreadyExists', executionArn);
  const head = 'started' in result ? result.started : result.repeated;
  return { head, executionArn };
}

/** The version that it is to run; by an alias, the one that the dice say. Undefined for the machine as it is. */
async function versionOf(
  { ports, programs }: Runtime,
  { machine, version, alias, published }: FoundMachine,
  arn: string,
): Promise<VersionStart | undefined> {
  if (!published) return undefined;
  const found = alias ? routed(published, alias, ports.ids.random()) : version;
  if (!found) throw new ApiError('StateMachineDoesNotExist', arn);
  const { revision } = found;
  const { roleArn } = (await programs.settings({ machineName: machine.name, ...machine, revision })) ?? machine;
  return { revision, roleArn, version: found.version, alias: alias?.name };
}

/** Where there is a mock file, what follows `#` is a test case of it. */
function mockedBy({ settings }: Runtime, given: string): { stateMachineArn: string; testCase: string | undefined } {
  const at = settings.mocks ? given.indexOf('#') : -1;
  if (at < 0) return { stateMachineArn: given, testCase: undefined };
  return { stateMachineArn: given.slice(0, at), testCase: given.slice(at + 1) };
}

function checkTestCase({ settings }: Runtime, machineName: string, testCase: string | undefined): void {
  const known = settings.mocks?.testCasesOf(machineName) ?? [];
  if (testCase === undefined || known.includes(testCase)) return;
  const others = known.length > 0 ? `there are ${known.join(', ')}` : 'there are none of it';
  throw new ApiError('InvalidArn', `the mock file has no test case ${testCase} of ${machineName}; ${others}`);
}

async function checkInput(clock: Clock, input: string): Promise<void> {
  if (isBlank(input)) throw new ApiError('InvalidExecutionInput', 'Invalid execution input.');
  try {
    await readPatiently(clock, input);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw new ApiError('InvalidExecutionInput', error.message);
  }
}
