import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { emptyFolder, removeFolders } from '../command';
import { useTarget } from './target';

/** DefinitionSubstitutions are put into the text of a definition before that is read, as CloudFormation does. */

const target = useTarget();
afterAll(removeFolders);

const put = (name: string) => `\${${name}}`;
const waiting = (seconds: string) =>
  `{"StartAt":"P","States":{"P":{"Type":"Wait","Seconds":${seconds},"Comment":"${put('Note')}","End":true}}}`;
const waitingYaml = (seconds: string) =>
  `StartAt: P\nStates:\n  P:\n    Type: Wait\n    Seconds: ${seconds}\n    End: true\n`;

/** A template of SAM whose machines each have a file and substitutions. */
function sam(machines: Record<string, [file: string, substitutions: object]>, files: Record<string, string>): string {
  const folder = emptyFolder();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const resources = Object.entries(machines).map(([id, [DefinitionUri, DefinitionSubstitutions]]) => [
    id,
    { Type: 'AWS::Serverless::StateMachine', Properties: { DefinitionUri, DefinitionSubstitutions } },
  ]);
  const file = join(folder, 'template.json');
  const transform = 'AWS::Serverless-2016-10-31';
  writeFileSync(file, JSON.stringify({ Transform: transform, Resources: Object.fromEntries(resources) }));
  return file;
}

const secondsOf = async (name: string) => (await target.definition(name)).States.P!.Seconds;
const refusal = async (file: string) => {
  const { status, stdout } = await target.import(file);
  expect(status).toBe(1);
  return stdout;
};

test('a number without quotes, in JSON and in YAML', async () => {
  const files = { 'a.asl.json': waiting(put('T')), 'b.asl.yaml': waitingYaml(put('T')) };
  const file = sam({ Json: ['a.asl.json', { T: 5 }], Yaml: ['b.asl.yaml', { T: '6' }] }, files);
  expect(await target.import(file)).toMatchObject({ status: 0, stderr: '2 created\n' });
  expect(await secondsOf('Json')).toBe(5);
  expect(await secondsOf('Yaml')).toBe(6);
});

test('machines that share a file have each its own', async () => {
  const files = { 'a.asl.json': waiting(put('T')) };
  const file = sam({ One: ['a.asl.json', { T: 1 }], Two: ['a.asl.json', { T: 2 }] }, files);
  expect(await target.import(file)).toMatchObject({ status: 0 });
  expect([await secondsOf('One'), await secondsOf('Two')]).toEqual([1, 2]);
});

test('a value may name others, and a name may be made of one; what has no value stays', async () => {
  const values = {
    T: `${put('Tens')}5`,
    Tens: 1,
    Note: put(`${put('Stage')}Note`),
    Stage: 'dev',
    devNote: put('Else'),
  };
  await target.import(sam({ One: ['a.asl.json', values] }, { 'a.asl.json': waiting(put('T')) }));
  expect((await target.definition('One')).States.P).toMatchObject({ Seconds: 15, Comment: put('Else') });
});

const LETTERS = 'TUVWXYZ';
test.each([
  ['a value that names itself', { T: put('T') }, 'its substitutions lead back to themselves: T'],
  ['values that name each other', { T: put('U'), U: `1${put('T')}` }, 'its substitutions lead back to themselves: U'],
  [
    'values that grow with each other',
    Object.fromEntries([...LETTERS].map((name, at) => [name, put(LETTERS[at + 1] ?? 'None').repeat(20)])),
    'with its substitutions it is longer than 1048576 characters',
  ],
])('%s: refused, with the reason', async (_, values, reason) => {
  const stdout = await refusal(sam({ One: ['a.asl.json', values] }, { 'a.asl.json': waiting(put('T')) }));
  expect(stdout).toBe(`refused    state machine One: ${reason}\n`);
});

test('JSON that YAML alone can read is read as CloudFormation does', async () => {
  const text = '{\n\t"StartAt": "P",\n\t"States": { "P": { "Type": "Succeed", }, },\n}\n';
  expect(await target.import(sam({ One: ['a.asl.json', {}] }, { 'a.asl.json': text }))).toMatchObject({ status: 0 });
  expect((await target.definition('One')).States).toEqual({ P: { Type: 'Succeed' } });
});

describe('problems are shown where they stand in the file', () => {
  const long = 'x'.repeat(100);

  test('of JSON and of YAML, behind values that are longer than their names', async () => {
    const json = `{"Comment":"${put('Note')}","StartAt":"P","States":{"P":{"Type":"Wait","Seconds":${put('T')},"End":true}}}`;
    const yaml = `Comment: ${put('Note')}\n${waitingYaml(put('T'))}`;
    const values = { T: -1, Note: long };
    const files = { 'a.asl.json': json, 'b.asl.yaml': yaml };
    const stdout = await refusal(sam({ One: ['a.asl.json', values], Two: ['b.asl.yaml', values] }, files));
    expect(stdout).toContain(
      `a.asl.json:1:${json.indexOf('"Seconds"') + 1}: SCHEMA_VALIDATION_FAILED: Minimum value is 0`,
    );
    expect(stdout).toContain('b.asl.yaml:6:5: SCHEMA_VALIDATION_FAILED: Minimum value is 0');
  });

  test('of a value that has lines of its own: at its name', async () => {
    const object = '{\n"Type": "Wait",\n"Seconds": -1,\n"End": true}';
    const json = `{"StartAt":"P","States":{\n"P":${put('P')},\n"Q":{"Type":"Wait","Seconds":-1,"End":true}}}`;
    const stdout = await refusal(sam({ One: ['a.asl.json', { P: object }] }, { 'a.asl.json': json }));
    expect(stdout).toContain('a.asl.json:2:5: SCHEMA_VALIDATION_FAILED: Minimum value is 0 (at /States/P/Seconds)');
    expect(stdout).toContain('a.asl.json:3:20: SCHEMA_VALIDATION_FAILED: Minimum value is 0 (at /States/Q/Seconds)');
  });

  test('of what is neither JSON nor YAML', async () => {
    const json = `{"Comment":"${put('Note')}",\n"StartAt":${put('T')}}`;
    const yaml = `Comment: ${put('Note')}\nStartAt: [${put('Note')}\n`;
    const files = { 'a.asl.json': json, 'b.asl.yaml': yaml };
    const stdout = await refusal(
      sam({ One: ['a.asl.json', { Note: long }], Two: ['b.asl.yaml', { Note: 'a' }] }, files),
    );
    expect(stdout).toMatch(/a\.asl\.json:2:11: it is not JSON: Unrecognized token '\$'/);
    expect(stdout).toMatch(/b\.asl\.yaml:3:1: it is not YAML: /);
  });
});

test('a value that nobody knows here is asked for, whatever the text is without it', async () => {
  const stdout = await refusal(
    sam({ One: ['a.asl.json', { T: { Ref: 'Pause' } }] }, { 'a.asl.json': waiting(put('T')) }),
  );
  expect(stdout).toBe(
    'refused    state machine One: nothing here says what Ref Pause is; give --parameter Pause=VALUE\n',
  );
});
