import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateActivityCommand,
  CreateStateMachineCommand,
  DeleteActivityCommand,
  DeleteStateMachineCommand,
  DescribeActivityCommand,
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  GetActivityTaskCommand,
  GetExecutionHistoryCommand,
  ListActivitiesCommand,
  RedriveExecutionCommand,
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  type SFNClient,
  StartExecutionCommand,
  StartSyncExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { ACTIONS } from '../../lib/api/actions';
import { describeJourney } from '../clients/describe-journey';
import { installRealClients } from '../clients/real-clients';
import { newSdkClient, sdkJourney } from '../clients/sdk-journey';
import { arn, ROLE_ARN } from '../clients/seen';
import { temporaryFolder } from '../contract/temporary-folder';
import { Cdk, CONTEXT, type Outputs } from './cdk';
import { atLoopback, createFirstKey, gatewayUrl, notingIn } from './deployed';
import { Emulator, REGION, whyNoEmulator } from './emulator';
import { ACTIVITY, MACHINE, synthesizeShop } from './shop';

/**
 * The real app, deployed into an account that enforces the policies of its roles, called through its gateway, and
 * removed again. The account is emulated by MiniStack, which is installed over the network the first time:
 *   STEPWELL_DEPLOY=1 npx jest test/deploy
 * Without Python or the network it is said that it was not run.
 */
const IS_ASKED = Boolean(process.env.STEPWELL_DEPLOY);
const LONGEST_MS = 600_000;
const STEP_MS = 120_000;
const LOOK_EVERY_MS = 250;
const DOUBLE = `arn:aws:lambda:${REGION}:123456789012:function:double`;
const doubledAndAsked = (activityArn: string | undefined) => ({
  StartAt: 'Double',
  States: {
    Double: { Type: 'Task', Resource: DOUBLE, Next: 'Ask' },
    Ask: { Type: 'Task', Resource: activityArn, End: true },
  },
});

test('an emulator needs no change of the app but by its documented options', () => {
  const page = readFileSync(join(__dirname, '../../docs/deploy.md'), 'utf8');
  expect(Object.keys(CONTEXT).filter((key) => !page.includes(`\`${key}`))).toEqual([]);
});

const reason = IS_ASKED ? whyNoEmulator() : undefined;
if (reason !== undefined) afterAll(() => void process.stdout.write(`NOT RUN: the deployment: ${reason}\n`));
if (IS_ASKED && reason === undefined) describeDeployment();

