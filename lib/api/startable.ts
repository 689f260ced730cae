import type { MachineType } from '../asl/definition/express';
import { isBlank, JsonSyntaxError } from '../asl/json';
import type { Clock } from '../ports/clock';
import type { Runtime } from '../runtime';
import type { Limits } from '../runtime/limits';
import { readPatiently } from '../runtime/patiently';
import { routed } from '../runtime/publications';
import type { VersionStart } from '../runtime/start';
import { arn, name, payload, required, text } from './action';
import { ApiError } from './errors';
import { type FoundMachine, findQualified } from './lookup';
import { checkName } from './names';
import { Pattern } from './shape';

/** What StartExecution and StartSyncExecution have in common: what they take, and what they check in which order. */
export const startShape = (limits: Limits) => ({
  stateMachineArn: required(arn(limits)),
  name: name(limits),
  input: payload(limits),
  traceHeader: { ...text(0, 256), pattern: new Pattern('\\p{ASCII}*') },
});

export interface StartInput {
  stateMachineArn: string;
  name?: string;
  input?: string;
  traceHeader?: string;
}

/** What is asked for, with defaults. */
export interface StartRequest {
  /** As it was given. */
  givenArn: string;
  /** Without a test case. */
  stateMachineArn: string;
  testCase: string | undefined;
  name: string;
  input: string;
  traceHeader: string | undefined;
  /** What is wrong with it whatever the machine: to be said after all that is to be said of that. */
  problem: ApiError | undefined;
}

export async function readStart(runtime: Runtime, given: StartInput): Promise<StartRequest> {
  const { ports } = runtime;
  const { input = '{}', traceHeader, name = ports.ids.uuid() } = given;
  const problem = await problemOf(ports.clock, name, input);
  return {
    givenArn: given.stateMachineArn,
    ...mockedBy(runtime, given.stateMachineArn),
    name,
    input,
    traceHeader,
    problem,
  };
}

/** The machine, which can be started: it has that type, and nothing is wrong with the request. Throws ApiError. */
export async function findStartable(runtime: Runtime, request: StartRequest, type: MachineType): Promise<FoundMachine> {
  const { givenArn, stateMachineArn, testCase, problem } = request;
  const found = await findQualified(runtime, stateMachineArn);
  const { machine } = found;
  checkTestCase(runtime, machine.name, testCase);
  if (machine.status === 'DELETING') throw new ApiError('StateMachineDeleting', givenArn);
  if (machine.type !== type) throw new ApiError('StateMachineTypeNotSupported');
  if (problem) throw problem;
  return found;
}

/** The version that it is to run; by an alias, the one that the dice say. Undefined for the machine as it is. */
export async function versionOf(
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
function mockedBy({ settings }: Runtime, given: string): Pick<StartRequest, 'stateMachineArn' | 'testCase'> {
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
