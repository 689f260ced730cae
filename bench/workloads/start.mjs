import { setTimeout as sleep } from 'node:timers/promises';

export const start = {
  figures: {
    firstAnswer: { title: 'from the start of the process to its first answer', unit: 'ms', better: 'less' },
    memory: { title: 'memory when idle, 3 s later', unit: 'MiB', better: 'less' },
  },

  async run(trial) {
    await sleep(3_000);
    const bytes = trial.server.memoryBytes();
    if (bytes === undefined) trial.remarks.push('memory is read from /proc, which only Linux has');
    return { firstAnswer: trial.server.firstAnswerMs, memory: bytes && bytes / 1024 / 1024 };
  },
};
