import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(__dirname, '../..');

/** Invokes a built function in a process of its own, with nothing in its environment but what is given. */
function invoke(name: string, event: object, environment: Record<string, string>) {
  const script = `const { handler } = require('./dist/lambdas/${name}/index.js');
    handler(${JSON.stringify(event)}, { getRemainingTimeInMillis: () => 20_000 })
      .then((answer) => console.log(JSON.stringify(answer)), (error) => console.log('rejected: ' + error.message));`;
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', script], {
    cwd: root,
    env: environment,
    encoding: 'utf8',
  });
  return { answer: stdout.trim(), lines: stderr.trim().split('\n') };
}

const EVENT = {
  httpMethod: 'POST',
  resource: '/',
  path: '/',
  headers: {},
  multiValueHeaders: {},
  body: '{}',
  isBase64Encoded: false,
  requestContext: { path: '/prod' },
};

describe('a function that cannot open the service', () => {
  test('answers clients that it is unavailable, and says why in one line of its log', () => {
    const { answer, lines } = invoke('api', EVENT, { AWS_REGION: 'us-east-1', STEPWELL_LOG_LEVEL: 'warn' });
    expect(JSON.parse(answer)).toMatchObject({ statusCode: 503, body: expect.stringContaining('ServiceUnavailable') });
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0]!)).toMatchObject({
      level: 'error',
      error: 'STEPWELL_NAME is not set; deploy the stack again',
    });
  });

  test('fails, where messages wait for it: they come again', () => {
    const { answer, lines } = invoke('advance', { Records: [] }, { AWS_REGION: 'us-east-1', STEPWELL_LOG_LEVEL: 'x' });
    expect(answer).toBe('rejected: the service could not be opened');
    expect(JSON.parse(lines[0]!)).toMatchObject({ error: expect.stringContaining('STEPWELL_LOG_LEVEL is "x"') });
  });
});
