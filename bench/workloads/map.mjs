import { mapOf } from '../definitions.mjs';

const ITEMS = 1_000;
const AT_ONCE = 40;
const TRANSITIONS = 1 + ITEMS;
/** Of the execution two, of the Map state four, of each iteration two and two of its state. */
const EVENTS = 2 + 4 + 4 * ITEMS;

export const map = {
  figures: {
    rate: { title: 'Map over 1,000 items, 40 at once, of a Pass state', unit: 'transitions/s', better: 'more' },
  },

  async run(trial) {
    const items = Array.from({ length: ITEMS }, (_, id) => ({ id }));
    const machineArn = await trial.createMachine(mapOf(AT_ONCE));
    const load = { machineArn, width: 1, inputOf: () => ({ items }), outputOf: () => items, events: EVENTS };
    await trial.executionsPerSecond({ ...load, ms: 500 });
    return { rate: TRANSITIONS * (await trial.executionsPerSecond({ ...load, ms: 1_500 })) };
  },
};
