import { passChain, taskOf } from '../definitions.mjs';

export const functions = {
  figures: {
    rate: { title: 'a Lambda function over HTTP, 16 executions at once', unit: 'tasks/s', better: 'more' },
  },

  async run(trial) {
    if (!trial.contender.command.includes('LAMBDAPORT')) throw new Error('its command names no LAMBDAPORT');
    const account = (await trial.createMachine(passChain(1))).split(':')[4];
    const machineArn = await trial.createMachine(taskOf(`arn:aws:lambda:us-east-1:${account}:function:twice`));
    const { lambda } = trial;
    const before = lambda.invocations;
    let executions = 0;
    const outputOf = ({ i }) => {
      executions++;
      return { twice: 2 * i };
    };
    const load = { machineArn, width: 16, outputOf, events: 7 };
    await trial.executionsPerSecond({ ...load, ms: 500 });
    const rate = await trial.executionsPerSecond({ ...load, ms: 1_500 });
    const invocations = lambda.invocations - before;
    trial.check(invocations === executions, `${invocations} invocations for ${executions} executions`);
    return { rate };
  },
};
