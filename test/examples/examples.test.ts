import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** The examples, run as their readers run them. */

const ROOT = join(__dirname, '../..');
const run = (...words: string[]): string =>
  execFileSync(process.execPath, words, {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, NODE_OPTIONS: '', NODE_TEST_CONTEXT: undefined },
  });

test('hello: the library in one page', () => {
  expect(run('examples/hello/library.mjs')).toBe('SUCCEEDED "Hello, Ada!"\n');
});

test('hello: the definition of the README', () => {
  const output = run('dist/cli.js', 'run', 'examples/hello/hello.asl.json', '--input', '{"name": "Ada"}');
  expect(JSON.parse(output)).toEqual({ name: 'Ada', greeting: 'hello' });
});

test('testing: a test of a workflow', () => {
  const report = run('--test', '--test-reporter=tap', 'examples/testing/order.test.mjs');
  expect(report).toMatch(/^# pass 3$/m);
  expect(report).toMatch(/^# fail 0$/m);
});

test('order: the demo', () => {
  const text = run('examples/order/demo.mjs');
  expect(text).toMatch(/Reserve stock +retrying in 1 s \(retry 1 of 3\)/);
  expect(text).toMatch(/Pack parcel +taken by worker packer-1/);
  expect(text).toMatch(/Wait for courier +waited 2(\.\d+)? s/);
  expect(text).toMatch(/SUCCEEDED in/);
  expect(text).toMatch(/Charge card +caught CardDeclined, goes to Release stock/);
  expect(text).toMatch(/OrderRefused: The card was declined/);
});
