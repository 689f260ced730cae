import { passChain } from '../definitions.mjs';
import { median } from '../measure.mjs';

const STATES = 2_500;
const EVENTS = 2 * STATES + 2;
const READS = 5;

export const history = {
  figures: {
    forward: { title: '5,002 events, read in pages of 1,000', unit: 'events/s', better: 'more' },
    backward: { title: 'the same, latest first', unit: 'events/s', better: 'more' },
  },

  async run(trial) {
    const machineArn = await trial.createMachine(passChain(STATES));
    const input = { text: 'a few words as a payload' };
    const executionArn = await trial.start(machineArn, input);
    await trial.checkEnd(executionArn, input);
    const eventsPerSecond = async (reverseOrder) => {
      const times = [];
      // The first read is the warm-up.
      for (let read = 0; read <= READS; read++) {
        const startMs = performance.now();
        await trial.checkHistory(executionArn, EVENTS, { reverseOrder });
        if (read > 0) times.push(performance.now() - startMs);
      }
      return (1000 * EVENTS) / median(times);
    };
    return { forward: await eventsPerSecond(false), backward: await eventsPerSecond(true) };
  },
};
