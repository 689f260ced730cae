import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../backends/free-port';
import { emptyFolder, endServers, launch, removeFolders, serve, stepwell } from '../command';
import { fixture, Target } from './target';

/** What the command does, whatever the source: a template small enough to change. */

const target = new Target();
beforeEach(() => target.start());
afterEach(() => target.stop());
afterEach(endServers);
afterAll(removeFolders);

const machine = (
  fields: object,
  definition: object | string = { StartAt: 'A', States: { A: { Type: 'Succeed' } } },
) => ({
  Type: 'AWS::StepFunctions::StateMachine',
  Properties: {
    DefinitionString: typeof definition === 'string' ? definition : JSON.stringify(definition),
    RoleArn: 'arn:aws:iam::123456789012:role/any',
    ...fields,
  },
});
/** As CloudFormation writes what is put in. */
const put = (name: string) => `\${${name}}`;
const pass = (Result: unknown) => ({ StartAt: 'A', States: { A: { Type: 'Pass', Result, End: true } } });

function write(resources: object, folder = emptyFolder(), name = 'template.json'): string {
  const file = join(folder, name);
  writeFileSync(file, JSON.stringify({ Resources: resources }));
  return file;
}

describe('what is there already', () => {
  test('is updated where it differs, and each difference is named; nothing is deleted', async () => {
    const folder = emptyFolder();
    const file = write({ One: machine({}), Two: machine({}), Three: machine({}) }, folder);
    await target.import(file);
    write(
      {
        One: machine({ RoleArn: 'arn:aws:iam::123456789012:role/other', Tags: [{ Key: 'a', Value: 'b' }] }, pass(1)),
        Two: machine({}),
      },
      folder,
    );
    const { status, stdout, stderr } = await target.import(file);
    expect({ status, stdout, stderr }).toEqual({
      status: 0,
      stdout: 'updated    state machine One: definition, roleArn, tags\nunchanged  state machine Two\n',
      stderr: '1 updated, 1 unchanged\n',
    });
    expect(await target.definition('One')).toEqual(pass(1));
    expect(await target.describe('One')).toMatchObject({ roleArn: 'arn:aws:iam::123456789012:role/other' });
    expect(await target.tags('stateMachine', 'One')).toEqual({ a: 'b' });
    expect(await target.names()).toEqual(['One', 'Three', 'Two']);
  });

  test('is unchanged where its definition is the same JSON, written otherwise', async () => {
    const folder = emptyFolder();
    const file = write({ One: machine({}, '{"StartAt":"A","States":{"A":{"Type":"Succeed"}}}') }, folder);
    await target.import(file);
    write({ One: machine({}, '{ "States": { "A": { "Type": "Succeed" } },\n "StartAt": "A" }') }, folder);
    expect((await target.import(file)).stderr).toBe('1 unchanged\n');
  });

  test('tags are added and changed, and none is taken away', async () => {
    const folder = emptyFolder();
    const activity = (Tags: object[]) => ({
      A: { Type: 'AWS::StepFunctions::Activity', Properties: { Name: 'a', Tags } },
    });
    const file = write(
      activity([
        { Key: 'one', Value: '1' },
        { Key: 'two', Value: '2' },
      ]),
      folder,
    );
    await target.import(file);
    write(activity([{ Key: 'two', Value: '22' }]), folder);
    expect((await target.import(file)).stdout).toBe('updated    activity a (A): tags\n');
    expect(await target.tags('activity', 'a')).toEqual({ one: '1', two: '22' });
  });

  test('of another type is refused: a type cannot change', async () => {
    const folder = emptyFolder();
    const file = write({ One: machine({}) }, folder);
    await target.import(file);
    write({ One: machine({ StateMachineType: 'EXPRESS' }) }, folder);
    const { status, stdout } = await target.import(file);
    expect({ status, stdout }).toEqual({
      status: 1,
      stdout:
        'refused    state machine One: it is STANDARD there and would be EXPRESS: delete it first, its type cannot change\n',
    });
  });
});

