import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type Ended, emptyFolder, launch, removeFolders, stepwell } from './command';

const ARN = 'arn:aws:lambda:us-east-1:123456789012:function';
const SEND = {
  Type: 'Task',
  Resource: 'arn:aws:states:::sqs:sendMessage',
  Parameters: { QueueUrl: 'https://sqs/1/q', MessageBody: 'm' },
};
const FILES = {
  'pass.json': { StartAt: 'Only', States: { Only: { Type: 'Pass', End: true } } },
  'fail.json': { StartAt: 'No', States: { No: { Type: 'Fail', Error: 'Refused', Cause: 'not today' } } },
  'slow.json': { TimeoutSeconds: 1, StartAt: 'Nap', States: { Nap: { Type: 'Wait', Seconds: 60, End: true } } },
  'nap.json': { StartAt: 'Nap', States: { Nap: { Type: 'Wait', Seconds: 60, End: true } } },
  'task.json': { StartAt: 'Call', States: { Call: { Type: 'Task', Resource: `${ARN}:greet`, End: true } } },
  'send.json': { StartAt: 'Send', States: { Send: { ...SEND, End: true } } },
  'callback.json': {
    StartAt: 'Send',
    States: { Send: { ...SEND, Resource: `${SEND.Resource}.waitForTaskToken`, End: true } },
  },
  'activity.json': {
    StartAt: 'Ask',
    States: {
      Ask: {
        Type: 'Task',
        Resource: 'arn:aws:states:eu-west-1:210987654321:activity:ask',
        Catch: [{ ErrorEquals: ['Stepwell.NoWorker'], ResultPath: '$.caught', Next: 'Done' }],
        End: true,
      },
      Done: { Type: 'Succeed', OutputPath: '$.caught.Error' },
    },
  },
  'many.json': {
    StartAt: 'S0',
    States: Object.fromEntries(
      Array.from({ length: 600 }, (_, index) => [
        `S${index}`,
        { Type: 'Pass', ...(index < 599 ? { Next: `S${index + 1}` } : { End: true }) },
      ]),
    ),
  },
};

let folder: string;

beforeAll(() => {
  folder = emptyFolder();
  for (const [name, definition] of Object.entries(FILES)) writeFileSync(join(folder, name), JSON.stringify(definition));
  writeFileSync(
    join(folder, 'greet.mjs'),
    'export const handler = async ({ name }) => ({ hello: name });\nexport const loud = ({ name }) => name.toUpperCase();\n' +
      'export const stuck = () => { for (;;); };\n',
  );
  writeFileSync(join(folder, 'input.json'), '{"name": "file"}');
  writeFileSync(join(folder, 'broken.json'), '{\n  "name" 1\n}');
});

afterAll(removeFolders);

const run = (words: string[], input?: string, environment?: Record<string, string>): Promise<Ended> =>
  stepwell(['run', ...words], { folder, input, environment });

test('SUCCEEDED: the output on standard output, what happened on standard error, exit status 0', async () => {
  const { status, stdout, stderr } = await run(['pass.json', '--input', '{"b":[1,{}],"a":null}']);
  expect(status).toBe(0);
  expect(stdout).toBe('{\n  "b": [\n    1,\n    {}\n  ],\n  "a": null\n}\n');
  const lines = stderr.trimEnd().split('\n');
  expect(lines.map((line) => line.replace(/\d+\.\d+ s|\d+ ms/g, 'T').trim())).toEqual([
    'T              execution started',
    'T  Only        passed',
    'T              SUCCEEDED in T',
  ]);
});

test('numbers and the order of members stay as they were written', async () => {
  const { stdout } = await run(['pass.json', '--input', '{"2":1.0,"1":1E5,"n":12345678901234567890}']);
  expect(stdout).toBe('{\n  "2": 1.0,\n  "1": 1E5,\n  "n": 12345678901234567890\n}\n');
});

test('no input: an empty object', async () => {
  expect((await run(['pass.json'])).stdout).toBe('{}\n');
});

test('FAILED: nothing on standard output, error and cause last, exit status 1', async () => {
  const { status, stdout, stderr } = await run(['fail.json']);
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toMatch(
    / No {10}fails: Refused: not today\n.*FAILED after .*: Refused\nerror: Refused\ncause: not today\n$/,
  );
});

test('TIMED_OUT: exit status 1', async () => {
  const { status, stdout, stderr } = await run(['slow.json']);
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toMatch(/TIMED_OUT after 1(\.\d+)? s: States.Timeout\n$/);
});

