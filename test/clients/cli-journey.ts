import { setTimeout as sleep } from 'node:timers/promises';
import type {
  CreateActivityOutput,
  CreateStateMachineOutput,
  DescribeActivityOutput,
  DescribeExecutionOutput,
  DescribeStateMachineOutput,
  GetActivityTaskOutput,
  GetExecutionHistoryOutput,
  ListActivitiesOutput,
  ListExecutionsOutput,
  ListStateMachinesOutput,
  ListTagsForResourceOutput,
  StartExecutionOutput,
  StopExecutionOutput,
} from '@aws-sdk/client-sfn';
import { eventually } from '../contract/eventually';
import { AwsCli } from './aws-cli';
import { pages } from './pages';
import { releases } from './releases';
import { arn, DEFINITION_FILE, INPUT, ROLE_ARN, type Seen } from './seen';

/** The journey, by the AWS CLI. It reads all pages by itself unless it is told not to. */
export async function cliJourney(url: string): Promise<Seen> {
  const cli = new AwsCli({ url });
  const activityArn = arn('activity', 'approve');
  const stateMachineArn = arn('stateMachine', 'orders');
  const first = { executionArn: arn('execution', 'orders:first') };
  const second = { executionArn: arn('execution', 'orders:second') };
  const third = { executionArn: arn('execution', 'orders:third') };
  const machine = { stateMachineArn };
  const describe = (execution: object) => cli.call<DescribeExecutionOutput>('describe-execution', execution);
  const ended = (execution: object) =>
    eventually(
      () => describe(execution),
      ({ status }) => status !== 'RUNNING',
    );
  const history = (input: object, ...more: string[]) =>
    cli.call<GetExecutionHistoryOutput>('get-execution-history', input, ...more);
  const executions = (input: object, ...more: string[]) =>
    cli.call<ListExecutionsOutput>('list-executions', input, ...more);
  const activities = (input: object, ...more: string[]) =>
    cli.call<ListActivitiesOutput>('list-activities', input, ...more);
  const tags = async () =>
    (await cli.call<ListTagsForResourceOutput>('list-tags-for-resource', { resourceArn: stateMachineArn })).tags!;
  // `--output` says how the CLI prints, so it has another name for the member.
  const answer = { taskOutput: '{"granted": true}' };

  const createdActivity = await cli.call<CreateActivityOutput>('create-activity', { name: 'approve' });
  await cli.call('create-activity', { name: 'pack' });
  const describedActivity = await cli.call<DescribeActivityOutput>('describe-activity', { activityArn });
  const definition = `file://${DEFINITION_FILE}`;
  const createdMachine = await cli.call<CreateStateMachineOutput>(
    'create-state-machine',
    { name: 'orders', definition, roleArn: ROLE_ARN },
    '--tags',
    'key=team,value=shop',
  );
  await cli.call('create-state-machine', { name: 'returns', definition, roleArn: ROLE_ARN });
  const describedMachine = await cli.call<DescribeStateMachineOutput>('describe-state-machine', machine);

  const polling = cli.call<GetActivityTaskOutput>('get-activity-task', { activityArn, workerName: 'worker 1' });
  await sleep(500);
  const started = await cli.call<StartExecutionOutput>('start-execution', { ...machine, name: 'first', input: INPUT });
  const task = await polling;
  const { taskToken } = task;
  const heartbeat = await cli.call<object>('send-task-heartbeat', { taskToken });
  const success = await cli.call<object>('send-task-success', { taskToken, ...answer });
  const answeredTwice = await cli.refusal('send-task-success', { taskToken, ...answer });
  const succeeded = await ended(first);

  const stopped = await history(first, '--page-size', '2', '--max-items', '5');
  const [whole, reversed, withoutData, paginated, resumed] = (
    await Promise.all([
      history(first),
      history({ ...first, reverseOrder: true }),
      history({ ...first, includeExecutionData: false }),
      history(first, '--page-size', '4'),
      history(first, '--starting-token', (stopped as { NextToken?: string }).NextToken!),
    ])
  ).map(({ events }) => events!);
  const historyPages = await pages(
    (page) => history({ ...first, maxResults: 10, ...page }, '--no-paginate'),
    ({ events }) => events!,
  );

  await cli.call('start-execution', { ...machine, name: 'second' });
  const secondTask = await cli.call<GetActivityTaskOutput>('get-activity-task', { activityArn });
  const failure = await cli.call<object>('send-task-failure', {
    taskToken: secondTask.taskToken,
    error: 'Order.Rejected',
    cause: 'no stock in Łódź',
  });
  const failed = await ended(second);
  const { events: failedHistory } = await history(second);
  await cli.call('start-execution', { ...machine, name: 'third', input: '{}' });
  const why = { error: 'Customer', cause: 'changed her mind' };
  const stop = await cli.call<StopExecutionOutput>('stop-execution', { ...third, ...why });
  const aborted = await describe(third);

  const [all, failedOnes, paginatedExecutions] = (
    await Promise.all([
      executions(machine),
      executions({ ...machine, statusFilter: 'FAILED' }),
      executions(machine, '--page-size', '1'),
    ])
  ).map(({ executions }) => executions!);
  const executionPages = await pages(
    (page) => executions({ ...machine, maxResults: 2, ...page }, '--no-paginate'),
    ({ executions }) => executions!,
  );
  const one = ['--page-size', '1'];
  const { stateMachines } = await cli.call<ListStateMachinesOutput>('list-state-machines', {}, ...one);
  const activityPages = await pages(
    (page) => activities({ maxResults: 1, ...page }, '--no-paginate'),
    ({ activities }) => activities!,
  );

  const tagged = [await tags()];
  await cli.call('tag-resource', { resourceArn: stateMachineArn }, '--tags', 'key=city,value=Łódź');
  tagged.push(await tags());
  await cli.call('untag-resource', { resourceArn: stateMachineArn }, '--tag-keys', 'team');
  tagged.push(await tags());

  const refusals = [
    answeredTwice,
    ...(await Promise.all([
      cli.refusal('start-execution', { ...machine, name: 'first', input: '{"order": 8}' }),
      cli.refusal('get-execution-history', { executionArn: arn('execution', 'orders:none') }),
      cli.refusal('create-activity', { name: 'two words' }),
      cli.refusal('send-task-success', { taskToken: 'nonsense', ...answer }),
      cli.refusal('list-executions', { ...machine, maxResults: 1_001 }, '--no-paginate'),
      cli.refusal('start-execution', { ...machine, input: 'nonsense' }),
      cli.refusal('create-state-machine', { name: 'empty', definition: '{}', roleArn: ROLE_ARN }),
      cli.refusal('describe-activity', { activityArn: 'nonsense' }),
    ])),
  ];
  const listedActivities = (await activities({}, ...one)).activities!;
  await cli.call('delete-state-machine', machine);
  await eventually(
    () => executions(machine).catch(() => 'gone'),
    (found) => found === 'gone',
  );
  refusals.push(await cli.refusal('describe-state-machine', machine));
  await cli.call('delete-activity', { activityArn });
  refusals.push(await cli.refusal('describe-activity', { activityArn }));

  const dashed = (action: string) => action.replace(/(?<!^)[A-Z]/g, '-$&').toLowerCase();
  const seenReleases = await releases({
    call: (action, input) => cli.call(dashed(action), input),
    refusal: (action, input) => cli.refusal(dashed(action), input),
  });

  return {
    createdActivity,
    describedActivity,
    createdMachine,
    describedMachine,
    started,
    task,
    heartbeat,
    success,
    succeeded,
    history: whole!,
    reversedHistory: reversed!,
    historyWithoutData: withoutData!,
    historyPages,
    paginatedHistory: paginated!,
    resumedHistory: [stopped.events!, resumed!],
    secondTask,
    failure,
    failed,
    failedHistory: failedHistory!,
    stop,
    aborted,
    executions: all!,
    failedExecutions: failedOnes!,
    executionPages,
    paginatedExecutions: paginatedExecutions!,
    machines: stateMachines!,
    activities: listedActivities,
    activityPages,
    tags: tagged,
    refusals,
    releases: seenReleases,
  };
}