describe('stacks in stacks', () => {
  const nested = (TemplateURL: string, Parameters: object) => ({
    Type: 'AWS::CloudFormation::Stack',
    Properties: { TemplateURL, Parameters },
  });

  test('a nested template in a file: parameters go in, outputs come out', async () => {
    const folder = emptyFolder();
    const inner = {
      Parameters: { Text: { Type: 'String' } },
      Resources: { Inner: machine({ DefinitionString: { 'Fn::Sub': JSON.stringify(pass(put('Text'))) } }) },
      Outputs: { Arn: { Value: { Ref: 'Inner' } } },
    };
    writeFileSync(join(folder, 'inner.json'), JSON.stringify(inner));
    const outer = machine(
      { DefinitionSubstitutions: { Inner: { 'Fn::GetAtt': ['Nested', 'Outputs.Arn'] } } },
      pass(put('Inner')),
    );
    const file = write({ Nested: nested('inner.json', { Text: { Ref: 'Outer' } }), Outer: outer }, folder);
    expect(await target.import(file)).toMatchObject({ status: 0, stderr: '2 created\n' });
    expect((await target.definition('Inner')).States.A!.Result).toBe(target.arn('stateMachine', 'Outer'));
    expect((await target.definition('Outer')).States.A!.Result).toBe(target.arn('stateMachine', 'Inner'));
  });

  test('what the stack around does not know, refuses the machine within', async () => {
    const folder = emptyFolder();
    const Inner = machine({ DefinitionString: { 'Fn::Sub': JSON.stringify(pass(put('Text'))) } });
    const inner = { Parameters: { Text: { Type: 'String' } }, Resources: { Inner } };
    writeFileSync(join(folder, 'inner.json'), JSON.stringify(inner));
    const { status, stdout } = await target.import(
      write({ Nested: nested('inner.json', { Text: { Ref: 'Nobody' } }) }, folder),
    );
    expect({ status, stdout }).toEqual({
      status: 1,
      stdout: 'refused    state machine Inner: nothing here says what Ref Nobody is; give --parameter Nobody=VALUE\n',
    });
  });

  test('one that is no file here is named, and what is around it is brought in', async () => {
    const file = write({ Nested: nested('https://s3.amazonaws.com/bucket/inner.json', {}), Outer: machine({}) });
    const { status, stdout } = await target.import(file);
    expect(status).toBe(1);
    expect(stdout).toMatch(/^refused {4}stack Nested: its template is no file here: import what/);
    expect(await target.names()).toEqual(['Outer']);
  });
});

test('a name that leads back to itself is refused, however often it stands there', async () => {
  const self = { 'Fn::Join': ['', [{ Ref: 'One' }, { Ref: 'One' }, { Ref: 'Two' }]] };
  const file = write({ One: machine({ StateMachineName: self }), Two: machine({ StateMachineName: { Ref: 'One' } }) });
  const { status, stdout } = await target.import(file);
  expect(status).toBe(1);
  expect(stdout).toContain('nothing here says what Ref One is; it refers to itself');
});

test('variables of Serverless that lead back to themselves: one line', async () => {
  const folder = emptyFolder();
  writeFileSync(
    join(folder, 'serverless.yml'),
    `service: s\nprovider: {name: aws}\ncustom: {a: '\${self:custom.b}', b: '\${self:custom.a}'}\nstepFunctions: {activities: ['\${self:custom.a}']}\n`,
  );
  const { status, stderr } = await target.import(join(folder, 'serverless.yml'));
  expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringMatching(/refers to itself\.\n$/) });
});

test('two of one name: the second is refused', async () => {
  const { status, stdout } = await target.import(
    write({ One: machine({ StateMachineName: 'same' }), Two: machine({ StateMachineName: 'same' }) }),
  );
  expect(status).toBe(1);
  expect(stdout).toContain(
    'refused    state machine same (Two): another state machine of this import has the name same',
  );
});

test('what the service refuses is one line with its message', async () => {
  const { status, stdout } = await target.import(
    write({ One: machine({ StateMachineName: 'a b' }), Two: machine({ RoleArn: 'arn:x' }) }),
  );
  expect(status).toBe(1);
  expect(stdout).toContain('created    state machine a-b (One)\n');
  expect(stdout).toContain("refused    state machine Two: InvalidArn: Invalid Role Arn: 'arn:x'\n");
});

test('an alias leads to the version that the import publishes, with every import to the newest', async () => {
  const folder = emptyFolder();
  const resources = (definition: object) => ({
    One: machine({}, definition),
    Version: { Type: 'AWS::StepFunctions::StateMachineVersion', Properties: { StateMachineArn: { Ref: 'One' } } },
    Live: {
      Type: 'AWS::StepFunctions::StateMachineAlias',
      Properties: { Name: 'live', RoutingConfiguration: [{ StateMachineVersionArn: { Ref: 'Version' }, Weight: 100 }] },
    },
  });
  const versionOf = async () => {
    const { routingConfiguration } = await target.call('DescribeStateMachineAlias', {
      stateMachineAliasArn: `${target.arn('stateMachine', 'One')}:live`,
    });
    return (routingConfiguration as { stateMachineVersionArn: string }[])[0]!.stateMachineVersionArn;
  };
  const file = write(resources(pass(1)), folder);
  expect((await target.import(file)).stdout).toContain('created    alias One:live (Live)\n');
  expect(await versionOf()).toBe(`${target.arn('stateMachine', 'One')}:1`);
  expect((await target.import(file)).stdout).toContain('unchanged  alias One:live (Live)\n');
  write(resources(pass(2)), folder);
  expect((await target.import(file)).stdout).toContain('updated    alias One:live (Live)\n');
  expect(await versionOf()).toBe(`${target.arn('stateMachine', 'One')}:2`);
});

