import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DescribeTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import { StoredAccessKeys } from '../../lib/adapters/dynamodb/access-keys';
import { createClient } from '../../lib/adapters/dynamodb/client';
import { createTables } from '../../lib/adapters/dynamodb/create-tables';
import { Database } from '../../lib/adapters/dynamodb/database';
import { Gate } from '../../lib/adapters/dynamodb/gate';
import { NewerSchema, SCHEMA_VERSION } from '../../lib/adapters/dynamodb/schema';
import { openStore, type Store } from '../../lib/adapters/dynamodb/store';
import { TABLES } from '../../lib/adapters/dynamodb/tables';
import { StoreUnavailable } from '../../lib/ports/store-error';
import { type DynamoDb, startDynamoDb } from '../backends/dynamodb';
import { loseAnswers, newTables, RETENTION_MS, type Tables } from './dynamodb-client';
import { AS_OF, newActivity, newCommit, newHead, newId, newMachine, newRun, runOf, succeededAt } from './samples';

/** What a server says, one answer a request; the last one goes on. `hang`: nothing at all. */
type Answer = { status: number; type: string } | 'hang' | 'found';

/** A store that answers as told, over a server that counts. */
async function told(answers: Answer[]): Promise<{ database: Database; count(): number; close(): void }> {
  let count = 0;
  const server = createServer((request, response) => {
    request.resume().on('end', () => give(response, answers[Math.min(count++, answers.length - 1)]!));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = createClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'secret-of-the-test' },
    attemptMs: answers.includes('hang') ? 200 : 30_000,
  });
  const close = () => {
    client.destroy();
    server.closeAllConnections();
    server.close();
  };
  return { database: new Database(client, ''), count: () => count, close };
}

function give(response: ServerResponse, answer: Answer): void {
  if (answer === 'hang') return;
  const [status, body] =
    answer === 'found' ? [200, { Item: {} }] : [answer.status, { __type: `x#${answer.type}`, message: 'no' }];
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(body));
}

const THROTTLED = { status: 400, type: 'ProvisionedThroughputExceededException' };

describe('a store that does not do its work', () => {
  test.each<[string, Answer]>([
    ['throttling', THROTTLED],
    ['an internal error', { status: 500, type: 'InternalServerError' }],
    ['no answer', 'hang'],
    ['a missing table', { status: 400, type: 'ResourceNotFoundException' }],
    ['refused credentials', { status: 400, type: 'UnrecognizedClientException' }],
  ])('%s is StoreUnavailable, and the cause is told to the log alone', async (_, answer) => {
    const { database, close } = await told([answer]);
    const failure = await database.get('executions', { machineId: 'm', name: 'n' }).catch((error: Error) => error);
    close();
    expect(failure).toBeInstanceOf(StoreUnavailable);
    const cause = (failure as Error).cause as Error;
    expect(cause).toBeInstanceOf(Error);
    expect((failure as Error).message).toContain(cause.name);
    expect(`${(failure as Error).stack}`).not.toContain('secret-of-the-test');
  });

  test.each<[string, Answer]>([
    ['throttling', THROTTLED],
    ['an internal error', { status: 500, type: 'InternalServerError' }],
    ['no answer', 'hang'],
  ])('%s that passes is not seen', async (_, answer) => {
    const { database, count, close } = await told([answer, answer, 'found']);
    expect(await database.get('executions', { machineId: 'm', name: 'n' })).toEqual({});
    expect(count()).toBe(3);
    close();
  });

  test('nobody there', async () => {
    const { database, close } = await told(['found']);
    close();
    await expect(database.get('executions', { machineId: 'm', name: 'n' })).rejects.toThrow(StoreUnavailable);
  });

  test('a request that is wrong is a fault of ours', async () => {
    const { database, count, close } = await told([{ status: 400, type: 'ValidationException' }]);
    const failure = await database.get('executions', { machineId: 'm', name: 'n' }).catch((error: Error) => error);
    expect(failure).toMatchObject({ name: 'ValidationException' });
    expect(failure).not.toBeInstanceOf(StoreUnavailable);
    expect(count()).toBe(1);
    close();
  });
});