function describeDeployment(): void {
  jest.setTimeout(STEP_MS);
  installRealClients();
  const folder = temporaryFolder();
  let emulator: Emulator;
  let cdk: Cdk;
  let before: string[];
  let outputs: Outputs;
  let url: string;
  let more: ReturnType<typeof atLoopback> & { credentials: Awaited<ReturnType<typeof createFirstKey>> };
  let client: SFNClient;
  const answered = new Set<string>();

  beforeAll(async () => {
    emulator = await Emulator.start(folder);
    cdk = new Cdk(emulator, folder, { removesData: 'true' });
    await cdk.synth();
    await cdk.bootstrap();
    await emulator.ask('create-function', 'double', `${__dirname}/functions.js`);
    // Its log comes with its first invocation.
    await emulator.ask('invoke', 'double');
    before = await emulator.ask('resources');
    outputs = await cdk.deploy();
    url = gatewayUrl(emulator, outputs);
    more = { ...atLoopback(), ...notingIn(answered), credentials: await createFirstKey(emulator, outputs) };
    client = newSdkClient({ url }, more);
  }, LONGEST_MS);
  afterAll(async () => {
    client?.destroy();
    await emulator?.stop();
  }, STEP_MS);

  const ended = async (executionArn: string) => {
    for (;;) {
      const found = await client.send(new DescribeExecutionCommand({ executionArn }));
      if (found.status !== 'RUNNING') return found;
      await sleep(LOOK_EVERY_MS);
    }
  };
  /** A poll ends after 20 s; a machine may take longer to come to the task. */
  const nextTask = async (activityArn: string | undefined) => {
    for (;;) {
      const task = await client.send(new GetActivityTaskCommand({ activityArn }));
      if (task.taskToken !== undefined) return task;
    }
  };

  test('what it made is there, under the names of the deployment', async () => {
    const made = (await emulator.ask<string[]>('resources')).filter((resource) => !before.includes(resource));
    const names = ['registry', 'executions', 'journal', 'timers'].map((name) => `table stepwell-${name}`);
    for (const name of ['api', 'advance', 'task', 'sync', 'timers', 'audit']) {
      names.push(`function stepwell-${name}`, `log group /aws/lambda/stepwell-${name}`);
    }
    expect(made).toEqual(expect.arrayContaining(['stack Stepwell', 'secret stepwell-master', ...names]));
  });

  test('the account denies what nobody granted', async () => {
    expect(await emulator.ask('stranger')).toBe('AccessDeniedException');
  });

  describeJourney('the AWS SDK for JavaScript', () => sdkJourney(url, more), LONGEST_MS);

  describe('executions', () => {
    const typesOf = async (executionArn: string) =>
      (await client.send(new GetExecutionHistoryCommand({ executionArn }))).events!.map(({ type }) => type);
    const start = async (name: string, definition: object, input: object = {}) => {
      const { stateMachineArn } = await client.send(
        new CreateStateMachineCommand({ name, definition: JSON.stringify(definition), roleArn: ROLE_ARN }),
      );
      const { executionArn } = await client.send(
        new StartExecutionCommand({ stateMachineArn, name: 'one', input: JSON.stringify(input) }),
      );
      return executionArn!;
    };

    test('Lambda functions, a wait and a Parallel with an activity', async () => {
      const { activityArn } = await client.send(new CreateActivityCommand({ name: 'halve' }));
      const executionArn = await start(
        'all-kinds',
        {
          StartAt: 'Double',
          States: {
            Double: { Type: 'Task', Resource: DOUBLE, Next: 'Again' },
            Again: { Type: 'Task', Resource: DOUBLE, Next: 'Rest' },
            Rest: { Type: 'Wait', Seconds: 2, Next: 'Both' },
            Both: {
              Type: 'Parallel',
              End: true,
              Branches: [
                { StartAt: 'Third', States: { Third: { Type: 'Task', Resource: DOUBLE, End: true } } },
                { StartAt: 'Halve', States: { Halve: { Type: 'Task', Resource: activityArn, End: true } } },
              ],
            },
          },
        },
        { number: 5 },
      );
      const { taskToken, input } = await nextTask(activityArn);
      expect(JSON.parse(input!)).toEqual({ number: 20 });
      await client.send(new SendTaskSuccessCommand({ taskToken, output: '{"number":10}' }));
      expect(await ended(executionArn)).toMatchObject({
        status: 'SUCCEEDED',
        output: '[{"number":40},{"number":10}]',
      });
      const types = await typesOf(executionArn);
      expect(types.slice(0, 12)).toEqual([
        'ExecutionStarted',
        ...['TaskStateEntered', 'LambdaFunctionScheduled', 'LambdaFunctionStarted', 'LambdaFunctionSucceeded'],
        ...['TaskStateExited', 'TaskStateEntered', 'LambdaFunctionScheduled', 'LambdaFunctionStarted'],
        ...['LambdaFunctionSucceeded', 'TaskStateExited', 'WaitStateEntered'],
      ]);
      expect(types.at(-1)).toBe('ExecutionSucceeded');
    });

    test('one that is waited for invokes a function, and starts another', async () => {
      const create = async (name: string, definition: object, type: 'EXPRESS' | 'STANDARD') => {
        const text = JSON.stringify(definition);
        const machine = { name, definition: text, roleArn: ROLE_ARN, type };
        return (await client.send(new CreateStateMachineCommand(machine))).stateMachineArn!;
      };
      const pass = { StartAt: 'P', States: { P: { Type: 'Pass', End: true } } };
      const StateMachineArn = await create('started', pass, 'STANDARD');
      const nested = { Resource: 'arn:aws:states:::states:startExecution', Parameters: { StateMachineArn } };
      const States = {
        Double: { Type: 'Task', Resource: DOUBLE, Next: 'Start' },
        Start: { Type: 'Task', ...nested, ResultPath: '$.started', End: true },
      };
      const stateMachineArn = await create('waited-for', { StartAt: 'Double', States }, 'EXPRESS');
      const answer = await client.send(new StartSyncExecutionCommand({ stateMachineArn, input: '{"number":4}' }));
      expect(answer).toMatchObject({ status: 'SUCCEEDED' });
      const output = JSON.parse(answer.output!);
      expect(output.number).toBe(8);
      expect(await ended(output.started.ExecutionArn)).toMatchObject({ status: 'SUCCEEDED' });
    });

    test('a function that is not there fails its task', async () => {
      const executionArn = await start('nowhere', {
        StartAt: 'Call',
        States: { Call: { Type: 'Task', Resource: DOUBLE.replace('double', 'nowhere'), End: true } },
      });
      expect(await ended(executionArn)).toMatchObject({ status: 'FAILED' });
      expect((await typesOf(executionArn)).at(-2)).toBe('LambdaFunctionFailed');
    });

    test('one that failed is redriven', async () => {
      const { activityArn } = await client.send(new CreateActivityCommand({ name: 'again' }));
      const executionArn = await start('redriven', doubledAndAsked(activityArn), { number: 2 });
      const first = await nextTask(activityArn);
      await client.send(new SendTaskFailureCommand({ taskToken: first.taskToken, error: 'Busy' }));
      expect(await ended(executionArn)).toMatchObject({ status: 'FAILED', error: 'Busy' });
      await client.send(new RedriveExecutionCommand({ executionArn }));
      const { taskToken, input } = await nextTask(activityArn);
      // What succeeded is not done again.
      expect(JSON.parse(input!)).toEqual({ number: 4 });
      await client.send(new SendTaskSuccessCommand({ taskToken, output: '"done"' }));
      expect(await ended(executionArn)).toMatchObject({ status: 'SUCCEEDED', output: '"done"', redriveCount: 1 });
      const types = await typesOf(executionArn);
      expect(types.filter((type) => /Redriven|Failed/.test(type!))).toEqual([
        'ActivityFailed',
        'ExecutionFailed',
        'ExecutionRedriven',
      ]);
      expect(types.filter((type) => type === 'LambdaFunctionSucceeded')).toHaveLength(1);
    });

    test('a wait of a day is set aside, and is stopped', async () => {
      const executionArn = await start('day', {
        StartAt: 'Sleep',
        States: { Sleep: { Type: 'Wait', Seconds: 86_400, End: true } },
      });
      await client.send(new StopExecutionCommand({ executionArn, error: 'Enough' }));
      expect(await ended(executionArn)).toMatchObject({ status: 'ABORTED', error: 'Enough' });
      expect(await typesOf(executionArn)).toEqual(['ExecutionStarted', 'WaitStateEntered', 'ExecutionAborted']);
    });

    test('queues that were deleted by hand are made again, by whoever sends next', async () => {
      const { activityArn } = await client.send(new CreateActivityCommand({ name: 'lost' }));
      const queues = (await emulator.ask<string[]>('resources')).filter((name) => name.includes('/stepwell-a-'));
      for (const queue of queues) await emulator.ask('delete-queue', queue.split('/').at(-1)!);
      await emulator.ask('delete-queue', 'stepwell-tasks');
      const executionArn = await start('remade', doubledAndAsked(activityArn), { number: 1 });
      const { taskToken } = await nextTask(activityArn);
      await client.send(new SendTaskSuccessCommand({ taskToken, output: '2' }));
      expect(await ended(executionArn)).toMatchObject({ status: 'SUCCEEDED', output: '2' });
    });

    test('a call that is signed with another key is refused', async () => {
      const stranger = newSdkClient({ url }, { ...more, credentials: { accessKeyId: 'AKIA', secretAccessKey: 'no' } });
      await expect(stranger.send(new ListActivitiesCommand({}))).rejects.toMatchObject({
        name: 'UnrecognizedClientException',
      });
      stranger.destroy();
    });
  });

  test('the stack of another app registers its machine and activity, changes them, and takes them away', async () => {
    const secretArn = await emulator.ask<string>('create-secret', 'stepwell/deploy', JSON.stringify(more.credentials));
    const shop = (comment: string) =>
      synthesizeShop(folder, { endpoint: url, secretArn, functionArn: DOUBLE, comment });
    const stateMachineArn = arn('stateMachine', MACHINE);
    const activityArn = arn('activity', ACTIVITY);
    const definitionNow = async () => {
      const { definition } = await client.send(new DescribeStateMachineCommand({ stateMachineArn }));
      return JSON.parse(definition!) as { Comment: string };
    };

    await cdk.deployApp(shop('first'));
    expect(await definitionNow()).toMatchObject({ Comment: 'first' });
    const { executionArn } = await client.send(new StartExecutionCommand({ stateMachineArn, input: '{"number":4}' }));
    const { taskToken, input } = await nextTask(activityArn);
    expect(JSON.parse(input!)).toEqual({ number: 8 });
    await client.send(new SendTaskSuccessCommand({ taskToken, output: '"yes"' }));
    expect(await ended(executionArn!)).toMatchObject({ status: 'SUCCEEDED', output: '"yes"' });

    await cdk.deployApp(shop('second'));
    expect(await definitionNow()).toMatchObject({ Comment: 'second' });

    await cdk.destroy(shop('last'));
    await expect(client.send(new DescribeActivityCommand({ activityArn }))).rejects.toMatchObject({
      name: 'ActivityDoesNotExist',
    });
    while (await isThere(definitionNow)) await sleep(LOOK_EVERY_MS);
    await emulator.ask('delete-secret', 'stepwell/deploy');
  });

  test('every action of the API was called, and answered', () => {
    expect([...answered].sort()).toEqual([...ACTIONS.keys()].sort());
  });

  test.each(['timers', 'audit'])('the schedule of %s finds nothing that its role may not do', async (name) => {
    expect(await emulator.ask('invoke', `stepwell-${name}`)).toEqual({ error: null, payload: 'null' });
  });

  test('everything that was made through the API is deleted through it', async () => {
    for (const name of ['all-kinds', 'nowhere', 'redriven', 'day', 'remade', 'returns']) {
      await client.send(new DeleteStateMachineCommand({ stateMachineArn: arn('stateMachine', name) }));
    }
    const { activities = [] } = await client.send(new ListActivitiesCommand({}));
    for (const { activityArn } of activities) await client.send(new DeleteActivityCommand({ activityArn }));
    const queuesOfActivities = async () =>
      (await emulator.ask<string[]>('resources')).filter((resource) => resource.includes('/stepwell-a-'));
    while ((await queuesOfActivities()).length > 0) await sleep(LOOK_EVERY_MS);
  });

  test('what is under way comes to its end', async () => {
    // A function that runs while its log group is deleted makes that again.
    while ((await emulator.ask<number>('messages')) > 0) await sleep(LOOK_EVERY_MS);
  });

  test('no function logged an error, and nothing was denied for want of a grant', async () => {
    const lines = [...(await emulator.ask<string[]>('logs')), ...emulator.log()];
    const bad = /not authorized|AccessDenied|"level":"(error|warn)"|Task timed out|Traceback/;
    expect(lines.filter((line) => bad.test(line))).toEqual([]);
  });

  test('removed, it leaves nothing behind', async () => {
    await cdk.destroy();
    expect(await emulator.ask('resources')).toEqual(before);
  });

  test('what is to be kept is kept: tables, the master secret and logs', async () => {
    const kept = new Cdk(emulator, folder, { name: 'kept' });
    await kept.synth();
    await kept.deploy();
    await kept.destroy();
    const left = (await emulator.ask<string[]>('resources')).filter((resource) => !before.includes(resource));
    expect(left).toEqual([
      ...['advance', 'api', 'audit', 'sync', 'task', 'timers'].map((name) => `log group /aws/lambda/kept-${name}`),
      'secret kept-master',
      ...['executions', 'journal', 'registry', 'timers'].map((name) => `table kept-${name}`),
    ]);
  });
}

/** A machine that is being deleted is there until its executions have ended. */
async function isThere(look: () => Promise<unknown>): Promise<boolean> {
  try {
    await look();
    return true;
  } catch (error) {
    if ((error as Error).name === 'StateMachineDoesNotExist') return false;
    throw error;
  }
}
