// Runs the steps one after the other, shows what they print, counts what they say they counted. Words on the command
// line choose steps: those whose names begin with one of them.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** What the servers that stand in for AWS need, and what is not run without it. */
const hasJava = ['java -version', 'mvn -v'].every((command) => spawnSync('bash', ['-c', command]).status === 0);
const JAVA = hasJava ? undefined : 'it needs Java 17 and Maven on the PATH';

const STEPS = [
  { name: 'lint', command: 'npm run lint' },
  { name: 'types', command: 'npm run types' },
  { name: 'tests', command: 'npm test' },
  {
    name: 'the other SQLite driver, on Node 24',
    command: 'node .ci/node24.mjs test/contract test/api/start-execution.test.ts',
  },
  { name: 'real clients', command: 'npx jest test/clients', env: { STEPWELL_REAL_CLIENTS: '1' } },
  { name: 'deployment', command: 'npx jest test/deploy', env: { STEPWELL_DEPLOY: '1' } },
  { name: 'simulation', command: 'npm run simulate -- --seeds 10000' },
  { name: 'simulation, guards taken away', command: 'npm run simulate -- --mutations' },
  { name: 'kills', command: 'npx jest test/safety/kill.test.ts', env: { STEPWELL_KILLS: '100' } },
  { name: 'full disk', command: 'npx jest test/safety/full-disk.test.ts', env: { STEPWELL_OUTAGES: '3' } },
  { name: 'fuzz', command: 'npx jest test/safety/fuzz.test.ts', env: { STEPWELL_FUZZ: '20000' } },
  { name: 'shared suites', command: 'node .ci/shared-suites.mjs', when: existsSync('../shared/spec') },
  { name: 'emulators', command: 'node scripts/emulators.mjs --fetch', lacks: JAVA },
  {
    name: 'adapters, served processes, faults and costs',
    command: 'npx jest test/contract/dynamodb test/contract/sqs test/served test/faults test/cost',
    env: { STEPWELL_BACKENDS: '1', STEPWELL_KILLS: '40' },
    lacks: JAVA,
  },
  {
    name: 'shared suites, served processes',
    command: 'node .ci/shared-suites.mjs --served',
    when: existsSync('../shared/spec'),
    lacks: JAVA,
  },
  {
    name: 'Lambda harness, on Node 24, with kills',
    command: 'node test/harness/fetch-runtime-client.mjs && node .ci/node24.mjs test/harness',
    env: { STEPWELL_BACKENDS: '1', STEPWELL_KILLS: '20' },
    lacks: JAVA,
  },
  {
    name: 'shared suites, Lambda harness',
    command: 'node .ci/shared-suites.mjs --harness',
    when: existsSync('../shared/spec'),
    lacks: JAVA,
  },
];

const chosen = process.argv.slice(2);
let passed = 0;
let failed = 0;
const failures = [];
for (const { name, command, env, when = true, lacks } of STEPS) {
  if (!when || (chosen.length > 0 && !chosen.some((word) => name.startsWith(word)))) continue;
  if (lacks) {
    console.log(`\n==== ${name}: not run, ${lacks}`);
    continue;
  }
  console.log(`\n==== ${name}: ${command}`);
  const startMs = Date.now();
  const { code, text } = await run(command, env);
  const counted = count(text) ?? { passed: code === 0 ? 1 : 0, failed: 0 };
  // A step that fails without saying what is one failure.
  if (code !== 0 && counted.failed === 0) counted.failed = 1;
  passed += counted.passed;
  failed += counted.failed;
  if (counted.failed > 0) failures.push(`==== failed in ${name}:`, ...whatFailed(text));
  const seconds = Math.round((Date.now() - startMs) / 1000);
  console.log(`==== ${name}: ${counted.passed} ok, ${counted.failed} not ok, ${seconds} s`);
}
// Once more at the end: a long log is read from there, and may be cut before.
if (failures.length > 0) console.log(`\n${failures.join('\n')}`);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);

function run(command, env) {
  return new Promise((resolve) => {
    const child = spawn('bash', ['-c', command], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env, FORCE_COLOR: '0' },
    });
    let text = '';
    const show = (stream) => (chunk) => {
      text += chunk;
      stream.write(chunk);
    };
    child.stdout.on('data', show(process.stdout));
    child.stderr.on('data', show(process.stderr));
    child.on('close', (code) => resolve({ code, text }));
  });
}

/** What jest says of its tests, or the plain lines of other runners, added up. */
function count(text) {
  const jest = /^Tests:\s+(?:(\d+) failed, )?(?:\d+ skipped, )?(?:(\d+) passed, )?\d+ total$/m.exec(text);
  if (jest) return { passed: Number(jest[2] ?? 0), failed: Number(jest[1] ?? 0) };
  const lines = [...text.matchAll(/^(?:\w+: )?(\d+) passed, (\d+) failed/gm)];
  if (lines.length === 0) return undefined;
  const sum = (group) => lines.reduce((total, line) => total + Number(line[group]), 0);
  return { passed: sum(1), failed: sum(2) };
}

/** The lines that name what failed: jest's files, and its tests with the lines below; else the last lines there are. */
function whatFailed(text) {
  const lines = text.split('\n');
  const named = lines.flatMap((line, at) => {
    if (/^FAIL /.test(line)) return [line];
    return /^ {2}● (?!Console)/.test(line) ? lines.slice(at, at + 30) : [];
  });
  return (named.length > 0 ? named : lines).slice(-120);
}
