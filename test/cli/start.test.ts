import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { driverName } from '../../lib/adapters/embedded/driver';
import { call, emptyFolder, endServers, removeFolders, serve, stepwell } from './command';

afterEach(endServers);
afterAll(removeFolders);

describe('what it prints', () => {
  test('where it listens, where data is, and the lines that point a client at it', async () => {
    const folder = emptyFolder();
    const { banner, url } = await serve(['--data', 'here'], { folder });
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(banner).toBe(
      [
        `Stepwell listens on ${url}`,
        `  data        ${join(folder, 'here')}`,
        '              durable: what is acknowledged is on disk',
        '  signatures  accepted unchecked: any keys will do',
        '',
        'Point the AWS CLI or an SDK at it:',
        `  export AWS_ENDPOINT_URL_SFN=${url} AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1 AWS_ACCESS_KEY_ID=any AWS_SECRET_ACCESS_KEY=any AWS_DISABLE_HOST_PREFIX_INJECTION=true`,
        '  aws stepfunctions list-state-machines',
        '',
        '',
      ].join('\n'),
    );
  });

  test('functions, the Lambda endpoint and verified signatures, where there are some', async () => {
    const folder = emptyFolder();
    writeFileSync(join(folder, 'f.js'), 'exports.handler = () => 1;');
    writeFileSync(join(folder, 'keys.json'), '[{"accessKeyId": "me", "secretAccessKey": "secret"}]');
    const words = ['--memory', '--function', 'charge=f.js', '--function', 'ship=f.js#handler', '--auth', 'keys.json'];
    const places = [
      '--endpoint',
      's3=aws',
      '--sqs-endpoint',
      'http://127.0.0.1:9324',
      '--aws-endpoint',
      'http://127.0.0.1:4566',
    ];
    const { banner } = await serve([...words, ...places, '--lambda-endpoint', 'http://127.0.0.1:3001'], { folder });
    expect(banner).toContain('  data        in memory: gone when the process ends\n');
    expect(banner).toContain('  functions   charge, ship, others at http://127.0.0.1:3001\n');
    expect(banner).toContain(
      '  services    sqs at http://127.0.0.1:9324, s3 at aws, others at http://127.0.0.1:4566\n',
    );
    expect(banner).toContain('  signatures  verified\n');
    expect(banner).not.toContain('AWS_SECRET_ACCESS_KEY');
  });
});

