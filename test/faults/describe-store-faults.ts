import { DeleteTableCommand, type DynamoDBClient, waitUntilTableNotExists } from '@aws-sdk/client-dynamodb';
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { createTables } from '../../lib/adapters/dynamodb/create-tables';
import { SCHEMA_VERSION } from '../../lib/adapters/dynamodb/schema';
import { explainServed } from '../../lib/cli/served-failures';
import { newId } from '../contract/samples';
import { DENIED, THROTTLED } from './gateway';
import { createMachine, ended, type Home, type Line, REGION, start, until, wait } from './home';

/** What a process says that cannot start. */
async function refusalOf(home: Home, more: Parameters<Home['settings']>[1]): Promise<string> {
  const settings = home.settings([], more);
  const error = await home.serve(settings).then(
    () => new Error('it starts'),
    (error) => explainServed(error, settings.name),
  );
  return error.message;
}

const errorsIn = (lines: Line[]): string[] => lines.filter(({ level }) => level === 'error').map(({ error }) => error!);

export function describeMissingTable(home: () => Home): void {
  test('at the start: one line', async () => {
    const name = `n${newId()}`;
    expect(await refusalOf(home(), { name, isCreating: false })).toBe(
      `DynamoDB at ${home().gateway.endpoint}: the tables of "${name}" are not there; start once without --no-create, or check --name and --region.`,
    );
  });

  test('later: ServiceUnavailable and a line in the log; once it is there again, all goes on', async () => {
    const name = `n${newId()}`;
    const store = home().newStoreClient();
    const { client, lines, close } = await home().serve({ name });
    const machine = await createMachine(client, 'rests', wait(1));
    await deleteTable(store, `${name}-executions`);
    await expect(start(client, machine, 'one')).rejects.toMatchObject({ name: 'ServiceUnavailable' });
    expect(errorsIn(lines)).toContainEqual(expect.stringContaining('ResourceNotFoundException'));
    await createTables(store, `${name}-`);
    expect(await ended(client, await start(client, machine, 'one'))).toMatchObject({ status: 'SUCCEEDED' });
    await close();
    store.destroy();
  });

  test('what was acknowledged waits for it, with a line in the log', async () => {
    const name = `n${newId()}`;
    const store = home().newStoreClient();
    const { client, lines, close } = await home().serve({ name });
    const machine = await createMachine(client, 'rests', wait(1));
    await deleteTable(store, `${name}-journal`);
    // The head of an execution is in another table, and its message is sent: that is enough to promise it.
    const execution = await start(client, machine, 'one');
    await warnedOf(lines, execution);
    await createTables(store, `${name}-`);
    expect(await ended(client, execution)).toMatchObject({ status: 'SUCCEEDED' });
    await close();
    store.destroy();
  });
}

async function deleteTable(store: DynamoDBClient, TableName: string): Promise<void> {
  await store.send(new DeleteTableCommand({ TableName }));
  await waitUntilTableNotExists({ client: store, maxWaitTime: 60, minDelay: 1, maxDelay: 1 }, { TableName });
}

/** Resolves once the log says that a message of that execution could not be handled. */
const warnedOf = (lines: Line[], execution: string) =>
  until(
    () => lines.filter(({ level, executionArn }) => level === 'warn' && executionArn === execution),
    ({ length }) => length > 0,
  );

export function describeNewerTables(home: () => Home): void {
  const markNewer = async (name: string) => {
    const store = home().newStoreClient();
    const Item = { kind: 'DEPLOYMENT', name: 'schema', version: SCHEMA_VERSION + 1 };
    await DynamoDBDocumentClient.from(store).send(new PutCommand({ TableName: `${name}-registry`, Item }));
    store.destroy();
  };

  test('a process does not start on them, and says so in one line; one that runs is no longer ready', async () => {
    const name = `n${newId()}`;
    const { url, lines, close } = await home().serve({ name });
    expect((await fetch(`${url}/ready`)).status).toBe(200);
    await markNewer(name);
    await until(
      () => fetch(`${url}/ready`),
      ({ status }) => status === 503,
    );
    expect(errorsIn(lines)).toEqual([expect.stringContaining('written by a newer Stepwell')]);
    await close();
    expect(await refusalOf(home(), { name })).toBe(
      `${name}: the tables have format ${SCHEMA_VERSION + 1}, written by a newer Stepwell; this one knows ${SCHEMA_VERSION}. Use that version, or another --name.`,
    );
  });
}

