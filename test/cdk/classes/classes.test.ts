import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetActivityTaskCommand, SendTaskSuccessCommand } from '@aws-sdk/client-sfn';
import { App, Stack } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { readAssembly } from '../../../lib/cli/import/cloudformation/assembly';
import { findInStacks } from '../../../lib/cli/import/cloudformation/stacks';
import { Documents } from '../../../lib/cli/import/documents';
import type { Found } from '../../../lib/cli/import/found';
import type { ServiceHandler } from '../../../lib/index';
import { TestService } from '../../api/service';
import type { Expectation } from './expectation';
import { JSONATA, STATES } from './states';
import { TASKS } from './tasks';

/**
 * Every state and task class of aws-cdk-lib, in a machine that is synthesized as an app of a user, brought in as
 * `stepwell import` does, and run. Services and functions are those of this process.
 */

/** The classes of a module that are states. */
const classesOf = (library: object): string[] =>
  Object.entries(library)
    .filter(([, member]) => typeof member === 'function' && member.prototype instanceof sfn.State)
    .map(([name]) => name);

test.each([
  ['aws-stepfunctions', sfn, STATES],
  ['aws-stepfunctions-tasks', tasks, TASKS],
])('each class of %s is in the table', (_, library, table) => {
  expect(Object.keys(table).sort()).toEqual(classesOf(library).sort());
});

const cases = Object.entries({ ...STATES, ...TASKS, ...JSONATA });
const service = new TestService();
/** What was called, and with what. */
const calls: { name: string; parameters: unknown }[] = [];
let found: Found;

beforeAll(async () => {
  found = await synthesize();
  const text = found.machines.map(({ definition }) => definition.text).join();
  const functions = [...text.matchAll(/:function:([\w-]+)/g)].map(([, name]) => name!);
  const services = cases.flatMap(([, expected]) => ('calls' in expected && expected.calls ? [expected.calls] : []));
  const record =
    (name: string): ServiceHandler =>
    (parameters) => {
      calls.push({ name, parameters });
      return parameters;
    };
  await service.start({
    functions: Object.fromEntries(functions.map((name) => [name, record(name)])),
    services: Object.fromEntries(services.map((name) => [name, record(name)])),
  });
  for (const { name } of found.activities) void work(name);
}, 120_000);
afterAll(() => service.stop());

/** The machines of all classes, each in a stack of its own. */
async function synthesize(): Promise<Found> {
  const app = new App({ outdir: mkdtempSync(join(tmpdir(), 'stepwell-classes-')) });
  for (const [name, expected] of cases) {
    if ('base' in expected) continue;
    const stack = new Stack(app, name.replace(/\W/g, ''));
    const definitionBody = sfn.DefinitionBody.fromChainable(expected.make(stack));
    new sfn.StateMachine(stack, 'Machine', { stateMachineName: machineOf(name), definitionBody });
  }
  const { directory } = app.synth({ skipValidation: true });
  const documents = await Documents.open();
  const identity = { partition: 'aws', region: 'us-east-1', account: '123456789012' };
  const settings = { identity, parameters: new Map<string, string>(), stacks: [] };
  return findInStacks(readAssembly(documents, directory, []), documents, settings);
}

const machineOf = (name: string): string => name.replace(/\W/g, '-');

/** A worker that does the first task of an activity. */
async function work(name: string): Promise<void> {
  const activityArn = await service.createActivity(name);
  const { taskToken, input } = await service.client.send(new GetActivityTaskCommand({ activityArn }));
  await service.client.send(new SendTaskSuccessCommand({ taskToken, output: `{"done":${input}}` }));
}

async function create(name: string): Promise<string> {
  const { definition, type } = found.machines.find((machine) => machine.name === name)!;
  return service.createMachine(definition.text, { name, type });
}

const running = cases.filter(([, expected]) => 'runs' in expected) as [string, Extract<Expectation, { runs: true }>][];
const refused = cases.filter(([, expected]) => 'refused' in expected) as [string, { refused: string }][];

test('all of them are found in what is synthesized', () => {
  expect(found.refusals).toEqual([]);
});

test.each(running)('%s runs', async (name, expected) => {
  if (name === 'StepFunctionsStartExecution') await create('nested');
  const stateMachineArn = await create(machineOf(name));
  calls.length = 0;
  const input = JSON.stringify(expected.input ?? {});
  const { status, output, error, cause } = await service.ended(
    await service.startExecution({ stateMachineArn, input }),
  );
  expect({ status, error, cause }).toEqual({ status: 'SUCCEEDED', error: undefined, cause: undefined });
  if (expected.output !== undefined) expect(JSON.parse(output!)).toEqual(expected.output);
  if (expected.calls !== undefined) {
    const parameters = expected.with ? expect.objectContaining(expected.with) : expect.anything();
    expect(calls).toEqual([{ name: expected.calls, parameters }]);
  }
});

test.each(refused)('%s is refused by name', async (name, expected) => {
  await expect(create(machineOf(name))).rejects.toMatchObject({
    name: 'InvalidDefinition',
    message: expect.stringContaining(expected.refused),
  });
});
