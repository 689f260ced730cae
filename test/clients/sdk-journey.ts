import { setTimeout as sleep } from 'node:timers/promises';
import * as sfn from '@aws-sdk/client-sfn';
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
  ListExecutionsCommand,
  ListTagsForResourceCommand,
  paginateGetExecutionHistory,
  paginateListActivities,
  paginateListExecutions,
  paginateListStateMachines,
  SendTaskFailureCommand,
  SendTaskHeartbeatCommand,
  SendTaskSuccessCommand,
  SFNClient,
  type SFNClientConfig,
  SFNServiceException,
  StartExecutionCommand,
  StopExecutionCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-sfn';
import { eventually } from '../contract/eventually';
import { pages } from './pages';
import { ANY_KEYS, REGION, type Target } from './real-clients';
import { releases } from './releases';
import { arn, DEFINITION, INPUT, type Refusal, ROLE_ARN, type Seen, type Told } from './seen';

// It warns of every Node that will once be too old.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

/** The journey, by the AWS SDK for JavaScript. */
export async function sdkJourney(url: string, more?: Partial<SFNClientConfig>): Promise<Seen> {
  const client = newSdkClient({ url }, more);
  const activityArn = arn('activity', 'approve');
  const stateMachineArn = arn('stateMachine', 'orders');
  const first = { executionArn: arn('execution', 'orders:first') };
  const second = { executionArn: arn('execution', 'orders:second') };
  const third = { executionArn: arn('execution', 'orders:third') };
  const machine = { stateMachineArn };
  const ended = (execution: { executionArn: string }) =>
    eventually(
      () => client.send(new DescribeExecutionCommand(execution)),
      ({ status }) => status !== 'RUNNING',
    );
  const historyOf = async (execution: { executionArn: string }, more: object = {}) =>
    (await client.send(new GetExecutionHistoryCommand({ ...execution, ...more }))).events!;
  const tags = async () => (await client.send(new ListTagsForResourceCommand({ resourceArn: stateMachineArn }))).tags!;
  const succeed = (taskToken: string | undefined) =>
    client.send(new SendTaskSuccessCommand({ taskToken, output: '{"granted": true}' }));

  const createdActivity = await client.send(new CreateActivityCommand({ name: 'approve' }));
  await client.send(new CreateActivityCommand({ name: 'pack' }));
  const describedActivity = await client.send(new DescribeActivityCommand({ activityArn }));
  const definition = DEFINITION;
  const createdMachine = await client.send(
    new CreateStateMachineCommand({
      name: 'orders',
      definition,
      roleArn: ROLE_ARN,
      tags: [{ key: 'team', value: 'shop' }],
    }),
  );
  await client.send(new CreateStateMachineCommand({ name: 'returns', definition, roleArn: ROLE_ARN }));
  const describedMachine = await client.send(new DescribeStateMachineCommand(machine));

  const polling = client.send(new GetActivityTaskCommand({ activityArn, workerName: 'worker 1' }));
  await sleep(500);
  const started = await client.send(new StartExecutionCommand({ ...machine, name: 'first', input: INPUT }));
  const task = await polling;
  const heartbeat = await client.send(new SendTaskHeartbeatCommand({ taskToken: task.taskToken }));
  const success = await succeed(task.taskToken);
  const answeredTwice = await refusalOf(succeed(task.taskToken));
  const succeeded = await ended(first);

  const history = await historyOf(first);
  const reversedHistory = await historyOf(first, { reverseOrder: true });
  const historyWithoutData = await historyOf(first, { includeExecutionData: false });
  const historyPages = await pages(
    (page) => client.send(new GetExecutionHistoryCommand({ ...first, maxResults: 10, ...page })),
    ({ events }) => events!,
  );
  const paginated = (more: object) => paginateGetExecutionHistory({ client, ...more }, { ...first });
  const paginatedHistory = await collect(paginated({ pageSize: 4 }), ({ events }) => events!);
  const { value: page } = await paginated({ pageSize: 5 }).next();
  const resumed = await collect(paginated({ startingToken: page!.nextToken }), ({ events }) => events!);
  const resumedHistory = [page!.events!, resumed];

  await client.send(new StartExecutionCommand({ ...machine, name: 'second' }));
  const secondTask = await client.send(new GetActivityTaskCommand({ activityArn }));
  const failure = await client.send(
    new SendTaskFailureCommand({ taskToken: secondTask.taskToken, error: 'Order.Rejected', cause: 'no stock in Łódź' }),
  );
  const failed = await ended(second);
  const failedHistory = await historyOf(second);
  await client.send(new StartExecutionCommand({ ...machine, name: 'third', input: '{}' }));
  const stop = await client.send(new StopExecutionCommand({ ...third, error: 'Customer', cause: 'changed her mind' }));
  const aborted = await client.send(new DescribeExecutionCommand(third));

  // Where the store is another's, a list may be behind what is described.
  const { executions } = await eventually(
    () => client.send(new ListExecutionsCommand(machine)),
    (page) => page.executions!.every(({ status }) => status !== 'RUNNING'),
  );
  const { executions: failedExecutions } = await client.send(
    new ListExecutionsCommand({ ...machine, statusFilter: 'FAILED' }),
  );
  const executionPages = await pages(
    (page) => client.send(new ListExecutionsCommand({ ...machine, maxResults: 2, ...page })),
    ({ executions }) => executions!,
  );
  const one = { client, pageSize: 1 };
  const paginatedExecutions = await collect(
    paginateListExecutions(one, { ...machine }),
    ({ executions }) => executions!,
  );
  const machines = await collect(paginateListStateMachines(one, {}), ({ stateMachines }) => stateMachines!);
  const activities = await collect(paginateListActivities(one, {}), ({ activities }) => activities!);
  const activityPages = await pages(
    (page) => client.send(new ListActivitiesCommand({ maxResults: 1, ...page })),
    ({ activities }) => activities!,
  );

  const tagged = [await tags()];
  await client.send(new TagResourceCommand({ resourceArn: stateMachineArn, tags: [{ key: 'city', value: 'Łódź' }] }));
  tagged.push(await tags());
  await client.send(new UntagResourceCommand({ resourceArn: stateMachineArn, tagKeys: ['team'] }));
  tagged.push(await tags());

  const refusals = [
    answeredTwice,
    await refusalOf(client.send(new StartExecutionCommand({ ...machine, name: 'first', input: '{"order": 8}' }))),
    await refusalOf(historyOf({ executionArn: arn('execution', 'orders:none') })),
    await refusalOf(client.send(new CreateActivityCommand({ name: 'two words' }))),
    await refusalOf(succeed('nonsense')),
    await refusalOf(client.send(new ListExecutionsCommand({ ...machine, maxResults: 1_001 }))),
    await refusalOf(client.send(new StartExecutionCommand({ ...machine, input: 'nonsense' }))),
    await refusalOf(client.send(new CreateStateMachineCommand({ name: 'empty', definition: '{}', roleArn: ROLE_ARN }))),
    await refusalOf(client.send(new DescribeActivityCommand({ activityArn: 'nonsense' }))),
  ];
  await client.send(new DeleteStateMachineCommand(machine));
  await eventually(
    () => client.send(new ListExecutionsCommand(machine)).catch(() => 'gone'),
    (found) => found === 'gone',
  );
  refusals.push(await refusalOf(client.send(new DescribeStateMachineCommand(machine))));
  await client.send(new DeleteActivityCommand({ activityArn }));
  refusals.push(await refusalOf(client.send(new DescribeActivityCommand({ activityArn }))));
  const seenReleases = await releases({
    call: async (action, input) => told(await client.send(commandOf(action, input))),
    refusal: (action, input) => refusalOf(client.send(commandOf(action, input))),
  });
  client.destroy();

  return told({
    createdActivity,
    describedActivity,
    createdMachine,
    describedMachine,
    started,
    task,
    heartbeat,
    success,
    succeeded,
    history,
    reversedHistory,
    historyWithoutData,
    historyPages,
    paginatedHistory,
    resumedHistory,
    secondTask,
    failure,
    failed,
    failedHistory,
    stop,
    aborted,
    executions: executions!,
    failedExecutions: failedExecutions!,
    executionPages,
    paginatedExecutions,
    machines,
    activities,
    activityPages,
    tags: tagged,
    refusals,
    releases: seenReleases,
  });
}

