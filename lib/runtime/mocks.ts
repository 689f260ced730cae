import { isObject, type Json, type JsonObject, JsonSyntaxError, parseJson, stringifyJson } from '../asl/json';
import { type Frame, retryCountOf, type Snapshot } from '../engine/snapshot';
import type { TaskResult } from '../ports/queue';
import { machineNameOf } from './child-names';

/** The mock file cannot be used; the message says where and why. */
export class BadMocks extends Error {}

/** What the attempts `from` to `to` get, both included. */
interface Answer {
  from: number;
  to: number;
  result: TaskResult;
}

/** What a test case says of its states: answers by the state's name. */
type TestCase = ReadonlyMap<string, readonly Answer[]>;

/**
 * Answers of tasks that tests give instead of functions, services and workers, by the mock file of Step Functions Local
 * (developer guide, "Testing with mocked service integrations"): an execution that is started as `ARN#TestCase` gets them
 * for the states that the test case names, the first attempt number 0, each retry the next. Other states do their work.
 */
export class Mocks {
  constructor(private readonly machines: ReadonlyMap<string, ReadonlyMap<string, TestCase>>) {}

  /** Those of a state machine, by name. */
  testCasesOf(machineName: string): string[] {
    return [...(this.machines.get(machineName)?.keys() ?? [])];
  }

  /** Whether the state's tasks are answered here. */
  has({ machineName, testCase }: Snapshot['execution'], stateName: string): boolean {
    return this.testCase(machineName, testCase)?.has(stateName) === true;
  }

  /** Children of a distributed Map are run by their parent's. */
  private testCase(machineName: string, name: string | undefined): TestCase | undefined {
    return name === undefined ? undefined : this.machines.get(machineNameOf(machineName))?.get(name);
  }

  /** The answer to the task of a frame; undefined where it is to do its work. */
  answer({ execution }: Pick<Snapshot, 'execution'>, frame: Frame): TaskResult | undefined {
    const { machineName, testCase } = execution;
    const { stateName } = frame;
    const answers = this.testCase(machineName, testCase)?.get(stateName);
    if (!answers) return undefined;
    const attempt = retryCountOf(frame);
    const answer = answers.find(({ from, to }) => from <= attempt && attempt <= to);
    return (
      answer?.result ?? {
        error: 'Stepwell.NoMockedResponse',
        cause: `The mocked response of state '${stateName}' in test case '${testCase}' has no answer to attempt ${attempt}.`,
      }
    );
  }
}

/** Reads a mock file. Throws BadMocks. */
export function parseMocks(text: string): Mocks {
  const file = objectOf(parsed(text), 'the file');
  onlyMembers(file, ['StateMachines', 'MockedResponses'], 'the file');
  const responses = new Map<string, readonly Answer[]>();
  for (const [name, response] of objectOf(file.get('MockedResponses') ?? new Map(), 'MockedResponses')) {
    responses.set(name, answersOf(response, `MockedResponses.${name}`));
  }
  const machines = new Map<string, ReadonlyMap<string, TestCase>>();
  for (const [name, machine] of objectOf(file.get('StateMachines'), 'StateMachines')) {
    machines.set(name, testCasesOf(machine, responses, `StateMachines.${name}`));
  }
  return new Mocks(machines);
}

function testCasesOf(
  given: Json,
  responses: ReadonlyMap<string, readonly Answer[]>,
  place: string,
): ReadonlyMap<string, TestCase> {
  const machine = objectOf(given, place);
  onlyMembers(machine, ['TestCases'], place);
  const testCases = new Map<string, TestCase>();
  for (const [name, states] of objectOf(machine.get('TestCases'), `${place}.TestCases`)) {
    const at = `${place}.TestCases.${name}`;
    const testCase = new Map<string, readonly Answer[]>();
    for (const [state, response] of objectOf(states, at)) {
      const answers = typeof response === 'string' ? responses.get(response) : undefined;
      if (!answers) throw new BadMocks(`${at}.${state}: there is no such response in MockedResponses`);
      testCase.set(state, answers);
    }
    testCases.set(name, testCase);
  }
  return testCases;
}

function answersOf(given: Json, place: string): Answer[] {
  let next = 0;
  const answers = [...objectOf(given, place)].map(([attempts, answer]): Answer => {
    const at = `${place}.${attempts}`;
    const [, from, to = from] = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(attempts) ?? [];
    if (from === undefined || Number(to) < Number(from)) {
      throw new BadMocks(`${at}: attempts are a number, or two like 1-2`);
    }
    return { from: Number(from), to: Number(to), result: resultOf(objectOf(answer, at), at) };
  });
  answers.sort((a, b) => a.from - b.from);
  for (const { from, to } of answers) {
    if (from !== next)
      throw new BadMocks(`${place}: attempts are counted from 0 without gaps; ${next} is missing or there twice`);
    next = to + 1;
  }
  if (next === 0) throw new BadMocks(`${place}: there is no answer in it`);
  return answers;
}

function resultOf(answer: JsonObject, place: string): TaskResult {
  const output = answer.get('Return');
  const failure = answer.get('Throw');
  if ((output === undefined) === (failure === undefined) || answer.size > 1) {
    throw new BadMocks(`${place}: either Return or Throw is wanted, and nothing else`);
  }
  if (output !== undefined) return { output: stringifyJson(output) };
  const thrown = objectOf(failure, `${place}.Throw`);
  onlyMembers(thrown, ['Error', 'Cause'], `${place}.Throw`);
  const [error, cause = ''] = [thrown.get('Error'), thrown.get('Cause')];
  if (typeof error !== 'string' || typeof cause !== 'string') {
    throw new BadMocks(`${place}.Throw: Error is wanted, a text; Cause may be another`);
  }
  return { error, cause };
}

function parsed(text: string): Json {
  try {
    return parseJson(text).value;
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw new BadMocks('it is not JSON');
  }
}

function objectOf(value: Json | undefined, place: string): JsonObject {
  if (value === undefined) throw new BadMocks(`${place} is missing`);
  if (!isObject(value)) throw new BadMocks(`${place}: an object is wanted`);
  return value;
}

function onlyMembers(object: JsonObject, names: readonly string[], place: string): void {
  for (const name of object.keys()) {
    if (!names.includes(name)) throw new BadMocks(`${place} has "${name}"; there are ${names.join(' and ')}`);
  }
}
