import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { createClient } from '../../lib/adapters/dynamodb/client';
import { createTables } from '../../lib/adapters/dynamodb/create-tables';
import { openStore, type Store, type StoreSettings } from '../../lib/adapters/dynamodb/store';
import type { DynamoDb } from '../backends/dynamodb';
import { newId } from './samples';

export const DAY_MS = 86_400_000;
export const RETENTION_MS = 90 * DAY_MS;

/** A request as the adapter made it, without its values' wire form. */
interface Request {
  command: string;
  input: Record<string, unknown>;
}

export interface Tables {
  client: DynamoDBClient;
  prefix: string;
  /** Every request since. */
  requests: Request[];
  open(settings?: Partial<StoreSettings>): Promise<Store>;
  /** All items of a partition, as they stand there. */
  items(table: string, key: Record<string, string>): Promise<Record<string, unknown>[]>;
  close(): void;
}

/** New tables, and a client whose requests can be looked at. */
export async function newTables({ settings }: DynamoDb): Promise<Tables> {
  const client = createClient(settings);
  const prefix = `${newId()}-`;
  await createTables(client, prefix);
  const requests: Request[] = [];
  client.middlewareStack.add(
    (next, { commandName }) =>
      (args) => {
        requests.push({ command: String(commandName), input: args.input as Request['input'] });
        return next(args);
      },
    { step: 'initialize', name: 'requests' },
  );
  return {
    client,
    prefix,
    requests,
    open: (settings) => openStore({ client, prefix, retentionMs: RETENTION_MS, ...settings }),
    async items(table, key) {
      const [[name, value]] = Object.entries(key) as [[string, string]];
      const command = new QueryCommand({
        TableName: prefix + table,
        KeyConditionExpression: '#key = :key',
        ExpressionAttributeNames: { '#key': name },
        ExpressionAttributeValues: { ':key': value },
      });
      return (await DynamoDBDocumentClient.from(client).send(command)).Items ?? [];
    },
    close: () => client.destroy(),
  };
}

/** Answers of so many requests are lost on their way, after they were carried out. */
export function loseAnswers(client: DynamoDBClient, count: number): void {
  let left = count;
  client.middlewareStack.add(
    (next) => async (args) => {
      const answer = await next(args).then(
        (result) => () => result,
        (error) => () => {
          throw error;
        },
      );
      if (left-- > 0) throw Object.assign(new Error('socket hang up'), { name: 'TimeoutError', code: 'ECONNRESET' });
      return answer();
    },
    { step: 'deserialize', name: 'lost', override: true },
  );
}

/** Text that hardly gets shorter. */
export function noise(length: number): string {
  let state = 12_345;
  let text = '';
  while (text.length < length) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    text += String.fromCharCode(33 + ((state >> 8) % 90));
  }
  return text.replaceAll(/["\\]/g, 'x');
}
