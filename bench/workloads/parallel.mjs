import { parallelChains } from '../definitions.mjs';

const BRANCHES = 40;
const LENGTH = 3;
const TRANSITIONS = 1 + BRANCHES * LENGTH;
/** Of the execution two, of the Parallel state four, of each state in a branch two. */
const EVENTS = 2 + 4 + 2 * BRANCHES * LENGTH;

export const parallel = {
  figures: {
    rate: { title: '40 branches of 3 Pass states, one execution at a time', unit: 'transitions/s', better: 'more' },
  },

  async run(trial) {
    const machineArn = await trial.createMachine(parallelChains(BRANCHES, LENGTH));
    const expected = Array.from({ length: BRANCHES }, (_, branch) => ({ branch }));
    const load = { machineArn, width: 1, outputOf: () => expected, events: EVENTS };
    await trial.executionsPerSecond({ ...load, ms: 500 });
    return { rate: TRANSITIONS * (await trial.executionsPerSecond({ ...load, ms: 1_500 })) };
  },
};
