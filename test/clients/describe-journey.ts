import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { RELEASES_SEEN } from './releases-seen';
import { arn, DEFINITION, INPUT, ROLE_ARN, type Seen, type Told } from './seen';

const INPUT_COMPACT = '{"order":7,"to":"Łódź, 東京 😀"}';
const APPROVED = '{"order":7,"to":"Łódź, 東京 😀","approval":{"granted":true}}';
const PREPARED = `["packed",${APPROVED}]`;
const whole = { truncated: false };
const entered = (name: string, input: string) => ({
  stateEnteredEventDetails: { name, input, inputDetails: whole },
});
const exited = (name: string, output: string) => ({
  stateExitedEventDetails: { name, output, outputDetails: whole },
});
const scheduled = (input: string) => ({
  activityScheduledEventDetails: {
    resource: arn('activity', 'approve'),
    input,
    inputDetails: whole,
    timeoutInSeconds: 60,
    heartbeatInSeconds: 30,
  },
});
const startedWith = (input: string) => ({
  executionStartedEventDetails: { input, inputDetails: whole, roleArn: ROLE_ARN },
});
type Row = [previousEventId: number, type: HistoryEvent['type'], details: object];
/** Of the first execution. */
const HISTORY: Row[] = [
  [0, 'ExecutionStarted', startedWith(INPUT)],
  [0, 'TaskStateEntered', entered('Approve', INPUT_COMPACT)],
  [2, 'ActivityScheduled', scheduled(INPUT_COMPACT)],
  [3, 'ActivityStarted', { activityStartedEventDetails: { workerName: 'worker 1' } }],
  [4, 'ActivitySucceeded', { activitySucceededEventDetails: { output: '{"granted":true}', outputDetails: whole } }],
  [5, 'TaskStateExited', exited('Approve', APPROVED)],
  [6, 'ChoiceStateEntered', entered('Granted?', APPROVED)],
  [7, 'ChoiceStateExited', exited('Granted?', APPROVED)],
  [8, 'ParallelStateEntered', entered('Prepare', APPROVED)],
  [9, 'ParallelStateStarted', {}],
  [10, 'PassStateEntered', entered('Pack', APPROVED)],
  [11, 'PassStateExited', exited('Pack', '"packed"')],
  [10, 'WaitStateEntered', entered('Rest', APPROVED)],
  [13, 'WaitStateExited', exited('Rest', APPROVED)],
  [14, 'ParallelStateSucceeded', {}],
  [14, 'ParallelStateExited', exited('Prepare', PREPARED)],
  [16, 'SucceedStateEntered', entered('Ship', PREPARED)],
  [17, 'SucceedStateExited', exited('Ship', '"packed"')],
  [18, 'ExecutionSucceeded', { executionSucceededEventDetails: { output: '"packed"', outputDetails: whole } }],
];
const FAILURE = { error: 'Order.Rejected', cause: 'no stock in Łódź' };
/** Of the second, whose worker has no name. */
const FAILED_HISTORY: Row[] = [
  [0, 'ExecutionStarted', startedWith('{}')],
  [0, 'TaskStateEntered', entered('Approve', '{}')],
  [2, 'ActivityScheduled', scheduled('{}')],
  [3, 'ActivityStarted', { activityStartedEventDetails: {} }],
  [4, 'ActivityFailed', { activityFailedEventDetails: FAILURE }],
  [5, 'ExecutionFailed', { executionFailedEventDetails: FAILURE }],
];
const REFUSALS: [code: string, message: string][] = [
  ['TaskTimedOut', "Task Timed Out: 'Provided task does not exist anymore'"],
  ['ExecutionAlreadyExists', `Execution Already Exists: '${arn('execution', 'orders:first')}'`],
  ['ExecutionDoesNotExist', `Execution Does Not Exist: '${arn('execution', 'orders:none')}'`],
  ['InvalidName', "Invalid Name: 'two words'"],
  ['InvalidToken', "Invalid Token: 'Invalid token'"],
  [
    'ValidationException',
    "1 validation error detected: Value '1001' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 1000",
  ],
  ['InvalidExecutionInput', expect.stringMatching(/^Invalid State Machine Execution Input: '.+'$/s)],
  [
    'InvalidDefinition',
    "Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: These fields are required: [States, StartAt] at /'",
  ],
  ['InvalidArn', "Invalid Arn: 'Invalid ARN prefix: nonsense'"],
  ['StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn('stateMachine', 'orders')}'`],
  ['ActivityDoesNotExist', `Activity Does Not Exist: '${arn('activity', 'approve')}'`],
];

export const date = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const events = (rows: Row[]) =>
  rows.map(([previousEventId, type, details], index) => ({
    id: index + 1,
    previousEventId,
    type,
    timestamp: date,
    ...details,
  }));
const names = (list: { name?: string }[]) => list.map(({ name }) => name);

/** What a client has to see on its journey, whatever home the service has. */
export function describeJourney(client: string, travel: () => Promise<Seen>, longestMs: number): void {
  describe(client, () => {
    let seen: Seen;
    const begunMs = Date.now();
    beforeAll(async () => {
      seen = await travel();
    }, longestMs);

    test('an activity is described as it was created', () => {
      expect(seen.createdActivity).toEqual({ activityArn: arn('activity', 'approve'), creationDate: date });
      expect(seen.describedActivity).toMatchObject({ ...seen.createdActivity, name: 'approve' });
    });

    test('a state machine is described as it was created, its definition to the letter', () => {
      expect(seen.createdMachine).toEqual({ stateMachineArn: arn('stateMachine', 'orders'), creationDate: date });
      expect(seen.describedMachine).toMatchObject({
        ...seen.createdMachine,
        name: 'orders',
        definition: DEFINITION,
        roleArn: ROLE_ARN,
        status: 'ACTIVE',
        type: 'STANDARD',
      });
    });

    test('a worker that waits gets the task of an execution that starts later', () => {
      expect(seen.started).toEqual({ executionArn: arn('execution', 'orders:first'), startDate: date });
      expect(seen.task).toEqual({ taskToken: expect.any(String), input: INPUT_COMPACT });
    });

    test('a heartbeat, a success and a failure have nothing to answer', () => {
      expect([seen.heartbeat, seen.success, seen.failure]).toEqual([{}, {}, {}]);
    });

    test('an execution that succeeded', () => {
      expect(seen.succeeded).toMatchObject({
        ...seen.started,
        stateMachineArn: arn('stateMachine', 'orders'),
        name: 'first',
        status: 'SUCCEEDED',
        input: INPUT,
        output: '"packed"',
        stopDate: date,
      });
    });

    test('its history, event by event', () => {
      expect(seen.history).toEqual(events(HISTORY));
    });

    test('its history in reverse order', () => {
      expect(seen.reversedHistory).toEqual(seen.history.toReversed());
    });

    test('its history without data', () => {
      expect(seen.historyWithoutData.map(({ type }) => type)).toEqual(HISTORY.map(([, type]) => type));
      expect(JSON.stringify(seen.historyWithoutData)).not.toMatch(/"(input|output)"/);
    });

    test('its history by maxResults and nextToken', () => {
      expect(seen.historyPages.map(({ length }) => length)).toEqual([10, 9]);
      expect(seen.historyPages.flat()).toEqual(seen.history);
    });

    test("its history by the client's own paginator", () => {
      expect(seen.paginatedHistory).toEqual(seen.history);
    });

    test('a paginator that stopped goes on from its token', () => {
      expect(seen.resumedHistory.map(({ length }) => length)).toEqual([5, 14]);
      expect(seen.resumedHistory.flat()).toEqual(seen.history);
    });

    test('an execution that failed by its worker, and its history', () => {
      expect(seen.secondTask).toEqual({ taskToken: expect.any(String), input: '{}' });
      expect(seen.failed).toMatchObject({ name: 'second', status: 'FAILED', input: '{}', stopDate: date, ...FAILURE });
      expect(seen.failedHistory).toEqual(events(FAILED_HISTORY));
    });

    test('an execution that was stopped', () => {
      expect(seen.stop).toEqual({ stopDate: date });
      expect(seen.aborted).toMatchObject({
        ...seen.stop,
        name: 'third',
        status: 'ABORTED',
        error: 'Customer',
        cause: 'changed her mind',
      });
    });

    test('executions are listed newest first, as they are described', () => {
      expect(seen.executions).toEqual(
        [seen.aborted, seen.failed, seen.succeeded].map(
          ({ executionArn, stateMachineArn, name, status, startDate, stopDate, redriveCount }) => ({
            executionArn,
            stateMachineArn,
            name,
            status,
            startDate,
            stopDate,
            redriveCount,
          }),
        ),
      );
    });

    test('executions by status', () => {
      expect(names(seen.failedExecutions)).toEqual(['second']);
    });

    test("executions in pages, and by the client's own paginator", () => {
      expect(seen.executionPages.map(names)).toEqual([['third', 'second'], ['first']]);
      expect(seen.paginatedExecutions).toEqual(seen.executions);
    });

    test('state machines and activities by name, page by page', () => {
      expect(names(seen.machines)).toEqual(['orders', 'returns']);
      expect(names(seen.activities)).toEqual(['approve', 'pack']);
      expect(seen.activityPages).toEqual(seen.activities.map((activity) => [activity]));
    });

    test('tags are added and removed', () => {
      const team = { key: 'team', value: 'shop' };
      const city = { key: 'city', value: 'Łódź' };
      expect(seen.tags).toEqual([[team], expect.arrayContaining([team, city]), [city]]);
    });

    test.each(REFUSALS.map(([code, message], index) => ({ code, message, index })))(
      '$code',
      ({ index, ...refusal }) => {
        expect(seen.refusals[index]).toEqual(refusal);
      },
    );

    test('revisions, versions and aliases, call by call', () => {
      expect(seen.releases).toMatchObject(RELEASES_SEEN);
      expect(seen.releases).toHaveLength(RELEASES_SEEN.length);
    });

    test('dates are of the journey, and in order', () => {
      const { describedActivity, describedMachine, started, succeeded, failed, aborted } = seen;
      const dates = [
        describedActivity.creationDate,
        describedMachine.creationDate,
        started.startDate,
        ...seen.history.map(({ timestamp }) => timestamp),
        succeeded.stopDate,
        failed.startDate,
        failed.stopDate,
        aborted.startDate,
        aborted.stopDate,
      ].map((text) => new Date(text!).getTime());
      expect(dates).toEqual(dates.toSorted((one, other) => one - other));
      expect(dates[0]).toBeGreaterThanOrEqual(begunMs);
      expect(dates.at(-1)).toBeLessThanOrEqual(Date.now());
      const restMs = timeOf(seen, 'WaitStateExited') - timeOf(seen, 'WaitStateEntered');
      expect(restMs).toBeGreaterThanOrEqual(1_000);
    });
  });
}

const timeOf = ({ history }: Seen, type: Told<HistoryEvent>['type']): number =>
  new Date(history.find((event) => event.type === type)!.timestamp!).getTime();
