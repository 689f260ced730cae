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
import { checkName, machineResourceOf } from '../names';
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
  const { ports, settings, runs } = runtime;
  const { stateMachineArn, testCase } = mockedBy(runtime, request.stateMachineArn);
  const { input = '{}', traceHeader, name = ports.ids.uuid() } = request;
  const asked = { stateMachineArn, testCase, name, input, traceHeader, startedBy };
  const resource = machineResourceOf(settings.arns, stateMachineArn);
  const problem = await problemOf(ports.clock, name, input);
  const promised = resource && !problem ? runs.promiseStart(resource.name, name) : undefined;
  try {
    const machineSeenMs = ports.clock.nowMs();
    const found = await findQualified(runtime, stateMachineArn);
    const { machine } = found;
    checkTestCase(runtime, machine.name, testCase);
    if (machine.status === 'DELETING') throw new ApiError('StateMachineDeleting', request.stateMachineArn);
    if (machine.type === 'EXPRESS') throw new ApiError('StateMachineTypeNotSupported');
    if (problem) throw problem;
    const isTaken = () => ports.executions.get(machine.machineId, name, ports.clock.nowMs());
    // A name that is taken starts nothing: the limit comes after that (api.md section 1.2).
    if ((await isFull(runtime)) && !(await isTaken())) throw tooManyOpen(runtime);
    const version = await versionOf(runtime, found, stateMachineArn);
    const result = await start(ports, runs, { ...asked, machine, machineSeenMs, promised, version });
    const executionArn = settings.arns.execution(machine.name, name);
    if ('refused' in result) throw new ApiError('ExecutionAlreadyExists', executionArn);
    return { head: 'started' in result ? result.started : result.repeated, executionArn };
  } finally {
    if (promised) runs.withdraw(promised);
  }
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

/** What is wrong with the request whatever the machine: to be said after all that is to be said of that. */
async function problemOf(clock: Clock, name: string, input: string): Promise<ApiError | undefined> {
  try {
    checkName(name);
    if (isBlank(input)) return new ApiError('InvalidExecutionInput', 'Invalid execution input.');
    await readPatiently(clock, input);
    return undefined;
  } catch (error) {
    if (error instanceof ApiError) return error;
    if (error instanceof JsonSyntaxError) return new ApiError('InvalidExecutionInput', error.message);
    throw error;
  }
}
