import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTimeToLiveCommand,
  type DynamoDBClient,
  type KeySchemaElement,
  ResourceInUseException,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { TABLES, type TableDescription } from './tables';

const PATIENCE_SECONDS = 120;

/** Makes the tables that are missing and waits until all can be used. Their names begin with `prefix`. */
export async function createTables(client: DynamoDBClient, prefix: string): Promise<void> {
  const tables = Object.entries(TABLES).map(([name, table]) => ({ table, TableName: prefix + name }));
  // One after the other: DynamoDB makes one table with indexes at a time.
  for (const { table, TableName } of tables) {
    try {
      await client.send(new CreateTableCommand(tableInput(TableName, table)));
    } catch (error) {
      if (!(error instanceof ResourceInUseException)) throw error;
    }
  }
  for (const { table, TableName } of tables) {
    await waitUntilTableExists({ client, maxWaitTime: PATIENCE_SECONDS, minDelay: 1, maxDelay: 4 }, { TableName });
    await expireBy(client, TableName, table.expiry);
  }
}

function tableInput(TableName: string, table: TableDescription): CreateTableCommandInput {
  const keys = [table, ...table.indexes].flatMap(({ partitionKey, sortKey }) => [partitionKey, sortKey]);
  const indexes = table.indexes.map((index) => ({
    IndexName: index.name,
    KeySchema: keySchema(index),
    Projection: { ProjectionType: 'INCLUDE' as const, NonKeyAttributes: [...index.attributes] },
  }));
  return {
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: keys.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    KeySchema: keySchema(table),
    ...(indexes.length > 0 && { GlobalSecondaryIndexes: indexes }),
  };
}

const keySchema = ({ partitionKey, sortKey }: { partitionKey: string; sortKey: string }): KeySchemaElement[] => [
  { AttributeName: partitionKey, KeyType: 'HASH' },
  { AttributeName: sortKey, KeyType: 'RANGE' },
];

async function expireBy(client: DynamoDBClient, TableName: string, AttributeName: string): Promise<void> {
  if (await isExpiring(client, TableName)) return;
  const TimeToLiveSpecification = { AttributeName, Enabled: true };
  try {
    await client.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }));
  } catch (error) {
    // Switching it on again is an error, and another process may have done it meanwhile.
    if (!(await isExpiring(client, TableName))) throw error;
  }
}

async function isExpiring(client: DynamoDBClient, TableName: string): Promise<boolean> {
  const { TimeToLiveDescription } = await client.send(new DescribeTimeToLiveCommand({ TableName }));
  const status = TimeToLiveDescription?.TimeToLiveStatus;
  return status === 'ENABLED' || status === 'ENABLING';
}
