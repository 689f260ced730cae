import { nestedOf, passChain } from '../definitions.mjs';

const DEPTH = 20;
/** Entered and exited, scheduled, started, submitted and succeeded, beside the two of the execution. */
const EVENTS = 8;

export const nested = {
  figures: {
    rate: { title: 'executions that start and await the next, 20 deep', unit: 'executions/s', better: 'more' },
  },

  async run(trial) {
    let machineArn = await trial.createMachine(passChain(1));
    for (let depth = 1; depth < DEPTH; depth++) machineArn = await trial.createMachine(nestedOf(machineArn));
    const load = { machineArn, width: 1, outputOf: (input) => input, events: EVENTS };
    await trial.executionsPerSecond({ ...load, ms: 1_000 });
    return { rate: DEPTH * (await trial.executionsPerSecond({ ...load, ms: 3_000 })) };
  },
};
