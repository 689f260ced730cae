import { DynamoDBDocumentClient, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { SCHEMA_VERSION } from '../../lib/adapters/dynamodb/schema';
import type { Machine } from '../../lib/ports/registry';
import type { DynamoDb } from '../backends/dynamodb';
import { loseAnswers, newTables, type Tables } from './dynamodb-client';
import { newMachine, newPublications, newSettings } from './samples';

/** Revisions and publications in DynamoDB: what format 1 left, attempts that nobody finished, answers that were lost. */
export function describeRevisionItems(start: () => DynamoDb): void {
  let server: DynamoDb;
  let tables: Tables;
  beforeAll(async () => {
    server = start();
    tables = await newTables(server);
  });
  afterAll(() => tables?.close());
  const documents = () => DynamoDBDocumentClient.from(tables.client);
  const registryTable = () => `${tables.prefix}registry`;

  /** A machine as format 1 wrote it: its definition says nothing of its settings. */
  async function createOld(): Promise<Machine> {
    const machine = newMachine({ publishedVersion: 1, versionDescription: 'first' });
    const { registry } = await tables.open();
    await registry.createMachine(machine, '"first"');
    await documents().send(
      new UpdateCommand({
        TableName: registryTable(),
        Key: { kind: `D#${machine.machineId}#1`, name: '000' },
        UpdateExpression: 'REMOVE settings',
      }),
    );
    return machine;
  }

  test('tables of format 1 are used, and marked with this one', async () => {
    const own = await newTables(server);
    const item = { kind: 'DEPLOYMENT', name: 'schema', version: 1 };
    const client = DynamoDBDocumentClient.from(own.client);
    await client.send(new PutCommand({ TableName: `${own.prefix}registry`, Item: item }));
    await own.open();
    const [schema] = await own.items('registry', { kind: 'DEPLOYMENT' });
    expect(schema).toEqual({ ...item, version: SCHEMA_VERSION });
    own.close();
  });

  test('a machine of format 1 has no settings beside its definition until it is revised; then it keeps the old ones', async () => {
    const machine = await createOld();
    const { registry } = await tables.open();
    expect(await registry.machine(machine.name)).toEqual(machine);
    expect(await registry.revision(machine.machineId, 1)).toEqual({ definition: '"first"', settings: undefined });
    const settings = newSettings(machine, { roleArn: 'arn:aws:iam::123456789012:role/other' });
    expect(await registry.reviseMachine(machine, settings, '"second"')).toBe('revised');
    expect(await registry.revision(machine.machineId, 1)).toMatchObject({
      definition: '"first"',
      settings: { revision: 1, roleArn: machine.roleArn },
    });
    expect(await registry.machine(machine.name)).toEqual({ ...machine, ...settings });
  });

  test('a number that an attempt took which was never finished is passed over', async () => {
    const machine = newMachine();
    const { registry } = await tables.open();
    await registry.createMachine(machine, '"first"');
    const item = { kind: `D#${machine.machineId}#2`, name: '000', part: Buffer.from('x'), parts: 1, settings: '{}' };
    await documents().send(new PutCommand({ TableName: registryTable(), Item: item }));
    expect(await registry.reviseMachine(machine, newSettings(machine), '"mine"')).toBe('lost');
    expect(await registry.reviseMachine(machine, newSettings(machine, { revision: 3 }), '"mine"')).toBe('revised');
    expect((await registry.revision(machine.machineId, 3))?.definition).toBe('"mine"');
  });

  test('an attempt that lost leaves a definition that expires', async () => {
    const machine = newMachine();
    const { registry } = await tables.open();
    await registry.createMachine(machine, '"first"');
    await registry.updateMachine(machine.name, machine.machineId, { status: 'DELETING' });
    expect(await registry.reviseMachine(machine, newSettings(machine), '"lost"')).toBe('lost');
    const [part] = await tables.items('registry', { kind: `D#${machine.machineId}#2` });
    expect(Number(part?.ttl)).toBeLessThanOrEqual(Math.ceil(Date.now() / 1000));
  });

  test('revisions and publications whose answers were lost count as done', async () => {
    const own = await newTables(server);
    const { registry } = await own.open();
    const machine = newMachine();
    await registry.createMachine(machine, '"first"');
    for (const lost of [1, 2, 3]) {
      loseAnswers(own.client, lost);
      const before = (await registry.machine(machine.name))!;
      expect(await registry.reviseMachine(before, newSettings(before), `"${lost}"`)).toBe('revised');
      loseAnswers(own.client, 1);
      expect(await registry.writePublications(machine.machineId, newPublications(lost))).toBe('written');
    }
    expect((await registry.publications(machine.machineId))?.edition).toBe(3);
    own.close();
  });
}
