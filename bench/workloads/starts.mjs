import { passChain } from '../definitions.mjs';
import { inLanes, percentile } from '../measure.mjs';

const WIDTH = 16;

export const starts = {
  figures: {
    rate: { title: '2,000 StartExecution on 16 connections', unit: 'starts/s', better: 'more' },
    p50: { title: 'one StartExecution of these, p50', unit: 'ms', better: 'less' },
    p99: { title: 'one StartExecution of these, p99', unit: 'ms', better: 'less' },
  },

  async run(trial) {
    const machineArn = await trial.createMachine(passChain(1));
    await startAll(trial, machineArn, 400);
    return startAll(trial, machineArn, 2_000);
  },
};

async function startAll(trial, machineArn, count) {
  const times = [];
  const { results, seconds } = await inLanes({ width: WIDTH, count }, async (i) => {
    const startMs = performance.now();
    const executionArn = await trial.start(machineArn, { i });
    times.push(performance.now() - startMs);
    return executionArn;
  });
  await inLanes({ width: WIDTH, count }, (i) => trial.checkEnd(results[i], { i }));
  await trial.checkHistories(results, 4);
  return { rate: count / seconds, p50: percentile(times, 50), p99: percentile(times, 99) };
}
