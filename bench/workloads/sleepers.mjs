import { setTimeout as sleep } from 'node:timers/promises';
import { waitOf } from '../definitions.mjs';
import { inLanes, percentile, sample } from '../measure.mjs';

const COUNT = 2_000;
const WATCHED = 200;
const SECONDS = 10;
const SETTLE_MS = 1_000;
const WIDTH = 16;

export const sleepers = {
  figures: {
    memory: { title: '2,000 executions in a Wait of 10 s, memory of each', unit: 'KiB', better: 'less' },
    late: { title: 'how late a client sees them end, p99', unit: 'ms', better: 'less' },
  },

  async run(trial) {
    // A small warm-up: the garbage of a large one would hide what sleepers take.
    const nap = await trial.createMachine(waitOf(1));
    await inLanes({ width: WIDTH, count: WIDTH }, async (i) => trial.checkEnd(await trial.start(nap, { i }), { i }));

    const machineArn = await trial.createMachine(waitOf(SECONDS));
    const beforeBytes = trial.server.memoryBytes();
    const { results, seconds } = await inLanes({ width: WIDTH, count: COUNT }, async (i) => {
      const sentMs = performance.now();
      return { i, executionArn: await trial.start(machineArn, { i }), sentMs };
    });
    const watched = Promise.all(sample(results, WATCHED).map((sleeper) => watch(trial, sleeper)));
    // Waited for below: until then it must not count as unhandled.
    watched.catch(() => {});
    await sleep(SETTLE_MS);
    const asleepBytes = trial.server.memoryBytes();

    const lateMs = (await watched).filter((late) => late !== undefined);
    await inLanes({ width: 8, count: COUNT }, (i) => trial.checkEnd(results[i].executionArn, { i }));
    if (lateMs.length === 0) trial.remarks.push('its timestamps are whole seconds: no telling how late it is');
    const memory = memoryOfEach(trial, { beforeBytes, asleepBytes, seconds });
    return { memory, late: lateMs.length === 0 ? undefined : percentile(lateMs, 99) };
  },
};

function memoryOfEach(trial, { beforeBytes, asleepBytes, seconds }) {
  if (beforeBytes === undefined) trial.remarks.push('memory is read from /proc, which only Linux has');
  else if (seconds * 1000 + SETTLE_MS > SECONDS * 1000) trial.remarks.push('it is too slow to have all asleep at once');
  else return (asleepBytes - beforeBytes) / 1024 / COUNT;
  return undefined;
}

/**
 * Looks at an execution from when it should end until it has. Answers how many milliseconds too late that was by its own
 * history's WaitStateEntered; undefined when that is in whole seconds.
 */
async function watch(trial, { i, executionArn, sentMs }) {
  await sleep(sentMs + SECONDS * 1000 - performance.now());
  await trial.checkEnd(executionArn, { i }, 5);
  const seenMs = Date.now();
  const events = await trial.checkHistory(executionArn, 4);
  const entered = events.find(({ type }) => type === 'WaitStateEntered')?.timestamp;
  const enteredMs = typeof entered === 'number' ? Math.round(entered * 1000) : Date.parse(entered);
  if (!(enteredMs % 1000)) return undefined;
  const lateMs = seenMs - enteredMs - SECONDS * 1000;
  trial.check(lateMs >= -1, `an execution woke ${-lateMs} ms early`);
  return lateMs;
}
