import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateActivityCommand,
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  GetActivityTaskCommand,
  SendTaskSuccessCommand,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { type Deployment, FUNCTION_ARN, ROLE_ARN } from './deployment';
import type { Line } from './meter';

export interface Scenario {
  title: string;
  /** State transitions as the managed service counts them, at the least: states that are entered. */
  transitions: number;
  /** The most that a million transitions may cost, in dollars; undefined for no goal. */
  goal: number | undefined;
  /** Activities that it needs, which a worker polls. */
  activity?: boolean;
  definition(activityArn: string): object;
}

/** What one execution does, on the average of several. */
export interface Measured {
  lines: Line[];
  /** Bytes that stay, by table. */
  stored: Record<string, number>;
}

const STEPS = 10;
const PASSES = 100;
/** So many that one of them falls into each list of open executions, which a process notes but once. */
const WARM_UP = 24;
const LOOK_EVERY_MS = 100;
const PATIENCE_MS = 120_000;
/** The last messages are deleted behind the end of an execution. */
const SETTLE_MS = 1_500;

const chainOf = (count: number, state: object) => ({
  StartAt: 's1',
  States: Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `s${index + 1}`,
      { ...state, ...(index + 1 < count ? { Next: `s${index + 2}` } : { End: true }) },
    ]),
  ),
});

const work = { Type: 'Task', Resource: FUNCTION_ARN };

export const SCENARIOS: Record<string, Scenario> = {
  sequence: {
    title: '10 Lambda functions in a row',
    transitions: STEPS,
    goal: 2.5,
    definition: () => chainOf(STEPS, work),
  },
  parallel: {
    title: 'a Parallel of 10 Lambda functions',
    transitions: STEPS + 1,
    goal: 3.5,
    definition: () => ({
      StartAt: 'all',
      States: { all: { Type: 'Parallel', End: true, Branches: Array.from({ length: STEPS }, () => chainOf(1, work)) } },
    }),
  },
  activities: {
    title: '10 activities in a row',
    transitions: STEPS,
    goal: 14,
    activity: true,
    definition: (activityArn) => chainOf(STEPS, { Type: 'Task', Resource: activityArn }),
  },
  passes: {
    title: '100 Pass states in a row',
    transitions: PASSES,
    goal: 0.15,
    definition: () => chainOf(PASSES, { Type: 'Pass' }),
  },
};

/** Runs so many executions together, the first ones to warm up, and answers what one of them took. */
export async function measure(deployment: Deployment, scenario: Scenario, atOnce: number): Promise<Measured> {
  const { client, poller, meter, tables } = deployment;
  const name = randomUUID();
  const activityArn = scenario.activity ? (await client.send(new CreateActivityCommand({ name }))).activityArn! : '';
  const { stateMachineArn } = await client.send(
    new CreateStateMachineCommand({ name, roleArn: ROLE_ARN, definition: JSON.stringify(scenario.definition(activityArn)) }),
  );
  const run = async (count: number) => {
    deployment.setBusy(count > 1);
    const arns = await Promise.all(
      Array.from({ length: count }, async () => {
        const { executionArn } = await client.send(new StartExecutionCommand({ stateMachineArn, input: INPUT }));
        return executionArn!;
      }),
    );
    const workers = Array.from({ length: scenario.activity ? count : 0 }, async () => {
      for (let task = 0; task < STEPS; task++) {
        const { taskToken } = await poller.send(new GetActivityTaskCommand({ activityArn, workerName: 'worker' }));
        await client.send(new SendTaskSuccessCommand({ taskToken: taskToken!, output: '{"done":true}' }));
      }
    });
    await Promise.all(workers);
    return arns;
  };
  for (const count of [WARM_UP, atOnce]) {
    await ended(deployment, await run(count));
    await settled(deployment);
  }
  meter.take();
  const before = tables.stored();
  const arns = await run(atOnce);
  await settled(deployment);
  const lines = meter.take();
  await ended(deployment, arns);
  meter.take();
  const stored = Object.fromEntries(
    Object.entries(tables.stored()).map(([table, bytes]) => [table, (bytes - (before[table] ?? 0)) / atOnce]),
  );
  return { lines, stored };
}

const INPUT = '{"order":"4711","amount":12.5}';

/** Nothing more is done: heads are closed, and messages deleted. */
async function settled({ tables }: Deployment): Promise<void> {
  while (tables.open > 0) await sleep(LOOK_EVERY_MS);
  await sleep(SETTLE_MS);
}

async function ended({ client }: Deployment, arns: string[]): Promise<void> {
  const giveUpMs = Date.now() + PATIENCE_MS;
  for (const executionArn of arns) {
    for (;;) {
      const { status } = await client.send(new DescribeExecutionCommand({ executionArn }));
      if (status === 'SUCCEEDED') break;
      if (status !== 'RUNNING' || Date.now() > giveUpMs) throw new Error(`an execution is ${status}`);
      await sleep(LOOK_EVERY_MS);
    }
  }
}