test('a gate lets so many through, and the others in order as places become free', async () => {
  const gate = new Gate(2);
  const begun: number[] = [];
  const ends: (() => void)[] = [];
  const passes = [0, 1, 2, 3].map((index) =>
    gate.pass(() => {
      begun.push(index);
      return new Promise<void>((resolve, reject) =>
        ends.push(index === 0 ? () => reject(new Error('failed')) : resolve),
      );
    }),
  );
  const [failed, ...others] = passes;
  expect(begun).toEqual([0, 1]);
  ends[0]!();
  await expect(failed).rejects.toThrow('failed');
  expect(begun).toEqual([0, 1, 2]);
  ends[1]!();
  await others[0];
  expect(begun).toEqual([0, 1, 2, 3]);
  for (const end of ends.slice(2)) end();
  await Promise.all(others);
});

if (process.env.STEPWELL_BACKENDS) {
  jest.setTimeout(120_000);
  let server: DynamoDb;
  let tables: Tables;
  let store: Store;
  beforeAll(async () => {
    server = await startDynamoDb();
    tables = await newTables(server);
    store = await tables.open();
  }, 120_000);
  afterAll(async () => {
    tables?.close();
    await server?.stop();
  });

  /** Each does one write; answers what it should. `prepare` is not disturbed. */
  type Lossy = { prepare?(store: Store): Promise<unknown>; write(store: Store): Promise<unknown>; answer: unknown };
  const [run, rival, head, machine, activity, runId] = [
    newRun(),
    newRun(),
    newHead(),
    newMachine(),
    newActivity(),
    newId(),
  ];
  const commit = newCommit(1, 2);
  const WRITES: Record<string, Lossy> = {
    'an append': { write: ({ journal }) => journal.append(run, commit), answer: 'appended' },
    'an append that lost': {
      prepare: ({ journal }) => journal.append(rival, newCommit(1, 1)),
      write: ({ journal }) => journal.append(rival, newCommit(1, 2)),
      answer: 'lost',
    },
    'a start': { write: ({ executions }) => executions.start(head, head.startMs), answer: 'started' },
    'a fence': { write: ({ executions }) => executions.fence(runOf(newHead())), answer: 'fenced' },
    'a close': {
      write: ({ executions }) => executions.close(runOf(head), succeededAt(head.startMs), AS_OF),
      answer: 'closed',
    },
    'an opening': {
      write: ({ executions }) => executions.reopen(runOf(head), { count: 1, atMs: 1 }, AS_OF),
      answer: 'reopened',
    },
    'a creation of a machine': { write: ({ registry }) => registry.createMachine(machine, '{}'), answer: 'created' },
    'a creation of an activity': { write: ({ registry }) => registry.createActivity(activity), answer: 'created' },
    'a removal of an activity': {
      write: ({ registry }) => registry.removeActivity(activity.name),
      answer: activity,
    },
    'a heartbeat': {
      prepare: ({ journal }) => journal.openBeat(runId, 1, 1_000),
      write: ({ journal }) => journal.beat(runId, 1, 900, 2_000),
      answer: 'recorded',
    },
    'a closing of heartbeats': { write: ({ journal }) => journal.closeBeat(runId, 1, 3_000), answer: 'closed' },
  };

  describe.each(Object.entries(WRITES))('the answer to %s is lost', (_, { prepare, write, answer }) => {
    test('once: its second attempt knows the first', async () => {
      await prepare?.(store);
      loseAnswers(tables.client, 1);
      expect(await write(store)).toEqual(answer);
    });
  });

  test('all answers are lost: unavailable; the same attempt later is told that it was written', async () => {
    const [own, written] = [newRun(), newCommit(1, 3)];
    loseAnswers(tables.client, 4);
    await expect(store.journal.append(own, written)).rejects.toThrow(StoreUnavailable);
    expect(await store.journal.append(own, newCommit(1, 3))).toBe('lost');
    expect(await store.journal.append(own, written)).toBe('appended');
  });

  test('a store that does not send along what stands there is asked for it', async () => {
    const own = await newTables(server);
    own.client.middlewareStack.add(
      (next) => (args) =>
        next(args).catch((error) => {
          error.Item = undefined;
          throw error;
        }),
      { step: 'deserialize', name: 'terse' },
    );
    const { journal, executions } = await own.open();
    await journal.append(run, commit);
    expect(await journal.append(run, commit)).toBe('appended');
    expect(await journal.append(run, newCommit(1, 2))).toBe('lost');
    const first = newHead();
    await executions.start(first, first.startMs);
    const second = newHead({ machineId: first.machineId, name: first.name });
    expect(await executions.start(second, first.startMs)).toEqual({ existing: first });
    own.close();
  });

  describe('tables', () => {
    test('making them again changes nothing, and items expire by their attribute', async () => {
      await createTables(tables.client, tables.prefix);
      for (const [name, { expiry }] of Object.entries(TABLES)) {
        const command = new DescribeTimeToLiveCommand({ TableName: tables.prefix + name });
        const { TimeToLiveDescription } = await tables.client.send(command);
        expect(TimeToLiveDescription).toMatchObject({ AttributeName: expiry, TimeToLiveStatus: 'ENABLED' });
      }
    });

    test('processes that start at the same time on an empty store make them together', async () => {
      const prefix = `${newId()}-`;
      const making = Array.from({ length: 4 }, () => createTables(tables.client, prefix));
      await expect(Promise.all(making)).resolves.toHaveLength(4);
    });

    test('a store without tables is unavailable', async () => {
      const opening = openStore({ client: tables.client, prefix: 'none-', retentionMs: RETENTION_MS });
      await expect(opening).rejects.toThrow(StoreUnavailable);
      await expect(opening).rejects.toMatchObject({ cause: { name: 'ResourceNotFoundException' } });
    });

    test('a newer format is refused by name of both', async () => {
      const own = await newTables(server);
      const { database } = await own.open();
      await own.open();
      await database.put('registry', { kind: 'DEPLOYMENT', name: 'schema', version: SCHEMA_VERSION + 41 });
      await expect(own.open()).rejects.toThrow(NewerSchema);
      await expect(own.open()).rejects.toThrow(
        `the tables have format ${SCHEMA_VERSION + 41}, written by a newer Stepwell; this one knows ${SCHEMA_VERSION}`,
      );
      own.close();
    });

    test('of ten processes that open new tables together all have one secret', async () => {
      const own = await newTables(server);
      const stores = await Promise.all(Array.from({ length: 10 }, () => own.open()));
      const secrets = await Promise.all(stores.map(({ registry }) => registry.secret()));
      expect(new Set(secrets.map((secret) => secret.toString('hex'))).size).toBe(1);
      own.close();
    });
  });

  describe('access keys', () => {
    test('a key is found with the secret that was shown once, what it may do, and until it is disabled', async () => {
      let nowMs = 0;
      const master = Buffer.from('the master secret of a deployment');
      const keys = new StoredAccessKeys(store.database, master, () => nowMs);
      const accessKeyId = `AK${newId()}`;
      const secret = await keys.create({ accessKeyId, principal: 'ci', allowedActions: ['StartExecution'] });
      const key = { secretAccessKey: secret, principal: 'ci', allowedActions: ['StartExecution'] };
      expect(await keys.find(accessKeyId)).toEqual(key);
      expect(await keys.create({ accessKeyId, principal: 'other', allowedActions: undefined })).toBeUndefined();
      const others = new StoredAccessKeys(store.database, master);
      expect(await others.disable(accessKeyId)).toBe(true);
      expect(await keys.find(accessKeyId)).toEqual(key);
      nowMs = 60_000;
      expect(await keys.find(accessKeyId)).toBeUndefined();
      expect(JSON.stringify(await tables.items('registry', { kind: 'KEY' }))).not.toContain(secret);
    });

    test('another master secret, another secret; no key, none; what is no id is not looked up', async () => {
      const make = (master: string) => new StoredAccessKeys(store.database, Buffer.from(master));
      const accessKeyId = `AK${newId()}`;
      const secret = await make('one').create({ accessKeyId, principal: 'p', allowedActions: undefined });
      expect((await make('one').find(accessKeyId))?.secretAccessKey).toBe(secret);
      expect((await make('two').find(accessKeyId))?.secretAccessKey).not.toBe(secret);
      expect(await make('one').find(`AK${newId()}`)).toBeUndefined();
      tables.requests.length = 0;
      expect(await make('one').find('')).toBeUndefined();
      expect(await make('one').find('x'.repeat(5_000))).toBeUndefined();
      expect(tables.requests).toEqual([]);
      expect(await make('one').disable(`AK${newId()}`)).toBe(false);
    });
  });
}