describe('--dry-run', () => {
  test('says what would be done, problems of definitions too, and changes nothing', async () => {
    const folder = emptyFolder();
    const file = write({ One: machine({}) }, folder);
    await target.import(file);
    write({ One: machine({}, pass(1)), Two: machine({}), Three: machine({}, '{}') }, folder);
    const { status, stdout, stderr } = await target.import(file, '--dry-run');
    expect({ status, stderr }).toEqual({ status: 1, stderr: '1 to create, 1 to update, 1 refused\n' });
    expect(stdout).toContain('to update  state machine One: definition\nto create  state machine Two\n');
    expect(stdout).toContain('refused    state machine Three: Three.DefinitionString:1:1: SCHEMA_VALIDATION_FAILED');
    expect(await target.names()).toEqual(['One']);
    expect((await target.definition('One')).States.A).toEqual({ Type: 'Succeed' });
  });

  test('leaves nothing behind on a service that is empty', async () => {
    await target.import(write({ One: machine({}) }), '--dry-run');
    expect(await target.names()).toEqual([]);
  });
});

test('--json: one object with what became of each', async () => {
  const { status, stdout } = await target.import(write({ One: machine({}), Two: machine({}, '{}') }), '--json');
  expect(status).toBe(1);
  expect(JSON.parse(stdout)).toEqual({
    dryRun: false,
    outcomes: [
      { action: 'created', kind: 'state machine', id: 'One', name: 'One', arn: target.arn('stateMachine', 'One') },
      {
        action: 'refused',
        kind: 'state machine',
        id: 'Two',
        name: 'Two',
        arn: target.arn('stateMachine', 'Two'),
        reasons: [expect.stringContaining('SCHEMA_VALIDATION_FAILED')],
      },
    ],
  });
});

test('standard input for -', async () => {
  const words = ['import', '-', '--endpoint', target.endpoint];
  const input = readFileSync(fixture('terraform/plan.json'), 'utf8');
  const { status, stdout } = await stepwell(words, { input });
  expect(status).toBe(1);
  expect(stdout).toContain('created    state machine nightly (aws_sfn_state_machine.nightly)\n');
});

test('where AWS clients are pointed, the import goes: AWS_ENDPOINT_URL_SFN', async () => {
  const environment = { AWS_ENDPOINT_URL_SFN: target.endpoint };
  expect(await stepwell(['import', write({ One: machine({}) })], { environment })).toMatchObject({ status: 0 });
});

test('where signatures are verified: keys come from where the AWS SDK looks', async () => {
  const folder = emptyFolder();
  const keys = { accessKeyId: 'me', secretAccessKey: 'my secret' };
  writeFileSync(join(folder, 'keys.json'), JSON.stringify([keys]));
  const { url } = await serve(['--memory', '--auth', 'keys.json', '--region', 'eu-west-3'], { folder });
  const words = ['import', write({ One: machine({}) }), '--endpoint', url];
  const environment = { AWS_ACCESS_KEY_ID: 'me', AWS_SECRET_ACCESS_KEY: 'my secret', AWS_REGION: 'eu-west-3' };
  expect(await stepwell(words, { environment })).toMatchObject({ status: 0, stderr: '1 created\n' });
  const { status, stderr } = await stepwell(words, { environment: { ...environment, AWS_ACCESS_KEY_ID: 'you' } });
  expect({ status, stderr }).toEqual({
    status: 1,
    stderr: expect.stringMatching(/^stepwell: the service refuses: UnrecognizedClientException: /),
  });
});

