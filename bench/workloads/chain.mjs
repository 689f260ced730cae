import { passChain } from '../definitions.mjs';

const STATES = 100;

export const chain = {
  figures: {
    oneAtATime: { title: '100 Pass states, one execution at a time', unit: 'transitions/s', better: 'more' },
    sixteenAtOnce: { title: '100 Pass states, 16 executions at once', unit: 'transitions/s', better: 'more' },
  },

  async run(trial) {
    const machineArn = await trial.createMachine(passChain(STATES));
    const transitionsPerSecond = async (width, ms) => {
      const outputOf = (input) => input;
      const events = 2 * STATES + 2;
      return STATES * (await trial.executionsPerSecond({ machineArn, width, ms, outputOf, events }));
    };
    await transitionsPerSecond(16, 500);
    return { oneAtATime: await transitionsPerSecond(1, 1_500), sixteenAtOnce: await transitionsPerSecond(16, 1_500) };
  },
};
