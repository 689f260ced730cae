import { taskOf } from '../definitions.mjs';
import { inLanes, median } from '../measure.mjs';

const WORKERS = 8;

export const tasks = {
  figures: {
    rate: { title: '1,000 executions, 8 activity workers', unit: 'tasks/s', better: 'more' },
    handOver: { title: 'StartExecution to an idle worker, p50', unit: 'ms', better: 'less' },
  },

  async run(trial) {
    const { activityArn } = await trial.call('CreateActivity', { name: 'work' });
    const machineArn = await trial.createMachine(taskOf(activityArn));
    /** When a worker had the task of an input, and when its answer was accepted. */
    const takenMs = new Map();
    const answeredMs = new Map();
    const workers = Array.from({ length: WORKERS }, () => work(trial, activityArn, takenMs, answeredMs));

    const measure = async () => {
      await runTasks(trial, machineArn, answeredMs, { from: 0, count: 100 });
      const rate = await runTasks(trial, machineArn, answeredMs, { from: 100, count: 1_000 });
      const handOvers = [];
      for (let i = 1_100; i < 1_120; i++) {
        const startMs = performance.now();
        const executionArn = await trial.start(machineArn, { i });
        await trial.checkEnd(executionArn, { done: i });
        handOvers.push(takenMs.get(i) - startMs);
      }
      return { rate, handOver: median(handOvers) };
    };
    // Workers go on until the trial is closed; a worker that fails before ends it.
    return Promise.race([measure(), ...workers]);
  },
};

async function work(trial, activityArn, takenMs, answeredMs) {
  for (;;) {
    const { taskToken, input } = await trial.call('GetActivityTask', { activityArn });
    if (!taskToken) continue;
    const { i } = JSON.parse(input);
    trial.check(!takenMs.has(i), 'a task was given to two workers');
    takenMs.set(i, performance.now());
    await trial.call('SendTaskSuccess', { taskToken, output: JSON.stringify({ done: i }) });
    answeredMs.set(i, performance.now());
  }
}

/** Answers how many tasks a second, from the first start to the last accepted answer. */
async function runTasks(trial, machineArn, answeredMs, { from, count }) {
  const startMs = performance.now();
  const { results } = await inLanes({ width: 8, count }, (i) => trial.start(machineArn, { i: from + i }));
  await trial.until(() => answeredMs.size === from + count);
  const seconds = (Math.max(...answeredMs.values()) - startMs) / 1000;
  await inLanes({ width: 8, count }, (i) => trial.checkEnd(results[i], { done: from + i }));
  await trial.checkHistories(results, 7);
  return count / seconds;
}