describe('--watch', () => {
  test('imports again when a file changes, and goes on after errors', async () => {
    const folder = emptyFolder();
    cpSync(fixture('sam'), folder, { recursive: true });
    const definition = join(folder, 'statemachine/approve.asl.yaml');
    const running = launch(['import', 'template.yaml', '--watch', '--endpoint', target.endpoint], { folder });
    await running.says('3 created\n');
    const fine = readFileSync(definition, 'utf8');
    writeFileSync(definition, 'StartAt: Sell\nStates: { Sell: { Type: Nothing } }\n');
    await running.says('2 unchanged, 1 refused\n');
    writeFileSync(definition, 'StartAt: [');
    await running.says('it is not YAML');
    writeFileSync(definition, fine.replace('TimeoutSeconds: 30', 'TimeoutSeconds: 31'));
    await running.says('1 updated, 2 unchanged\n');
    running.child.kill('SIGTERM');
    expect((await running.ended).status).toBe(0);
    expect((await target.definition('YamlStateMachine')).States.Sell).toMatchObject({ TimeoutSeconds: 31 });
  });

  test('of a folder that is written anew', async () => {
    const folder = emptyFolder();
    const out = join(folder, 'cdk.out');
    mkdirSync(out);
    const synthesize = (definition: object) => {
      write({ One: machine({}, definition) }, out, 'S.template.json');
      const artifacts = { S: { type: 'aws:cloudformation:stack', properties: { templateFile: 'S.template.json' } } };
      writeFileSync(join(out, 'manifest.json'), JSON.stringify({ version: '1', artifacts }));
    };
    synthesize(pass(1));
    const running = launch(['import', 'cdk.out', '--watch', '--endpoint', target.endpoint], { folder });
    await running.says('1 created\n');
    synthesize(pass(2));
    await running.says('1 updated\n');
    running.child.kill('SIGINT');
    expect((await running.ended).status).toBe(0);
  });
});

describe('what cannot be done: one line, and its exit status', () => {
  const refused = async (words: string[], folder = emptyFolder()) =>
    stepwell(['import', ...words, '--endpoint', target.endpoint], { folder });

  test.each([
    ['absent.yaml', 'absent.yaml cannot be read: there is no such file.'],
    ['empty', /^in the folder empty there is nothing that can be imported\. Give /],
    ['several', /^in the folder several there is more than one: serverless\.yml, template\.yaml\. Give /],
    ['broken.json', /^broken\.json:1:15: it is not JSON: Unrecognized token 'x'/],
    ['broken.yaml', /^broken\.yaml:2:\d+: it is not YAML: /],
    [
      'machine.asl.json',
      /^machine\.asl\.json is nothing that can be imported\. It is a definition: `stepwell validate`/,
    ],
    ['other.json', /^other\.json is nothing that can be imported\. Give /],
    ['tree.json', /^tree\.json is nothing/],
  ])('%s', async (path, line) => {
    const folder = emptyFolder();
    for (const name of ['empty', 'several']) mkdirSync(join(folder, name));
    const files = {
      'several/serverless.yml': '',
      'several/template.yaml': '',
      'broken.json': '{"Resources": x}',
      'broken.yaml': 'Resources:\n  a: [',
      'machine.asl.json': JSON.stringify(pass(1)),
      'other.json': '{"a": 1}',
      'tree.json': '{"version": "tree-0.1", "tree": {}}',
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const { status, stdout, stderr } = await refused([path], folder);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr.replace(/^stepwell: /, '').trimEnd()).toMatch(line);
  });

  test('a parameter that is none, a watch of standard input, an endpoint that is none', async () => {
    expect(await refused(['x', '--parameter', 'Stage'])).toMatchObject({
      status: 2,
      stderr: 'stepwell: --parameter Stage: give NAME=VALUE.\n',
    });
    expect(await refused(['-', '--watch'])).toMatchObject({
      status: 2,
      stderr: 'stepwell: --watch needs files; standard input is read once.\n',
    });
    expect(await stepwell(['import', 'x', '--endpoint', 'here'])).toMatchObject({
      status: 2,
      stderr: 'stepwell: --endpoint is "here"; give a URL like http://127.0.0.1:8083.\n',
    });
  });

  test('nobody listens there: what to do, and exit status 1', async () => {
    const nowhere = `http://127.0.0.1:${await freePort()}`;
    const { status, stderr } = await stepwell(['import', write({ One: machine({}) }), '--endpoint', nowhere]);
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: `stepwell: ${nowhere} does not answer (ECONNREFUSED); start one with \`stepwell start\`, or give another with --endpoint URL.\n`,
    });
  });

  test('a template with nothing in it is fine', async () => {
    expect(await target.import(write({ Queue: { Type: 'AWS::SQS::Queue' } }))).toEqual({
      status: 0,
      stdout: '',
      stderr: 'there is no state machine and no activity in it\n',
    });
  });
});