describe('environment variables', () => {
  test('stand for flags', async () => {
    const folder = emptyFolder();
    writeFileSync(join(folder, 'f.js'), 'exports.handler = () => 1;');
    writeFileSync(join(folder, 'limits.json'), '{"payloadBytes": 100}');
    const environment = {
      STEPWELL_MEMORY: '1',
      STEPWELL_REGION: 'eu-north-1',
      STEPWELL_ACCOUNT: '000000000001',
      STEPWELL_FUNCTION: 'a=f.js,b=f.js#handler',
      STEPWELL_LAMBDA_ENDPOINT: 'aws',
      STEPWELL_LIMITS: 'limits.json',
      STEPWELL_MAX_ACTIVITIES: '1',
      STEPWELL_LOG_LEVEL: 'silent',
    };
    const { banner, url } = await serve([], { folder, environment });
    expect(banner).toContain('in memory');
    expect(banner).toContain('a, b, others at AWS');
    expect(banner).toContain('AWS_REGION=eu-north-1');
    expect((await call(url, 'CreateActivity', { name: 'one' })).body.activityArn).toBe(
      'arn:aws:states:eu-north-1:000000000001:activity:one',
    );
    expect((await call(url, 'CreateActivity', { name: 'two' })).body.__type).toMatch(/#ActivityLimitExceeded$/);
  });

  test('give way to flags', async () => {
    const environment = { STEPWELL_REGION: 'eu-north-1', STEPWELL_MEMORY: 'no' };
    const { banner } = await serve(['--region', 'eu-west-1', '--memory'], { folder: emptyFolder(), environment });
    expect(banner).toContain('AWS_REGION=eu-west-1');
    expect(banner).toContain('in memory');
  });

  test("of AWS's SDKs say where Lambda functions are", async () => {
    const environment = { AWS_ENDPOINT_URL_LAMBDA: 'http://127.0.0.1:3001' };
    expect((await serve(['--memory'], { environment })).banner).toContain('  functions   at http://127.0.0.1:3001\n');
  });

  test('that are empty are not set', async () => {
    const { banner } = await serve(['--memory'], { environment: { STEPWELL_REGION: '', STEPWELL_LIMITS: '' } });
    expect(banner).toContain('AWS_REGION=us-east-1');
  });
});

describe('limits', () => {
  test('--limits 2017: payloads of that year', async () => {
    const { url } = await serve(['--memory', '--limits', '2017']);
    const definition = '{"StartAt":"A","States":{"A":{"Type":"Succeed"}}}';
    const roleArn = 'arn:aws:iam::123456789012:role/r';
    const { body } = await call(url, 'CreateStateMachine', { name: 'm', definition, roleArn });
    const start = (length: number) =>
      call(url, 'StartExecution', { stateMachineArn: body.stateMachineArn, input: JSON.stringify('x'.repeat(length)) });
    expect((await start(32_766)).status).toBe(200);
    expect((await start(32_767)).status).toBe(400);
  });

  test('--max-* go before the file', async () => {
    const folder = emptyFolder();
    writeFileSync(join(folder, 'limits.json'), '{"machines": 0, "activities": 0}');
    const { url } = await serve(['--memory', '--limits', 'limits.json', '--max-activities', '1'], { folder });
    expect((await call(url, 'CreateActivity', { name: 'one' })).status).toBe(200);
  });
});

describe('settings that cannot be used: one line, exit status 2', () => {
  let folder: string;

  beforeAll(() => {
    folder = emptyFolder();
    const files = {
      'text.json': 'no json',
      'list.json': '[]',
      'unknown.json': '{"payloadByte": 1}',
      'negative.json': '{"payloadBytes": -1}',
      'mocks.json': '{"StateMachines": {"m": {"TestCases": {"c": {"A": "none"}}}}}',
      'rates.json': '{"requestRates": {"StartExecution": 5}}',
      'half.json': '[{"accessKeyId": "me"}]',
      'null.json': '[null]',
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  });

  const rates = 'give rates like {"StartExecution": {"perSecond": 100, "burst": 500}}.';

  test.each([
    [['--port', 'abc'], '--port is "abc"; give a whole number from 0 to 65535.'],
    [['--port', '65536'], '--port is "65536"; give a whole number from 0 to 65535.'],
    [['--max-activities', '1.5'], '--max-activities is "1.5"; give a whole number not below 0.'],
    [['--account', '12'], '--account is "12"; an account has 12 digits.'],
    [['--region', 'Mars'], '--region is "Mars"; give one like us-east-1.'],
    [['--log-level', 'loud'], '--log-level is "loud"; give one of debug, info, warn, error, silent.'],
    [
      ['--host', '0.0.0.0'],
      '--host 0.0.0.0 can be reached from other machines; give --auth KEYFILE, or listen on 127.0.0.1.',
    ],
    [
      ['--lambda-endpoint', 'ftp://x'],
      '--lambda-endpoint is "ftp://x"; give a URL like http://127.0.0.1:3001, or the word aws.',
    ],
    [['--limits', 'absent.json'], '--limits absent.json: it cannot be read.'],
    [['--limits', 'text.json'], '--limits text.json: it is not JSON.'],
    [['--limits', 'list.json'], '--limits list.json: a JSON object is wanted, like {"payloadBytes": 32768}.'],
    [['--limits', 'negative.json'], '--limits negative.json: "payloadBytes" is -1; give a whole number.'],
    [['--limits', 'rates.json'], `--limits rates.json: "requestRates" is {"StartExecution":5}; ${rates}`],
    [['--mock-config', 'absent.json'], '--mock-config absent.json: it cannot be read.'],
    [
      ['--mock-config', 'mocks.json'],
      '--mock-config mocks.json: StateMachines.m.TestCases.c.A: there is no such response in MockedResponses.',
    ],
    [['--auth', 'absent.json'], '--auth absent.json: it cannot be read.'],
    [['--auth', 'text.json'], '--auth text.json: it is not JSON.'],
    [['--auth', 'half.json'], '--auth half.json: each key needs "accessKeyId" and "secretAccessKey".'],
    [['--auth', 'null.json'], '--auth null.json: each key needs "accessKeyId" and "secretAccessKey".'],
    [['--auth', 'list.json'], '--auth list.json: there is no key in it.'],
    [['--function', 'charge'], '--function charge: give NAME=FILE or NAME=FILE#EXPORT.'],
    [['--function', 'a b=f.js'], '--function a b=f.js: give NAME=FILE or NAME=FILE#EXPORT.'],
  ])('%j', async (words, line) => {
    const ended = await stepwell(['start', '--memory', '--port', '0', ...words], { folder });
    expect(ended).toEqual({ status: 2, stdout: '', stderr: `stepwell: ${line}\n` });
  });

  test('a limit that does not exist: those that do', async () => {
    const { status, stderr } = await stepwell(['start', '--limits', 'unknown.json'], { folder });
    expect(status).toBe(2);
    expect(stderr).toMatch(
      /^stepwell: --limits unknown\.json: no limit "payloadByte"; there are .*payloadBytes.*\.\n$/,
    );
  });

  test('a function whose file is not there: where it was looked for', async () => {
    const { status, stderr } = await stepwell(['start', '--function', 'charge=absent.js#pay'], { folder });
    expect(status).toBe(2);
    expect(stderr).toBe(`stepwell: --function charge=absent.js#pay: there is no file ${join(folder, 'absent.js')}.\n`);
  });

  test.each([
    [{ STEPWELL_PORT: 'x' }, 'STEPWELL_PORT is "x"; give a whole number from 0 to 65535.'],
    [{ STEPWELL_MEMORY: 'maybe' }, 'STEPWELL_MEMORY is "maybe"; give 1 or 0.'],
    [{ STEPWELL_AUTH: 'absent.json' }, 'STEPWELL_AUTH absent.json: it cannot be read.'],
  ])('%j: the variable is named, not the flag', async (environment, line) => {
    const ended = await stepwell(['start'], { folder, environment: environment as Record<string, string> });
    expect(ended).toEqual({ status: 2, stdout: '', stderr: `stepwell: ${line}\n` });
  });
});

describe('what the machine does not allow: one line that says what to do, exit status 1', () => {
  const start = (words: string[], folder: string) => stepwell(['start', '--port', '0', ...words], { folder });

  test('port in use', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as AddressInfo;
    const ended = await stepwell(['start', '--memory', '--port', String(port)]);
    await new Promise((resolve) => taken.close(resolve));
    expect(ended).toEqual({
      status: 1,
      stdout: '',
      stderr: `stepwell: port ${port} is in use; stop what listens there, or give another with --port N (0 for any free one).\n`,
    });
  });

  test('address that this machine does not have', async () => {
    const folder = emptyFolder();
    writeFileSync(join(folder, 'keys.json'), '{"accessKeyId": "me", "secretAccessKey": "secret"}');
    const { status, stderr } = await start(['--memory', '--host', '192.0.2.1', '--auth', 'keys.json'], folder);
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /^stepwell: 192\.0\.2\.1:0 cannot be listened on \(.*\); give another address with --host NAME\.\n$/,
    );
  });

  test.each(['file', 'file/inside'])('data folder %s, where a file is in the way', async (data) => {
    const folder = emptyFolder();
    writeFileSync(join(folder, 'file'), '');
    expect(await start(['--data', data], folder)).toEqual({
      status: 1,
      stdout: '',
      stderr: `stepwell: the data folder ${join(folder, data)} cannot be made (a file is in the way); give another folder with --data DIR, or --memory.\n`,
    });
  });

  test('data folder that cannot be made', async () => {
    // Not even root makes folders there.
    const { status, stderr } = await start(['--data', '/proc/stepwell'], emptyFolder());
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /^stepwell: the data folder \/proc\/stepwell cannot be made \(E[A-Z]+\); give another folder with --data DIR, or --memory\.\n$/,
    );
  });

  test('store that cannot be opened', async () => {
    const folder = emptyFolder();
    mkdirSync(join(folder, 'data/stepwell.db'), { recursive: true });
    const { status, stderr } = await start(['--data', 'data'], folder);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^stepwell: the store in \S+data cannot be opened \(.+\); give another folder with .*\.\n$/);
  });

  test('store that is none', async () => {
    const folder = emptyFolder();
    writeFileSync(join(folder, 'stepwell.db'), 'This is no database. '.repeat(100));
    const { status, stderr } = await start(['--data', '.'], folder);
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /^stepwell: the store in \S+ cannot be opened \(.*not a database.*\); give another folder .*\n$/,
    );
  });

  test('store in use by another process, which does not notice', async () => {
    const folder = emptyFolder();
    const first = await serve(['--data', 'data'], { folder });
    expect(await start(['--data', 'data'], folder)).toEqual({
      status: 1,
      stdout: '',
      stderr: `stepwell: the store in ${join(folder, 'data')} is in use by another process; stop that one, or give another folder with --data DIR.\n`,
    });
    expect((await call(first.url, 'CreateActivity', { name: 'one' })).status).toBe(200);
  });

  test('store of a newer version', async () => {
    const folder = emptyFolder();
    const script =
      driverName() === 'libsql'
        ? 'new (require("libsql"))(process.argv[1]).exec("PRAGMA user_version = 99")'
        : 'new (require("node:sqlite").DatabaseSync)(process.argv[1]).exec("PRAGMA user_version = 99")';
    execFileSync(process.execPath, ['-e', script, join(folder, 'stepwell.db')], { cwd: __dirname, stdio: 'pipe' });
    const { status, stderr } = await start(['--data', '.'], folder);
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /^stepwell: \S+: the store has format 99, written by a newer Stepwell; this one knows \d+\. Use that version, or give another folder with --data DIR\.\n$/,
    );
  });
});

