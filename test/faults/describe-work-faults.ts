import {
  CreateActivityCommand,
  GetActivityTaskCommand,
  SendTaskSuccessCommand,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import {
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ListQueuesCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { urlOf } from '../../lib/adapters/sqs/create-queues';
import { newId } from '../contract/samples';
import { ACCOUNT, createMachine, ended, type Home, historyOf, type Line, REGION, start, until, wait } from './home';

const MINUTE_MS = 60_000;
/** And a little more. */
const DAY_MS = 25 * 60 * MINUTE_MS;
const functionArn = (name: string) => `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${name}`;
const call = (name: string, more: object = {}) => ({
  Call: { Type: 'Task', Resource: functionArn(name), End: true, ...more },
});

/** The clock of this process is so much ahead of the right time. */
function turnClock(byMs: number): void {
  jest.restoreAllMocks();
  const { now } = Date;
  jest.spyOn(Date, 'now').mockImplementation(() => now() + byMs);
}

/** Its first turn is written: it waits for the time. */
const isWaiting = (client: SFNClient, execution: string) =>
  until(
    () => historyOf(client, execution),
    ({ length }) => length === 2,
  );

async function deleteQueue(home: Home, name: string): Promise<void> {
  await home.sqs.calls.send(new DeleteQueueCommand({ QueueUrl: await urlOf(home.sqs.calls, name) }));
}

export function describeDeletedQueue(home: () => Home): void {
  const functions = new Map([['double', ({ n }: { n: number }) => 2 * n]]) as never;

  test('it is made again by whoever uses it next, and what comes after it is not lost', async () => {
    const name = `n${newId()}`;
    const { client, close } = await home().serve({ name, functions });
    const machine = await createMachine(client, 'calls', call('double'));
    await deleteQueue(home(), `${name}-advance`);
    await deleteQueue(home(), `${name}-tasks`);
    for (const one of ['one', 'two']) {
      expect(await ended(client, await start(client, machine, one))).toMatchObject({ status: 'SUCCEEDED' });
    }
    await close();
  });

  test('what was in it is lost, and the audit does it again', async () => {
    const name = `n${newId()}`;
    const first = await home().serve({ name });
    const execution = await start(first.client, await createMachine(first.client, 'rests', wait(5)), 'one');
    await isWaiting(first.client, execution);
    await first.close();
    await deleteQueue(home(), `${name}-advance`);
    turnClock(12 * MINUTE_MS);
    const lines = await home().audit(name);
    jest.restoreAllMocks();
    expect(lines).toContainEqual(
      expect.objectContaining({ message: 'an execution had lost its messages; it goes on', executionArn: execution }),
    );
    const second = await home().serve({ name });
    expect(await ended(second.client, execution)).toMatchObject({ status: 'SUCCEEDED' });
    await second.close();
  });

  test("an activity's: the next task makes it again, for workers that wait already too", async () => {
    const name = `n${newId()}`;
    const { client, newClient, close } = await home().serve({ name });
    const { activityArn } = await client.send(new CreateActivityCommand({ name: 'work' }));
    const machine = await createMachine(client, 'asks', { Ask: { Type: 'Task', Resource: activityArn, End: true } });
    const ask = new ListQueuesCommand({ QueueNamePrefix: `${name}-a-` });
    const [queueUrl] = (await home().sqs.calls.send(ask)).QueueUrls!;
    const worker = newClient({ requestHandler: { requestTimeout: MINUTE_MS + 5_000 } });
    const polling = worker.send(new GetActivityTaskCommand({ activityArn }));
    await home().sqs.calls.send(new DeleteQueueCommand({ QueueUrl: queueUrl }));
    const execution = await start(client, machine, 'one');
    const { taskToken } = await polling;
    await client.send(new SendTaskSuccessCommand({ taskToken, output: '1' }));
    expect(await ended(client, execution)).toMatchObject({ status: 'SUCCEEDED' });
    worker.destroy();
    await close();
  });
}

export function describePoison(home: () => Home): void {
  test('it comes again, each time with a line; it ends with the dead letters, holds nobody up, and is looked after', async () => {
    const name = `n${newId()}`;
    const { client, lines, close } = await home().serve({ name });
    // As in operation but for the count: ten receives take most of an hour.
    const dead = await urlOf(home().sqs.calls, `${name}-advance-dead`);
    await lowerReceives(home(), name, dead, 3);
    const machine = await createMachine(client, 'rests', wait(3));
    const poisoned = await start(client, machine, 'poisoned');
    await isWaiting(client, poisoned);
    const mend = await breakCommits(home(), name);
    const others = ['one', 'two', 'three'];
    for (const other of others) {
      expect(await ended(client, await start(client, machine, other))).toMatchObject({ status: 'SUCCEEDED' });
    }
    const countDead = async () => {
      const ask = { QueueUrl: dead, AttributeNames: ['ApproximateNumberOfMessages' as const] };
      const { Attributes } = await home().sqs.calls.send(new GetQueueAttributesCommand(ask));
      return Number(Attributes!.ApproximateNumberOfMessages);
    };
    await until(countDead, (count) => count > 0);
    const about = lines.filter(({ executionArn }) => executionArn === poisoned);
    expect(new Set(about.map(({ message }) => message))).toEqual(
      new Set(['a message could not be handled; it comes again']),
    );
    expect(about.length).toBeGreaterThanOrEqual(3);
    expect(about.map(({ level }) => level)).toEqual(
      about.map(({ receiveCount }) => (receiveCount! < 3 ? 'warn' : 'error')),
    );
    expect(about.at(-1)).toMatchObject({ receiveCount: 3 });

    // The audit of the next day, and when it is mended of the one after: nobody has to know of it.
    await close();
    const isAboutIt = ({ level, executionArn }: Line) => level === 'error' && executionArn === poisoned;
    turnClock(DAY_MS);
    expect((await home().audit(name)).filter(isAboutIt)).not.toEqual([]);
    await mend();
    turnClock(2 * DAY_MS);
    await home().audit(name);
    jest.restoreAllMocks();
    const after = await home().serve({ name });
    expect(await ended(after.client, poisoned)).toMatchObject({ status: 'SUCCEEDED' });
    await after.close();
  });

  async function lowerReceives({ sqs }: Home, name: string, dead: string, maxReceiveCount: number): Promise<void> {
    const ask = { QueueUrl: dead, AttributeNames: ['QueueArn' as const] };
    const { Attributes } = await sqs.calls.send(new GetQueueAttributesCommand(ask));
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: Attributes!.QueueArn, maxReceiveCount });
    const QueueUrl = await urlOf(sqs.calls, `${name}-advance`);
    await sqs.calls.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { RedrivePolicy } }));
  }

  /** What stands in the journal can be read no more. Answers how to undo that. */
  async function breakCommits(home: Home, name: string): Promise<() => Promise<void>> {
    const client = home.newStoreClient();
    const store = DynamoDBDocumentClient.from(client);
    const TableName = `${name}-journal`;
    const { Items = [] } = await store.send(new ScanCommand({ TableName, ConsistentRead: true }));
    const put = (Item: Record<string, unknown>) => store.send(new PutCommand({ TableName, Item }));
    const commits = Items.filter(({ entry }) => String(entry).startsWith('C#'));
    expect(commits.length).toBeGreaterThan(0);
    for (const commit of commits) await put({ ...commit, text: 'nonsense' });
    return async () => {
      for (const commit of commits) await put(commit);
      client.destroy();
    };
  }
}