/** The command of an action, by its name. */
function commandOf(action: string, input: object): StartExecutionCommand {
  const commands = sfn as unknown as Record<string, new (input: object) => StartExecutionCommand>;
  return new commands[`${action}Command`]!(input);
}

export function newSdkClient(
  { url, keys = ANY_KEYS, region = REGION }: Target,
  more: Partial<SFNClientConfig> = {},
): SFNClient {
  return new SFNClient({ endpoint: url, region, credentials: keys, maxAttempts: 1, disableHostPrefix: true, ...more });
}

/** What a call was refused with; fails when it was not, or when its class is not the one that the SDK has for it. */
async function refusalOf(call: Promise<unknown>): Promise<Refusal> {
  const error = await call.then(
    (answer) => new Error(`not refused: ${JSON.stringify(answer)}`),
    (error: Error) => error,
  );
  if (!(error instanceof SFNServiceException) || error.constructor.name !== error.name) throw error;
  return { code: error.name, message: error.message };
}

/** By a paginator of the SDK. It notes the token in the input that it is given, which has to be its own. */
async function collect<Page, Item>(pages: AsyncIterable<Page>, items: (page: Page) => Item[]): Promise<Item[]> {
  const all: Item[] = [];
  for await (const page of pages) all.push(...items(page));
  return all;
}

const told = <T>(seen: T): Told<T> =>
  JSON.parse(JSON.stringify(seen, (name, value) => (name === '$metadata' ? undefined : value)));