test('on the embedded store it loads no SDK and no metrics: it starts fast and stays small', async () => {
  const folder = emptyFolder();
  writeFileSync(
    join(folder, 'loaded.cjs'),
    'process.on("exit", () => console.error(JSON.stringify(Object.keys(require.cache))));',
  );
  const server = await serve(['--memory'], { folder, environment: { NODE_OPTIONS: '--require ./loaded.cjs' } });
  server.child.kill('SIGTERM');
  const files = JSON.parse((await server.ended).stderr) as string[];
  const packages = files.flatMap((file) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? []);
  expect(new Set(packages.filter((name) => !/libsql|^@neon-rs/.test(name)))).toEqual(
    new Set(['jsonpath-plus', 'ulid']),
  );
});

test('collects its heap when it is idle after a load, and gives back what that grew by', async () => {
  const { url, says } = await serve(['--memory', '--log-level', 'debug']);
  const definition = JSON.stringify({ StartAt: 'W', States: { W: { Type: 'Wait', Seconds: 3600, End: true } } });
  const machine = { name: 'sleep', roleArn: 'arn:aws:iam::123456789012:role/any', definition };
  const { stateMachineArn } = (await call(url, 'CreateStateMachine', machine)).body;
  for (let i = 0; i < 50; i++) {
    await Promise.all(Array.from({ length: 20 }, () => call(url, 'StartExecution', { stateMachineArn })));
  }
  const printed = await says('"message":"the heap was collected"');
  const { heapBytes, beforeBytes } = JSON.parse(printed.trimEnd().split('\n').at(-1)!);
  expect(heapBytes).toBeLessThan(beforeBytes);
});
