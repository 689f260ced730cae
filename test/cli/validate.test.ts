import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { emptyFolder, launch, removeFolders, stepwell } from './command';

const FINE = '{ "StartAt": "A", "States": { "A": { "Type": "Pass", "Next": "B" }, "B": { "Type": "Succeed" } } }';
const ONE_STATE = '{ "StartAt": "A", "States": { "A": { "Type": "Succeed" } } }';
const WRONG = `{
  "StartAt": "A",
  "States": {
    "A": { "Type": "Wait", "Seconds": -1, "Next": "Nowhere" },
    "B": { "Type": "Task", "End": true }
  }
}`;
const WRONG_LINES = [
  '4:28: SCHEMA_VALIDATION_FAILED: Minimum value is 0 (at /States/A/Seconds)',
  "4:43: MISSING_TRANSITION_TARGET: Missing 'Next' target: Nowhere (at /States/A/Next)",
  '5:5: SCHEMA_VALIDATION_FAILED: These fields are required: [Resource] (at /States/B)',
];

let folder: string;

beforeAll(() => {
  folder = emptyFolder();
  const files = {
    'fine.json': FINE,
    'one.json': ONE_STATE,
    'wrong.json': WRONG,
    'broken.json': '{\n  "StartAt" "A"\n}\n',
    'marked.json': `\uFEFF${FINE}`,
    'empty.json': '',
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  writeFileSync(join(folder, 'latin.json'), Buffer.from('{ "Comment": "caf\xe9" }', 'latin1'));
  mkdirSync(join(folder, 'folder.json'));
});

afterAll(removeFolders);

const validate = (words: string[], input?: string) => stepwell(['validate', ...words], { folder, input });

test('fine definitions: a line each with the number of states, and exit status 0', async () => {
  expect(await validate(['fine.json', 'one.json'])).toEqual({
    status: 0,
    stdout: 'fine.json: fine (2 states)\none.json: fine (1 state)\n',
    stderr: '',
  });
});

test('problems: a line each in the order of the text, how many, and exit status 1', async () => {
  expect(await validate(['wrong.json'])).toEqual({
    status: 1,
    stdout: WRONG_LINES.map((line) => `wrong.json:${line}\n`).join(''),
    stderr: '3 problems in 1 file\n',
  });
});

test('--express: what only state machines of type STANDARD may do is a problem, too', async () => {
  const resource = 'arn:aws:states:us-east-1:123456789012:activity:a';
  const definition = JSON.stringify({
    StartAt: 'A',
    States: { A: { Type: 'Task', Resource: resource, End: true } },
  });
  expect(await validate(['-'], definition)).toMatchObject({ status: 0 });
  expect(await validate(['--express', '-'], definition)).toMatchObject({
    status: 1,
    stdout: expect.stringContaining('Express state machine does not support Activity ARN (at /States/A/Resource)'),
  });
});

test('text that is not JSON: the place where it ends being JSON', async () => {
  const { status, stdout, stderr } = await validate(['broken.json', 'empty.json']);
  expect(status).toBe(1);
  const [broken, empty] = stdout.split('\n');
  expect(broken).toMatch(/^broken\.json:2:13: INVALID_JSON_DESCRIPTION: Unexpected character .* \(at \/\)$/);
  expect(empty).toMatch(/^empty\.json:1:1: SCHEMA_VALIDATION_FAILED: Definition must be a valid JSON object/);
  expect(stderr).toBe('2 problems in 2 files\n');
});

test('some fine, some not: exit status 1', async () => {
  const { status, stdout } = await validate(['fine.json', 'wrong.json', 'one.json']);
  expect(status).toBe(1);
  expect(stdout.split('\n').map((line) => line.split(':')[0])).toEqual([
    'fine.json',
    'wrong.json',
    'wrong.json',
    'wrong.json',
    'one.json',
    '',
  ]);
});

test('standard input for -', async () => {
  expect(await validate(['-'], FINE)).toEqual({ status: 0, stdout: '<stdin>: fine (2 states)\n', stderr: '' });
  const { status, stdout } = await validate(['-'], WRONG);
  expect({ status, first: stdout.split('\n')[0] }).toEqual({ status: 1, first: `<stdin>:${WRONG_LINES[0]}` });
});

test.each([
  ['absent.json', 'there is no such file'],
  ['folder.json', 'it is a folder'],
  ['latin.json', 'it is not UTF-8 text'],
])('%s cannot be read: a line that says why, the others are checked all the same, exit status 2', async (file, why) => {
  const { status, stdout, stderr } = await validate([file, 'wrong.json']);
  expect(status).toBe(2);
  expect(stderr).toBe(`stepwell: ${file} cannot be read: ${why}.\n3 problems in 1 file\n`);
  expect(stdout).toBe(WRONG_LINES.map((line) => `wrong.json:${line}\n`).join(''));
});

test('a byte order mark is no problem', async () => {
  expect((await validate(['marked.json'])).stdout).toBe('marked.json: fine (2 states)\n');
});

test('--json: a list with each file, its problems and their places', async () => {
  const { status, stdout } = await validate(['--json', 'fine.json', 'wrong.json', 'absent.json']);
  expect(status).toBe(2);
  expect(JSON.parse(stdout)).toEqual([
    { file: 'fine.json', ok: true, states: 2, problems: [] },
    {
      file: 'wrong.json',
      ok: false,
      problems: [
        {
          code: 'SCHEMA_VALIDATION_FAILED',
          message: 'Minimum value is 0',
          pointer: '/States/A/Seconds',
          line: 4,
          column: 28,
        },
        {
          code: 'MISSING_TRANSITION_TARGET',
          message: "Missing 'Next' target: Nowhere",
          pointer: '/States/A/Next',
          line: 4,
          column: 43,
        },
        {
          code: 'SCHEMA_VALIDATION_FAILED',
          message: 'These fields are required: [Resource]',
          pointer: '/States/B',
          line: 5,
          column: 5,
        },
      ],
    },
    { file: 'absent.json', ok: false, error: 'absent.json cannot be read: there is no such file.', problems: [] },
  ]);
});

test('--json with fine definitions alone: exit status 0 and nothing on standard error', async () => {
  const { status, stdout, stderr } = await validate(['fine.json', '--json']);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(JSON.parse(stdout)).toHaveLength(1);
});

test('a reader that goes away early, as head does: no noise, and the exit status is the same', async () => {
  const { child, ended } = launch(['validate', ...Array.from({ length: 5_000 }, () => 'wrong.json')], { folder });
  child.stdout!.once('data', () => child.stdout!.destroy());
  const { status, stderr } = await ended;
  expect({ status, stderr }).toEqual({ status: 1, stderr: '15,000 problems in 5,000 files\n' });
});
