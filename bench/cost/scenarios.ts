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
import { ASSUMED } from './assumptions';
import { type Deployment, FUNCTION_ARN, ROLE_ARN } from './deployment';
import type { Line } from './meter';
import { timesOf } from './pricing';

export interface Scenario {
  title: string;
  /** State transitions as the managed service counts them, at the least: states that are entered. */
  transitions: number;
  /** The most that a million transitions may cost, in dollars; undefined for no goal. */
  goal: number | undefined;
  /** Activities that it needs, which a worker polls. */
  activity?: boolean;
  /** How long it sleeps. */
  waitMs?: number;
  definition(activityArn: string): object;
}

/** What one execution does, on the average of several. */
export interface Measured {
  lines: Line[];
  /** Bytes that stay, by table. */
  stored: Record<string, number>;
}

export const AT_ONCE = 10;
const STEPS = 10;
const PASSES = 100;
/** So many that one of them falls into each list of open executions, which a process notes but once. */
const WARM_UP = 24;
const LOOK_EVERY_MS = 100;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
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
  wait: {
    title: 'a Wait of a day',
    transitions: 1,
    goal: undefined,
    waitMs: DAY_MS,
    definition: () => chainOf(1, { Type: 'Wait', Seconds: DAY_MS / 1000 }),
  },
  passes: {
    title: '100 Pass states in a row',
    transitions: PASSES,
    goal: 0.15,
    definition: () => chainOf(PASSES, { Type: 'Pass' }),
  },
};

/** Runs so many executions together, after others to warm up, and answers what one of them took, on the average. */
export async function measure(deployment: Deployment, scenario: Scenario, atOnce: number): Promise<Measured> {
  const { meter, tables } = deployment;
  const machine = await createMachine(deployment, scenario);
  await run(deployment, machine, WARM_UP);
  const before = tables.stored();
  meter.take();
  const executionArns = await run(deployment, machine, atOnce);
  const taken = meter.take();
  // The minute's own work is there whether or not anybody waits.
  if (scenario.waitMs !== undefined) taken.push(...(await idleMinute(deployment)).map(lessOf));
  for (const executionArn of executionArns) await succeeded(deployment, executionArn);
  const lines = taken.map(({ what, count, usage }) => ({
    what,
    count: count / atOnce,
    usage: timesOf(usage, 1 / atOnce),
  }));
  lines.push({ what: 'CloudWatch metric lines', count: 1, usage: { logGb: ASSUMED.logBytesOfExecution / 1e9 } });
  const stored = Object.entries(tables.stored()).map(([table, bytes]) => [
    table,
    (bytes - (before[table] ?? 0)) / atOnce,
  ]);
  return { lines, stored: Object.fromEntries(stored) };
}

/** What the minute function takes when there is nothing to do. */
export async function idleMinute(deployment: Deployment): Promise<Line[]> {
  const { meter } = deployment;
  // Behind all that was there.
  await deployment.putForward(HOUR_MS);
  await deployment.minute();
  meter.take();
  await deployment.minute();
  return meter.take();
}

/** What the audit takes when nothing is open. */
export async function idleAudit({ meter, audit }: Deployment): Promise<Line[]> {
  await audit();
  meter.take();
  await audit();
  return meter.take();
}

const lessOf = ({ what, count, usage }: Line): Line => ({
  what: `${what}, in any minute`,
  count: -count,
  usage: timesOf(usage, -1),
});

interface Machine {
  scenario: Scenario;
  stateMachineArn: string;
  activityArn: string;
}

async function createMachine({ client }: Deployment, scenario: Scenario): Promise<Machine> {
  const name = randomUUID();
  const activityArn = scenario.activity ? (await client.send(new CreateActivityCommand({ name }))).activityArn! : '';
  const definition = JSON.stringify(scenario.definition(activityArn));
  const created = await client.send(new CreateStateMachineCommand({ name, roleArn: ROLE_ARN, definition }));
  return { scenario, stateMachineArn: created.stateMachineArn!, activityArn };
}

/** From the starts to the last deleted message. Answers ARNs. */
async function run(deployment: Deployment, machine: Machine, count: number): Promise<string[]> {
  const { client, poller, tables } = deployment;
  const { scenario, stateMachineArn, activityArn } = machine;
  deployment.setBusy(count > 1);
  const started = await Promise.all(
    Array.from({ length: count }, () => client.send(new StartExecutionCommand({ stateMachineArn, input: INPUT }))),
  );
  const workers = Array.from({ length: scenario.activity ? count : 0 }, async () => {
    for (let task = 0; task < STEPS; task++) {
      const { taskToken } = await poller.send(new GetActivityTaskCommand({ activityArn, workerName: 'worker' }));
      await client.send(new SendTaskSuccessCommand({ taskToken: taskToken!, output: '{"done":true}' }));
    }
  });
  await Promise.all(workers);
  if (scenario.waitMs !== undefined) {
    await until('all wait', () => tables.timers === count);
    await sleep(SETTLE_MS);
    await deployment.putForward(scenario.waitMs);
    await deployment.minute();
  }
  await until('all are closed', () => tables.open === 0);
  await sleep(SETTLE_MS);
  return started.map(({ executionArn }) => executionArn!);
}

const INPUT = '{"order":"4711","amount":12.5}';

async function succeeded({ client }: Deployment, executionArn: string): Promise<void> {
  const { status } = await client.send(new DescribeExecutionCommand({ executionArn }));
  if (status !== 'SUCCEEDED') throw new Error(`an execution is ${status}`);
}

async function until(what: string, isSo: () => boolean): Promise<void> {
  const giveUpMs = performance.now() + PATIENCE_MS;
  while (!isSo()) {
    if (performance.now() > giveUpMs) throw new Error(`it does not come to it that ${what}`);
    await sleep(LOOK_EVERY_MS);
  }
}
