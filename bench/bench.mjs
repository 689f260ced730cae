// The benchmark: `npm run bench`. README.md says what it measures and how to read it.
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startLambdaEndpoint } from './lambda-endpoint.mjs';
import { conditions, tableOf, writeTable } from './report.mjs';
import { OURS, startServer } from './server.mjs';
import { Trial } from './trial.mjs';
import { WORKLOADS } from './workloads/index.mjs';

const TRIAL_MAX_MS = 120_000;
const HELP = `npm run bench -- [OPTIONS]
  --peer NAME='COMMAND with PORT in it'   another server, side by side; may be repeated
  --reps N                                repetitions, of which the median counts; 3
  --only NAME,...                         these workloads: ${Object.keys(WORKLOADS).join(', ')}
  --json FILE                             every figure of every repetition, too
  --write                                 puts the table into bench/README.md`;

const options = optionsOf(process.argv.slice(2));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130));

const contenders = [OURS, ...options.peers];
const lambda = await startLambdaEndpoint();
const outcomes = [];
for (let rep = 1; rep <= options.reps; rep++) {
  for (const workload of options.workloads) {
    // Each is the first as often as the last.
    for (const contender of rep % 2 === 1 ? contenders : contenders.toReversed()) {
      process.stderr.write(`${rep}/${options.reps} ${workload}: ${contender.name}\n`);
      outcomes.push({ rep, workload, contender: contender.name, ...(await measure(workload, contender)) });
    }
  }
}

const names = contenders.map(({ name }) => name);
const table = tableOf(names, outcomes);
console.log(table);
if (options.json) {
  const report = { ...conditions(options.reps), contenders, outcomes };
  writeFileSync(options.json, `${JSON.stringify(report, undefined, 2)}\n`);
}
if (options.write) writeTable(table, conditions(options.reps));
process.exit(outcomes.some(({ wrongs }) => wrongs.length > 0) ? 1 : 0);

/** One workload at a fresh server. A peer may not be able to do it; that we are not is wrong. */
async function measure(workload, contender) {
  let server;
  let trial;
  try {
    server = await startServer(contender, lambda.port);
    trial = new Trial({ server, contender, lambda });
    const figures = await Promise.race([WORKLOADS[workload].run(trial), timeLimit()]);
    return { figures, wrongs: trial.wrongs, remarks: trial.remarks };
  } catch (error) {
    const wrongs = trial?.wrongs ?? [];
    return contender === OURS
      ? { figures: {}, wrongs: [...wrongs, error.message], remarks: [] }
      : { figures: {}, wrongs, remarks: [error.message] };
  } finally {
    trial?.close();
    await server?.stop();
  }
}

async function timeLimit() {
  await sleep(TRIAL_MAX_MS, undefined, { ref: false });
  throw new Error(`not done in ${TRIAL_MAX_MS / 1000} s`);
}

function optionsOf(words) {
  try {
    const { values } = parseArgs({
      args: words,
      options: {
        peer: { type: 'string', multiple: true, default: [] },
        reps: { type: 'string', default: '3' },
        only: { type: 'string', default: Object.keys(WORKLOADS).join() },
        json: { type: 'string' },
        write: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) {
      console.log(HELP);
      process.exit(0);
    }
    const reps = Number(values.reps);
    if (!Number.isInteger(reps) || reps < 1) throw new Error(`--reps must be a number from 1, not ${values.reps}`);
    const workloads = values.only.split(',');
    const unknown = workloads.find((name) => !Object.hasOwn(WORKLOADS, name));
    if (unknown !== undefined) throw new Error(`there is no workload ${unknown}`);
    return { ...values, reps, workloads, peers: values.peer.map(peerOf) };
  } catch (error) {
    console.error(`${error.message}\n\n${HELP}`);
    process.exit(2);
  }
}

function peerOf(text) {
  const [, name, command] = /^([^=]+)=(.*\bPORT\b.*)$/s.exec(text) ?? [];
  if (!name) throw new Error(`--peer must be NAME='COMMAND with PORT in it', not ${text}`);
  return { name, command };
}
