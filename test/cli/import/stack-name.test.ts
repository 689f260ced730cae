import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { emptyFolder, endServers, launch, removeFolders, stepwell } from '../command';
import { useTarget } from './target';

/** What `AWS::StackName` is in a template that is imported by itself. */

const target = useTarget();
afterEach(endServers);
afterAll(removeFolders);

const TEMPLATE = `Transform: AWS::Serverless-2016-10-31
Resources:
  Orders:
    Type: AWS::Serverless::StateMachine
    Properties:
      Name: !Sub "\${AWS::StackName}-orders"
      Definition: { StartAt: A, States: { A: { Type: Pass, Result: !Ref AWS::StackName, End: true } } }
`;

function project(folder: string, config?: string, template = 'template.yaml'): string {
  const root = join(emptyFolder(), folder);
  const file = join(root, template);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, TEMPLATE);
  if (config !== undefined) writeFileSync(join(root, 'samconfig.toml'), config);
  return file;
}

test.each([
  ['the folder', 'shop', undefined, 'shop'],
  ['the folder, with what a stack name may have', '2nd my_shop!', undefined, 'nd-my-shop'],
  [
    'samconfig.toml, for all commands',
    'shop',
    'version = 0.1\n[default.global.parameters]\nstack_name = "sam-app"\n',
    'sam-app',
  ],
  [
    'samconfig.toml, for deploy',
    'shop',
    "[default.deploy.parameters] # guided\r\nregion = 'x'\r\nstack_name = 'deployed' # here\r\n[default.global.parameters]\r\nstack_name = 'all'\r\n",
    'deployed',
  ],
  [
    'the folder, where another environment has a name',
    'shop',
    '[prod.deploy.parameters]\nstack_name = "prod"\n',
    'shop',
  ],
])('%s', async (_, folder, config, expected) => {
  expect(await target.import(project(folder, config))).toMatchObject({ status: 0 });
  expect((await target.definition(`${expected}-orders`)).States.A!.Result).toBe(expected);
});

test('of what sam build wrote: that of the project', async () => {
  await target.import(project('shop', undefined, '.aws-sam/build/template.yaml'));
  expect(await target.names()).toEqual(['shop-orders']);
});

test('--parameter says another', async () => {
  await target.import(
    project('shop', '[default.deploy.parameters]\nstack_name = "a"\n'),
    '--parameter',
    'AWS::StackName=b',
  );
  expect(await target.names()).toEqual(['b-orders']);
});

test('standard input has no folder: it is asked for', async () => {
  const { status, stdout } = await stepwell(['import', '-', '--endpoint', target.endpoint], { input: TEMPLATE });
  expect(status).toBe(1);
  expect(stdout).toContain('nothing here says what AWS::StackName is; give --parameter AWS::StackName=VALUE');
});

test('--watch looks at samconfig.toml, too', async () => {
  const file = project('shop', '[default.deploy.parameters]\nstack_name = "a"\n');
  const running = launch(['import', file, '--watch', '--endpoint', target.endpoint], { folder: dirname(file) });
  await running.says('1 created\n');
  const config = join(dirname(file), 'samconfig.toml');
  writeFileSync(config, readFileSync(config, 'utf8').replace('"a"', '"b"'));
  await running.says('b-orders (Orders)\n');
  running.child.kill('SIGTERM');
  expect((await running.ended).status).toBe(0);
});
