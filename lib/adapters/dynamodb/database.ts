import { type AttributeValue, ConditionalCheckFailedException, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  type QueryCommandInput,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { failureOf } from './failure';
import { TABLES, type TableName } from './tables';

export type Item = Record<string, unknown>;

/** `#name` stands for the attribute `name`, whether or not that is a reserved word; `:name` for a value. */
export interface Expression {
  text: string;
  values?: Record<string, unknown>;
}

/** A condition did not hold. */
export interface Refusal {
  /** What stands there instead. */
  item: Item | undefined;
  /** The request was sent more than once: an earlier attempt may have been done, and its answer lost. */
  isAgain: boolean;
}

export interface Query {
  where: Expression;
  order?: 'up' | 'down';
  /** At most so many items; undefined for all. */
  limit?: number | undefined;
  /** How many are read at a time, at most: the store itself ends a page at 1 MB. */
  pageSize?: number;
  /** Read from an index: what was written a moment ago may be missing. */
  index?: 'list';
  /** Undefined for whole items. */
  attributes?: readonly string[];
}

/** The tables of one deployment. Reads see all that was acknowledged. Everything rejects with StoreUnavailable. */
export class Database {
  private readonly client: DynamoDBDocumentClient;

  constructor(
    client: DynamoDBClient,
    private readonly prefix: string,
  ) {
    this.client = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
  }

  async get(table: TableName, key: Item): Promise<Item | undefined> {
    const command = new GetCommand({ TableName: this.prefix + table, Key: key, ConsistentRead: true });
    return (await this.client.send(command).catch(fail)).Item;
  }

  /** Answers a refusal, or undefined when it is done. */
  put(table: TableName, item: Item, condition?: Expression): Promise<Refusal | undefined> {
    const command = new PutCommand({ TableName: this.prefix + table, Item: item, ...conditionOf(condition) });
    return this.write(table, item, () => this.client.send(command));
  }

  /** Answers what stands there: this item, or the one that was first. */
  async putOnce(table: TableName, item: Item): Promise<Item> {
    const found = await this.get(table, keyOf(table, item));
    if (found) return found;
    const refusal = await this.put(table, item, { text: `attribute_not_exists(#${TABLES[table].partitionKey})` });
    return refusal?.item ?? item;
  }

  /** Has the store remove an item at another time, if it is there. */
  async expire(table: TableName, key: Item, ttl: number): Promise<void> {
    const { partitionKey, expiry } = TABLES[table];
    const change = { text: `SET #${expiry} = :ttl`, values: { ':ttl': ttl } };
    await this.update(table, key, change, { text: `attribute_exists(#${partitionKey})` });
  }

  /** Changes an item, and makes it where the condition allows that. */
  update(table: TableName, key: Item, change: Expression, condition: Expression): Promise<Refusal | undefined> {
    const command = new UpdateCommand({
      TableName: this.prefix + table,
      Key: key,
      UpdateExpression: change.text,
      ...conditionOf(condition, change),
    });
    return this.write(table, key, () => this.client.send(command));
  }

  delete(table: TableName, key: Item, condition?: Expression): Promise<Refusal | undefined> {
    const command = new DeleteCommand({ TableName: this.prefix + table, Key: key, ...conditionOf(condition) });
    return this.write(table, key, () => this.client.send(command));
  }

  /** Reads on only while it is asked to. */
  async *query(table: TableName, query: Query): AsyncGenerator<Item, void> {
    let left = query.limit ?? Number.POSITIVE_INFINITY;
    let from: Item | undefined;
    do {
      const limit = Math.min(left, query.pageSize ?? Number.POSITIVE_INFINITY);
      const input = this.queryInput(table, query, from, Number.isFinite(limit) ? limit : undefined);
      const { Items = [], LastEvaluatedKey } = await this.client.send(new QueryCommand(input)).catch(fail);
      yield* Items;
      left -= Items.length;
      from = LastEvaluatedKey;
    } while (from && left > 0);
  }

  async all(table: TableName, query: Query): Promise<Item[]> {
    const items: Item[] = [];
    for await (const item of this.query(table, query)) items.push(item);
    return items;
  }

  async count(table: TableName, where: Expression): Promise<number> {
    let count = 0;
    let from: Item | undefined;
    do {
      const input = this.queryInput(table, { where }, from, undefined);
      const command = new QueryCommand({ ...input, Select: 'COUNT' });
      const { Count = 0, LastEvaluatedKey } = await this.client.send(command).catch(fail);
      count += Count;
      from = LastEvaluatedKey;
    } while (from);
    return count;
  }

  private queryInput(
    table: TableName,
    { where, order = 'up', index, attributes }: Query,
    from: Item | undefined,
    limit: number | undefined,
  ): QueryCommandInput {
    const projection = attributes?.map((name) => `#${name}`).join(', ');
    return {
      TableName: this.prefix + table,
      IndexName: index,
      KeyConditionExpression: where.text,
      ProjectionExpression: projection,
      ExpressionAttributeNames: namesIn(where.text, projection),
      ExpressionAttributeValues: where.values,
      ScanIndexForward: order === 'up',
      ConsistentRead: index === undefined,
      ExclusiveStartKey: from,
      Limit: limit,
    };
  }

  private async write(table: TableName, item: Item, send: () => Promise<unknown>): Promise<Refusal | undefined> {
    try {
      await send();
      return undefined;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw failureOf(error);
      // Not every compatible store sends it along.
      const standing = error.Item ? plainItem(error.Item) : await this.get(table, keyOf(table, item));
      return { item: standing, isAgain: (error.$metadata.attempts ?? 1) > 1 };
    }
  }
}

function keyOf(table: TableName, item: Item): Item {
  const { partitionKey, sortKey } = TABLES[table];
  return { [partitionKey]: item[partitionKey], [sortKey]: item[sortKey] };
}

const fail = (error: unknown): never => {
  throw failureOf(error);
};

function conditionOf(condition: Expression | undefined, change?: Expression) {
  const values = { ...change?.values, ...condition?.values };
  return {
    ConditionExpression: condition?.text,
    ExpressionAttributeNames: namesIn(condition?.text, change?.text),
    ExpressionAttributeValues: Object.keys(values).length > 0 ? values : undefined,
    ReturnValuesOnConditionCheckFailure: condition && ('ALL_OLD' as const),
  };
}

/** A name that is declared and not used is an error, so they are read off the expressions. */
function namesIn(...texts: (string | undefined)[]): Record<string, string> | undefined {
  const found = texts.flatMap((text) => text?.match(/#\w+/g) ?? []);
  return found.length > 0 ? Object.fromEntries(found.map((name) => [name, name.slice(1)])) : undefined;
}

/** The document client leaves the item of a failed condition as it came. */
const plainItem = (item: Record<string, AttributeValue>): Item =>
  Object.fromEntries(Object.entries(item).map(([name, value]) => [name, plainValue(value)]));

const plainValue = ({ S, N, B, BOOL, SS, M }: AttributeValue): unknown =>
  S ?? (N === undefined ? (B ?? BOOL ?? (SS && new Set(SS)) ?? (M && plainItem(M))) : Number(N));
