import { RemovalPolicy } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import { TABLES, type TableDescription, type TableName } from '../adapters/dynamodb/tables';
import { tablePrefix } from '../host/aws';
import type { Settled } from './settle';

const text = (name: string): dynamodb.Attribute => ({ name, type: dynamodb.AttributeType.STRING });

/** The tables that the code describes: on demand, encrypted, and restorable to any second of 35 days. */
export class Tables extends Construct {
  readonly all: Readonly<Record<TableName, dynamodb.Table>>;

  constructor(scope: Construct, id: string, options: Settled) {
    super(scope, id);
    const tables = Object.entries(TABLES).map(([name, description]): [string, dynamodb.Table] => [
      name,
      this.table(name, description, options),
    ]);
    this.all = Object.fromEntries(tables) as Record<TableName, dynamodb.Table>;
  }

  private table(name: string, description: TableDescription, { name: deployment, removesData }: Settled) {
    const { partitionKey, sortKey, expiry, indexes } = description;
    const table = new dynamodb.Table(this, name, {
      tableName: `${tablePrefix(deployment)}${name}`,
      partitionKey: text(partitionKey),
      sortKey: text(sortKey),
      billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
      timeToLiveAttribute: expiry,
      encryption: dynamodb.TableEncryption.AWS_MANAGED,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: !removesData,
      removalPolicy: removesData ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN,
    });
    for (const index of indexes) {
      table.addGlobalSecondaryIndex({
        indexName: index.name,
        partitionKey: text(index.partitionKey),
        sortKey: text(index.sortKey),
        projectionType: dynamodb.ProjectionType.INCLUDE,
        nonKeyAttributes: [...index.attributes],
      });
    }
    return table;
  }
}