test.each(['SIGINT', 'SIGTERM'] as const)(
  'each line comes when it happens; %s: the execution is ABORTED, exit status 1',
  async (signal) => {
    const { child, ended, says } = launch(['run', 'nap.json'], { folder });
    await says('entered, waiting 1 min, until ');
    child.kill(signal);
    const { status, stderr } = await ended;
    expect(status).toBe(1);
    expect(stderr).toMatch(/ABORTED after \d+/);
  },
);

describe('functions', () => {
  test.each([
    ['greet=greet.mjs', '{\n  "hello": "you"\n}\n'],
    ['greet=greet.mjs#handler', '{\n  "hello": "you"\n}\n'],
    ['greet=./greet.mjs#loud', '"YOU"\n'],
  ])('--function %s', async (source, output) => {
    const { status, stdout } = await run(['task.json', '--function', source, '--input', '{"name":"you"}']);
    expect({ status, stdout }).toEqual({ status: 0, stdout: output });
  });

  test('from the environment variable', async () => {
    const variables = { STEPWELL_FUNCTION: 'other=greet.mjs,greet=greet.mjs#loud' };
    expect((await run(['task.json', '--input', '{"name":"env"}'], undefined, variables)).stdout).toBe('"ENV"\n');
  });

  test('without one: the failure says how to give it', async () => {
    const { status, stderr } = await run(['task.json']);
    expect(status).toBe(1);
    expect(stderr).toContain('Give it with --function NAME=FILE#EXPORT');
  });

  test.each([
    ['--lambda-endpoint', (url: string) => ({ words: ['--lambda-endpoint', url], variables: {} })],
    ["AWS's variable for Lambda", (url: string) => ({ words: [], variables: { AWS_ENDPOINT_URL_LAMBDA: url } })],
    ["AWS's variable for all", (url: string) => ({ words: [], variables: { AWS_ENDPOINT_URL: url } })],
    [
      'the flag before the variable',
      (url: string) => ({
        words: ['--lambda-endpoint', url],
        variables: { AWS_ENDPOINT_URL_LAMBDA: 'http://127.0.0.1:9' },
      }),
    ],
  ])('%s: called there', async (_, given) => {
    const server = createServer((request, response) => {
      response.end(JSON.stringify({ path: decodeURIComponent(request.url!) }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const { words, variables } = given(`http://127.0.0.1:${port}`);
    const { status, stdout } = await run(['task.json', ...words], undefined, variables);
    server.close();
    expect(status).toBe(0);
    expect(JSON.parse(stdout).path).toContain(':function:greet');
  });

  test('a function that never ends does not hold the command that was stopped', async () => {
    const { child, ended, says } = launch(['run', 'task.json', '--function', 'greet=greet.mjs#stuck'], { folder });
    await says('calls function greet');
    child.kill('SIGINT');
    expect((await ended).status).toBe(1);
  });
});

describe('services', () => {
  test('without an endpoint: the error says what to give', async () => {
    const { status, stderr } = await run(['send.json']);
    expect(status).toBe(1);
    expect(stderr).toContain('error: Stepwell.NoEndpoint\n');
    expect(stderr).toContain('cause: It is not said where the service sqs is: give --endpoint sqs=URL');
  });

  test.each([
    [['--endpoint', 'sqs=URL'], {}],
    [['--aws-endpoint', 'URL'], {}],
    [[], { AWS_ENDPOINT_URL_SQS: 'URL' }],
    [[], { AWS_ENDPOINT_URL: 'URL' }],
    [['--endpoint', 'sqs=URL'], { AWS_ENDPOINT_URL_SQS: 'http://127.0.0.1:9' }],
  ])('%j %j: called there', async (words, environment) => {
    const MD5OfMessageBody = createHash('md5').update('m').digest('hex');
    const server = createServer((_, response) => {
      response.setHeader('content-type', 'application/x-amz-json-1.0');
      response.end(JSON.stringify({ MessageId: '1', MD5OfMessageBody }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const at = (text: string) => text.replace('URL', url);
    const given = Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, at(value)]));
    const { status, stdout } = await run(['send.json', ...words.map(at)], undefined, given);
    server.closeAllConnections();
    server.close();
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ MessageId: '1' });
  });

  test('a token that nobody can send back: a line says so', async () => {
    const { status, stderr } = await run(['callback.json', '--aws-endpoint', 'http://127.0.0.1:9']);
    expect(status).toBe(1);
    expect(stderr.split('\n')[0]).toBe(
      'stepwell: Send waits until its token comes back, which nobody can send to a single run; for that, use stepwell start.',
    );
  });
});

test('activities: a line says that nobody works on them, and their tasks fail', async () => {
  const { status, stdout, stderr } = await run(['activity.json']);
  expect({ status, stdout }).toEqual({ status: 0, stdout: '"Stepwell.NoWorker"\n' });
  expect(stderr.split('\n')[0]).toBe(
    'stepwell: nobody works on the activity ask in a single run, so its tasks fail with Stepwell.NoWorker; for workers, use stepwell start.',
  );
  expect(stderr).toContain('caught Stepwell.NoWorker, goes to Done');
});

test('a history of more than a page is told whole', async () => {
  const { status, stderr } = await run(['many.json']);
  expect(status).toBe(0);
  expect(stderr.match(/ passed$/gm)).toHaveLength(600);
});

describe('--json', () => {
  test('SUCCEEDED: one object with output and events, and no timeline', async () => {
    const { status, stdout, stderr } = await run(['many.json', '--json', '--input', '{"n":1.0}']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('"n": 1.0');
    const { events, startDate, stopDate, ...ended } = JSON.parse(stdout);
    expect(ended).toEqual({ status: 'SUCCEEDED', output: { n: 1 } });
    expect(stopDate).toBeGreaterThanOrEqual(startDate);
    expect(events.map(({ id }: { id: number }) => id)).toEqual(Array.from({ length: 1202 }, (_, index) => index + 1));
  });

  test('FAILED: error and cause, exit status 1', async () => {
    const { status, stdout } = await run(['fail.json', '--json']);
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ status: 'FAILED', error: 'Refused', cause: 'not today' });
  });
});

describe('input', () => {
  test('from a file, and from standard input', async () => {
    expect((await run(['pass.json', '--input', '@input.json'])).stdout).toBe('{\n  "name": "file"\n}\n');
    expect((await run(['pass.json', '--input', '@-'], '[7]')).stdout).toBe('[\n  7\n]\n');
  });

  test.each([
    ['{a}', /^stepwell: the input is not JSON \(column 2\): .* Give JSON in quotes of the shell, or @FILE\.\n$/],
    ['@broken.json', /^stepwell: the input is not JSON \(broken\.json:2:10\): .*\n$/],
    ['@absent.json', /^stepwell: absent\.json cannot be read: there is no such file\.\n$/],
  ])('%s: a line that says what is wrong, exit status 2', async (input, line) => {
    const { status, stdout, stderr } = await run(['pass.json', '--input', input]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(line);
  });

  test('longer than an execution may get: the words of the API, exit status 2', async () => {
    writeFileSync(join(folder, 'long.json'), JSON.stringify('x'.repeat(300_000)));
    const { status, stderr } = await run(['pass.json', '--input', '@long.json']);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^stepwell: .{10,300}\n$/);
  });
});

describe('definition', () => {
  test('from standard input', async () => {
    const { status, stdout } = await run(['-', '--input', '1'], JSON.stringify(FILES['pass.json']));
    expect({ status, stdout }).toEqual({ status: 0, stdout: '1\n' });
  });

  test('with problems: a line for each, nothing is run, exit status 2', async () => {
    const { status, stdout, stderr } = await run(['-'], '{ "StartAt": "A", "States": { "A": { "Type": "Pass" } } }');
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toBe(
      '<stdin>:1:31: SCHEMA_VALIDATION_FAILED: This object should have only one of the following fields: [Next, End] (at /States/A)\n' +
        'stepwell: <stdin> has 1 problem; nothing was run.\n',
    );
  });

  test.each([
    [['absent.json'], 'absent.json cannot be read: there is no such file.'],
    [['task.json', '--function', 'greet'], '--function greet: give NAME=FILE or NAME=FILE#EXPORT.'],
    [
      ['send.json', '--endpoint', 'sqs'],
      '--endpoint sqs: give SERVICE=URL, like sqs=http://127.0.0.1:9324, or SERVICE=aws.',
    ],
    [
      ['send.json', '--aws-endpoint', 'nowhere'],
      '--aws-endpoint is "nowhere"; give a URL like http://127.0.0.1:3001, or the word aws.',
    ],
    [
      ['task.json', '--lambda-endpoint', 'nowhere'],
      '--lambda-endpoint is "nowhere"; give a URL like http://127.0.0.1:3001, or the word aws.',
    ],
  ])('%j: one line, exit status 2', async (words, line) => {
    expect(await run(words)).toEqual({ status: 2, stdout: '', stderr: `stepwell: ${line}\n` });
  });
});

test('no colours where standard error is no terminal', async () => {
  expect((await run(['fail.json'])).stderr).not.toContain('\u001b');
});
