import { setTimeout as sleep } from 'node:timers/promises';
import { serviceTaskOf } from '../asl/definition/integrations';
import type { Program } from '../asl/definition/program';
import { ApiRefusal } from '../client/refusal';
import { type EmbeddedSettings, openEmbedded } from '../host/embedded';
import { createLog } from '../host/log';
import { DEFAULT_LIMITS } from '../runtime/limits';
import { ApiClient } from './api-client';
import { BadSetting } from './refusal';
import type { ApiEvent } from './timeline/event';

export interface SingleRun
  extends Pick<EmbeddedSettings, 'functions' | 'lambdaEndpoint' | 'awsEndpoint' | 'serviceEndpoints'> {
  definition: string;
  program: Program;
  /** Of the state machine, made fit for it. */
  name: string;
  input: string;
  /** Told of new events as they come. */
  onEvents(events: readonly ApiEvent[]): void;
  /** Told of each activity that the definition uses, before the execution starts. */
  onActivity(name: string): void;
  /** Told of each state that waits for a token, before the execution starts: nobody can call this process. */
  onCallback(stateName: string): void;
  /** Aborted: the execution is stopped. */
  signal: AbortSignal;
}

/** What DescribeExecution says of an execution that has ended. */
export interface EndedExecution {
  status: 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';
  startDate: number;
  stopDate: number;
  output?: string;
  error?: string;
  cause?: string;
}

/** The error of a task of an activity: a single run has no workers. */
export const NO_WORKER = 'Stepwell.NoWorker';

/** Runs one execution in this process and in memory, from its start to its end. Throws BadSetting. */
export async function runOnce(run: SingleRun): Promise<EndedExecution> {
  const activities = activitiesOf(run.program);
  // ARNs of activities name a region and an account: those are taken, so that the activities exist here.
  const { region, account } = activities[0] ?? { region: 'us-east-1', account: '123456789012' };
  const service = await openEmbedded({
    dataDirectory: undefined,
    region,
    account,
    limits: DEFAULT_LIMITS,
    lambdaEndpoint: run.lambdaEndpoint,
    awsEndpoint: run.awsEndpoint,
    serviceEndpoints: run.serviceEndpoints,
    functions: run.functions,
    keys: undefined,
    log: createLog('error'),
  });
  const client = new ApiClient(service.api);
  for (const name of callbacksOf(run.program)) run.onCallback(name);
  try {
    for (const { arn, name } of activities) {
      run.onActivity(name);
      void failTasks(client, arn, name);
    }
    const execution = await start(client, run, account).catch((error) => {
      throw error instanceof ApiRefusal ? new BadSetting(error.message) : error;
    });
    const stop = () => void client.call('StopExecution', execution).catch(() => {});
    if (run.signal.aborted) stop();
    run.signal.addEventListener('abort', stop);
    await follow(client, execution.executionArn, run.onEvents);
    return await client.call<EndedExecution>('DescribeExecution', execution);
  } finally {
    client.leave();
    await service.close();
  }
}

interface ActivityName {
  arn: string;
  region: string;
  account: string;
  name: string;
}

function activitiesOf({ states }: Program): ActivityName[] {
  const arns = new Set<string>();
  for (const state of states.values()) if (state.type === 'Task' && state.kind === 'activity') arns.add(state.resource);
  return [...arns].map((arn) => {
    const [, , , region = '', account = '', , ...name] = arn.split(':');
    return { arn, region, account, name: name.join(':') };
  });
}

const callbacksOf = ({ states }: Program): string[] =>
  [...states.values()]
    .filter((state) => state.type === 'Task' && serviceTaskOf(state.resource)?.pattern === 'waitForTaskToken')
    .map(({ name }) => name);

/** A worker that fails each task of the activity, so that an execution does not wait for one that never comes. */
async function failTasks(client: ApiClient, activityArn: string, name: string): Promise<void> {
  const cause = `Nobody works on the activity ${name} in a single run. Start a service with "stepwell start" and a worker that polls it.`;
  try {
    await client.call('CreateActivity', { name });
    while (!client.hasLeft) {
      const { taskToken } = await client.call<{ taskToken?: string }>('GetActivityTask', { activityArn });
      if (taskToken) await client.call('SendTaskFailure', { taskToken, error: NO_WORKER, cause });
    }
  } catch {
    // The ARN is of another region or account than the first: that activity does not exist, and the history says so.
  }
}

async function start(client: ApiClient, { name, definition, input }: SingleRun, account: string) {
  const roleArn = `arn:aws:iam::${account}:role/stepwell-run`;
  const { stateMachineArn } = await client.call<{ stateMachineArn: string }>('CreateStateMachine', {
    name: name.replace(/[^A-Za-z0-9_-]/g, '-').slice(0, DEFAULT_LIMITS.name) || 'run',
    definition,
    roleArn,
  });
  const { executionArn } = await client.call<{ executionArn: string }>('StartExecution', { stateMachineArn, input });
  return { executionArn };
}

const LOOK_EVERY_LEAST_MS = 5;
const LOOK_EVERY_MOST_MS = 100;
const ENDS = ['ExecutionSucceeded', 'ExecutionFailed', 'ExecutionTimedOut', 'ExecutionAborted'];

interface HistoryPage {
  events: (ApiEvent & { id: number })[];
  nextToken?: string;
}

/** Hands on the events of an execution as they come, until it has ended. */
async function follow(client: ApiClient, executionArn: string, hear: SingleRun['onEvents']): Promise<void> {
  let seen = 0;
  let lastPage: string | undefined;
  for (let pauseMs = LOOK_EVERY_LEAST_MS; ; pauseMs = Math.min(2 * pauseMs, LOOK_EVERY_MOST_MS)) {
    const news: ApiEvent[] = [];
    for (let isLast = false; !isLast; ) {
      const { events, nextToken } = await client.call<HistoryPage>('GetExecutionHistory', {
        executionArn,
        maxResults: 1000,
        nextToken: lastPage,
      });
      news.push(...events.filter(({ id }) => id > seen));
      seen = events.at(-1)?.id ?? seen;
      isLast = nextToken === undefined;
      lastPage = nextToken ?? lastPage;
    }
    if (news.length > 0) {
      hear(news);
      pauseMs = LOOK_EVERY_LEAST_MS;
    }
    if (news.some(({ type }) => ENDS.includes(type!))) return;
    await sleep(pauseMs);
  }
}