export function describeClock(home: () => Home): void {
  test('of a process, by ten minutes: executions end, and no history goes back in time', async () => {
    const name = `n${newId()}`;
    turnClock(10 * MINUTE_MS);
    const ahead = await home().serve({ name });
    const { activityArn } = await ahead.client.send(new CreateActivityCommand({ name: 'work' }));
    const asks = { Ask: { Type: 'Task', Resource: activityArn, Next: 'Rest' }, ...wait(1) };
    const machine = await createMachine(ahead.client, 'asks', asks);
    const execution = await start(ahead.client, machine, 'one');
    const alone = await start(ahead.client, await createMachine(ahead.client, 'rests', wait(1)), 'two');
    expect(await ended(ahead.client, alone)).toMatchObject({ status: 'SUCCEEDED' });
    const { taskToken } = await ahead.client.send(new GetActivityTaskCommand({ activityArn }));
    await ahead.close();
    jest.restoreAllMocks();
    const right = await home().serve({ name });
    await right.client.send(new SendTaskSuccessCommand({ taskToken, output: '1' }));
    const times = (await historyOf(right.client, execution)).map(({ timestamp }) => timestamp!.getTime());
    expect(times.length).toBeGreaterThan(4);
    expect(times).toEqual(times.toSorted((one, other) => one - other));
    await right.close();
  });

  test('of a client, by twenty minutes: refused with both times, by which an SDK corrects its own', async () => {
    const { newClient, close } = await home().serve();
    const systemClockOffset = 20 * MINUTE_MS;
    const client = newClient({ systemClockOffset });
    await expect(createMachine(client, 'rests', wait(1))).rejects.toMatchObject({
      name: 'InvalidSignatureException',
      message: expect.stringMatching(/^Signature not yet current: \d{8}T\d{6}Z is still later than \d{8}T\d{6}Z/),
    });
    await createMachine(client, 'rests', wait(1));
    client.destroy();
    await close();
  });
}

export function describeSlowFunction(home: () => Home): void {
  test('its task times out as its definition says, and its worker is free for others', async () => {
    const never = () => new Promise(() => {});
    const functions = new Map<string, unknown>([
      ['never', never],
      ['quick', () => 1],
    ]) as never;
    const { client, close } = await home().serve({ functions });
    const slow = await start(client, await createMachine(client, 'slow', call('never', { TimeoutSeconds: 2 })), 'one');
    const quick = await start(client, await createMachine(client, 'quick', call('quick')), 'one');
    expect(await ended(client, quick)).toMatchObject({ status: 'SUCCEEDED' });
    expect(await ended(client, slow)).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
    await close();
  });
}
