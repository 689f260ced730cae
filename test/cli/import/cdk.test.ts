import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DEFINITION_FILE, synthesizeApp } from './cdk-app';
import { useTarget } from './target';

const target = useTarget();
const folder = synthesizeApp();

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const lambda = (name: string) => `arn:aws:lambda:eu-north-1:999988887777:function:${name}`;

test('the whole output of cdk synth: every stack, nested ones, stages, files', async () => {
  const { status, stdout, stderr } = await target.import(folder);
  expect({ status, stdout, stderr }).toMatchObject({ status: 0, stderr: '5 created\n' });
  expect((await target.names()).map((name) => name.replace(/[0-9A-F]{8}$/, ''))).toEqual([
    'FromFile',
    'approval',
    'inner',
    'orders',
    'small-Prod-Small',
  ]);
  expect(await target.describe('small-Prod-Small')).toMatchObject({ type: 'EXPRESS' });
  expect(await target.describe('orders')).toMatchObject({ tracingConfiguration: { enabled: true } });
  expect(await target.tags('stateMachine', 'orders')).toEqual({ team: 'shop' });
});

test('references: to functions of this and of another stack, to activities, tables, pseudo parameters', async () => {
  await target.import(folder);
  const { States } = await target.definition('orders');
  expect(States['Charge it']!.Resource).toBe(lambda('charge'));
  expect(States.Approve!.Resource).toBe(target.arn('activity', 'approval'));
  expect(States['Ship it']!.Resource).toMatch(/^arn:aws:lambda:eu-north-1:999988887777:function:Ship[0-9A-F]{8}$/);
  expect(States.Note!.Result).toEqual({
    table: 'arn:aws:dynamodb:eu-north-1:999988887777:table/orders',
    region: 'eu-north-1',
  });
});

test('a nested stack knows what the stack around gives it', async () => {
  await target.import(folder);
  const { States } = await target.definition('inner');
  expect(States.Note!.Result).toEqual({
    machine: target.arn('stateMachine', 'orders'),
    queue: expect.stringMatching(/^https:\/\/sqs\.eu-north-1\.amazonaws\.com\/999988887777\/Queue[0-9A-F]{8}$/),
  });
  expect(States.Ship!.Resource).toMatch(/function:Ship[0-9A-F]{8}$/);
});

test('a definition in an asset keeps its text, but for its substitutions', async () => {
  const { stdout } = await target.import(folder);
  const name = /state machine (FromFile\w+)/.exec(stdout)![1]!;
  const { definition } = await target.describe(name);
  const ship = /function:(Ship\w+)/.exec(String(definition))![1]!;
  // biome-ignore lint/suspicious/noTemplateCurlyInString: that text stands in the file.
  const expected = DEFINITION_FILE.replace('${Ship}', lambda(ship)).replace('${Attempts}', '4');
  expect(definition).toBe(expected);
});

test('again: nothing has changed', async () => {
  await target.import(folder);
  const { status, stdout, stderr } = await target.import(folder);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '5 unchanged\n' });
  expect(stdout).toContain('unchanged  state machine orders (Machine');
});

test('--stack: that one only, by its name or its place in the app', async () => {
  expect(await target.import(folder, '--stack', 'Prod/Small')).toMatchObject({ status: 0, stderr: '1 created\n' });
  const { status, stderr } = await target.import(folder, '--stack', 'Order');
  expect({ status, stderr }).toMatchObject({ status: 2, stderr: expect.stringContaining('Did you mean Orders?') });
});

test('one template of it: its assets are found beside it; what another stack exports is asked for', async () => {
  const file = join(folder, 'Orders.template.json');
  const { status, stdout } = await target.import(file);
  expect(status).toBe(1);
  const flag = /of another stack is; give (--parameter) (\S+)=VALUE/.exec(stdout)!;
  const given = `${flag[2]}=${lambda('else')}`;
  expect(await target.import(file, flag[1]!, given)).toMatchObject({ status: 0 });
  expect((await target.definition('orders')).States['Charge it']!.Resource).toBe(lambda('else'));
});
