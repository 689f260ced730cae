import { dataChain } from '../definitions.mjs';

const STATES = 100;
/** A Parallel state has Parameters and a ResultSelector, and needs nothing from outside: here with one branch of one state. */
const TRANSITIONS = 2 * STATES;
const EVENTS = 2 + 6 * STATES;

export const data = {
  figures: {
    rate: {
      title: '100 states with Parameters, ResultSelector and an intrinsic function each',
      unit: 'transitions/s',
      better: 'more',
    },
  },

  async run(trial) {
    const machineArn = await trial.createMachine(dataChain(STATES));
    const outputOf = ({ i, text }) => ({ i: i + STATES, text, label: `${text}-${i + STATES - 1}` });
    const load = { machineArn, width: 1, outputOf, events: EVENTS };
    await trial.executionsPerSecond({ ...load, ms: 500 });
    return { rate: TRANSITIONS * (await trial.executionsPerSecond({ ...load, ms: 1_500 })) };
  },
};
