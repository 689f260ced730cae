import {
  CreateTableCommand,
  type CreateTableCommandInput,
  type DynamoDBClient,
  UpdateTimeToLiveCommand,
  type UpdateTimeToLiveCommandInput,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import type { Physical } from './template-values';

const PATIENCE_SECONDS = 60;
/** What the store takes as CloudFormation says it. */
const TAKEN = ['TableName', 'AttributeDefinitions', 'BillingMode', 'GlobalSecondaryIndexes', 'KeySchema'];
/** What changes nothing of what it answers, or is done after. */
const LEFT_OUT = ['DeletionProtectionEnabled', 'PointInTimeRecoverySpecification', 'SSESpecification', 'Tags'];

/** Makes an AWS::DynamoDB::Table from nothing but its properties. */
export async function createTable(client: DynamoDBClient, properties: Record<string, unknown>): Promise<Physical> {
  const { TimeToLiveSpecification, ...others } = properties;
  const unknown = Object.keys(others).filter((name) => !TAKEN.includes(name) && !LEFT_OUT.includes(name));
  if (unknown.length > 0) throw new Error(`the harness does not know ${unknown} of a table`);
  const input = Object.fromEntries(TAKEN.map((name) => [name, others[name]])) as unknown as CreateTableCommandInput;
  const { TableDescription } = await client.send(new CreateTableCommand(input));
  const TableName = TableDescription!.TableName!;
  await waitUntilTableExists({ client, maxWaitTime: PATIENCE_SECONDS }, { TableName });
  if (TimeToLiveSpecification) {
    const request = { TableName, TimeToLiveSpecification } as UpdateTimeToLiveCommandInput;
    await client.send(new UpdateTimeToLiveCommand(request));
  }
  return { ref: TableName, attributes: { Arn: TableDescription!.TableArn! } };
}