export function describeThrottling(home: () => Home): void {
  afterEach(() => {
    home().gateway.rule = () => undefined;
  });

  test('each request once: nobody notices', async () => {
    const { client, lines, close } = await home().serve();
    const { gateway } = home();
    const refusedBefore = gateway.refused;
    gateway.rule = (_, attempt) => (attempt === 1 ? THROTTLED : undefined);
    const machine = await createMachine(client, 'rests', wait(1));
    const executions = await Promise.all(['one', 'two', 'three'].map((name) => start(client, machine, name)));
    for (const execution of executions) expect(await ended(client, execution)).toMatchObject({ status: 'SUCCEEDED' });
    expect(gateway.refused - refusedBefore).toBeGreaterThan(10);
    expect(errorsIn(lines)).toEqual([]);
    await close();
  });

  test('all requests: ServiceUnavailable and a line in the log; when it is over, all goes on', async () => {
    const { client, lines, close } = await home().serve();
    const machine = await createMachine(client, 'rests', wait(2));
    const before = await start(client, machine, 'before');
    home().gateway.rule = () => THROTTLED;
    await expect(
      client.send(new StartExecutionCommand({ stateMachineArn: machine, name: 'one' })),
    ).rejects.toMatchObject({ name: 'ServiceUnavailable' });
    expect(errorsIn(lines)).toContainEqual(expect.stringContaining('ProvisionedThroughputExceededException'));
    // The wake-up came, and could not be handled.
    await warnedOf(lines, before);
    home().gateway.rule = () => undefined;
    expect(await ended(client, before)).toMatchObject({ status: 'SUCCEEDED' });
    expect(await ended(client, await start(client, machine, 'one'))).toMatchObject({ status: 'SUCCEEDED' });
    await close();
  });

  test('at the start: it waits', async () => {
    const { gateway } = home();
    gateway.rule = () => THROTTLED;
    const starting = home().serve({ patienceMs: 120_000 });
    const refusedBefore = gateway.refused;
    await until(
      () => gateway.refused - refusedBefore,
      (refused) => refused > 4,
    );
    gateway.rule = () => undefined;
    await (await starting).close();
  });
}

export function describeMissingPermission(home: () => Home): void {
  afterEach(() => {
    home().gateway.rule = () => undefined;
  });

  test('at the start: one line', async () => {
    home().gateway.rule = () => DENIED;
    expect(await refusalOf(home(), { isCreating: false })).toBe(
      `DynamoDB at ${home().gateway.endpoint} does not allow it: ${DENIED.message} Grant that, or give --no-create if it is about CreateTable, DescribeTable and UpdateTimeToLive.`,
    );
  });

  test('later: ServiceUnavailable, and the log names the action; once it is granted, all goes on', async () => {
    const { client, lines, close } = await home().serve();
    const machine = await createMachine(client, 'rests', wait(1));
    home().gateway.rule = (operation) => (operation === 'PutItem' ? DENIED : undefined);
    await expect(start(client, machine, 'one')).rejects.toMatchObject({ name: 'ServiceUnavailable' });
    expect(errorsIn(lines)).toContainEqual(expect.stringContaining('not authorized to perform: dynamodb:PutItem'));
    home().gateway.rule = () => undefined;
    expect(await ended(client, await start(client, machine, 'one'))).toMatchObject({ status: 'SUCCEEDED' });
    await close();
  });
}

export function describeWrongRegion(home: () => Home): void {
  test('of a client: its call is refused, and it is told which region it named', async () => {
    const { client, newClient, close } = await home().serve();
    await createMachine(client, 'rests', wait(1));
    const stranger = newClient({ region: 'eu-west-1' });
    await expect(createMachine(stranger, 'other', wait(1))).rejects.toMatchObject({
      name: 'InvalidSignatureException',
      message: "Credential should be scoped to a valid region, not 'eu-west-1'.",
    });
    stranger.destroy();
    await close();
  });

  test('of a process: its tables are not there, and the one line says what to check', async () => {
    const name = `n${newId()}`;
    expect(await refusalOf(home(), { name, region: REGION, isCreating: false })).toMatch(
      /check --name and --region\.$/,
    );
  });
}
