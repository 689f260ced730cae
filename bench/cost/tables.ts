import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { NativeAttributeValue } from '@aws-sdk/lib-dynamodb';
import { TABLES, type TableDescription } from '../../lib/adapters/dynamodb/tables';
import { type AttributeMap, itemBytes, readUnits, storedBytes, type Usage, writeUnits } from './pricing';

interface Billing {
  table: string;
  usage: Usage;
}

/** As the document client answers it: its values are plain. */
interface Output {
  Item?: PlainItem;
  Items?: PlainItem[];
}

type PlainItem = Record<string, NativeAttributeValue>;

/**
 * What requests to tables are billed for. Sizes are those of whole items, before and after, so it remembers each item
 * that was written: an update says only what changes.
 */
export class Tables {
  private readonly items = new Map<string, AttributeMap>();

  /** `unmetered`: a client of its own, to look at items that were updated. */
  constructor(
    private readonly unmetered: DynamoDBClient,
    private readonly prefix: string,
  ) {}

  /** What all items take, by table. */
  stored(): Record<string, number> {
    const sizes: Record<string, number> = {};
    for (const [key, item] of this.items) {
      const table = key.slice(0, key.indexOf(' '));
      const { indexes } = descriptionOf(table);
      const entries = [item, ...indexes.map((index) => entryOf(item, index))];
      for (const entry of entries) if (entry) sizes[table] = (sizes[table] ?? 0) + storedBytes(itemBytes(entry));
    }
    return sizes;
  }

  /** How many executions are not closed. */
  get open(): number {
    return [...this.items].filter(([name, { status }]) => name.startsWith('executions ') && status?.S === 'RUNNING')
      .length;
  }

  /** How many wake-ups wait for more than a quarter of an hour. */
  get timers(): number {
    return [...this.items].filter(([name, { message }]) => name.startsWith('timers ') && message).length;
  }

  async billed(command: string, body: Record<string, unknown>, output: unknown, error: unknown): Promise<Billing> {
    const table = String(body.TableName).slice(this.prefix.length);
    const input = body as { Item?: AttributeMap; Key?: AttributeMap; ConsistentRead?: boolean };
    const isConsistent = input.ConsistentRead === true;
    switch (command) {
      case 'Get': {
        const { Item = {} } = (output ?? {}) as Output;
        return { table, usage: { readUnits: readUnits(itemBytes(attributesOf(Item)), isConsistent) } };
      }
      case 'Query': {
        const { Items = [] } = (output ?? {}) as Output;
        const bytes = Items.reduce((sum, item) => sum + itemBytes(this.whole(table, attributesOf(item))), 0);
        return { table, usage: { readUnits: readUnits(bytes, isConsistent) } };
      }
      case 'Put': {
        const item = fromWire(input.Item!);
        return { table, usage: this.changed(table, item, item, error) };
      }
      case 'Update':
      case 'Delete': {
        const key = fromWire(input.Key!);
        const after = error ? undefined : await this.look(table, key);
        return { table, usage: this.changed(table, key, after, error) };
      }
      default:
        throw new Error(`it is not known what ${command} costs`);
    }
  }

  /** The larger of what was there and what is; and an index's entry where that changes, twice where it moves. */
  private changed(table: string, key: AttributeMap, after: AttributeMap | undefined, error: unknown): Usage {
    const name = this.nameOf(table, key);
    if (error) {
      const standing = error instanceof ConditionalCheckFailedException ? error.Item : undefined;
      return { writeUnits: writeUnits(Math.max(itemBytes(key), itemBytes(standing ?? {}))) };
    }
    const before = this.items.get(name);
    if (after) this.items.set(name, after);
    else this.items.delete(name);
    let units = writeUnits(Math.max(itemBytes(before ?? {}), itemBytes(after ?? {})));
    for (const index of descriptionOf(table).indexes) units += indexUnits(index, before, after);
    return { writeUnits: units };
  }

  private async look(table: string, key: AttributeMap): Promise<AttributeMap | undefined> {
    const command = new GetItemCommand({ TableName: this.prefix + table, Key: key, ConsistentRead: true });
    return (await this.unmetered.send(command)).Item;
  }

  /** A query may answer only some attributes, and reads the whole item. */
  private whole(table: string, item: AttributeMap): AttributeMap {
    const { partitionKey, sortKey } = descriptionOf(table);
    return (item[partitionKey] && item[sortKey] && this.items.get(this.nameOf(table, item))) || item;
  }

  private nameOf(table: string, item: AttributeMap): string {
    const { partitionKey, sortKey } = descriptionOf(table);
    return `${table} ${item[partitionKey]!.S}\n${item[sortKey]!.S}`;
  }
}

type Index = TableDescription['indexes'][number] & { tableKeys: readonly string[] };

function descriptionOf(table: string): Omit<TableDescription, 'indexes'> & { indexes: Index[] } {
  const description = (TABLES as Record<string, TableDescription>)[table];
  if (!description) throw new Error(`there is no table ${table}`);
  const { partitionKey, sortKey, indexes } = description;
  return { ...description, indexes: indexes.map((index) => ({ ...index, tableKeys: [partitionKey, sortKey] })) };
}

/** Undefined when an item lacks a key of the index. */
function entryOf(item: AttributeMap | undefined, index: Index): AttributeMap | undefined {
  if (!item?.[index.partitionKey] || !item[index.sortKey]) return undefined;
  const names = new Set([index.partitionKey, index.sortKey, ...index.tableKeys, ...index.attributes]);
  return Object.fromEntries(Object.entries(item).filter(([name]) => names.has(name)));
}

function indexUnits(index: Index, before: AttributeMap | undefined, after: AttributeMap | undefined): number {
  const [from, to] = [entryOf(before, index), entryOf(after, index)];
  const units = (entry: AttributeMap | undefined) => (entry ? writeUnits(itemBytes(entry)) : 0);
  const isThere = from && to && [index.partitionKey, index.sortKey].every((key) => from[key]!.S === to[key]!.S);
  if (!isThere) return units(from) + units(to);
  return JSON.stringify(from) === JSON.stringify(to) ? 0 : Math.max(units(from), units(to));
}

const attributesOf = (item: PlainItem): AttributeMap =>
  Object.fromEntries(Object.entries(item).map(([name, value]) => [name, attributeOf(value)]));

function attributeOf(value: NativeAttributeValue): AttributeValue {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number') return { N: String(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  if (value instanceof Uint8Array) return { B: value };
  if (value instanceof Set) return { SS: [...(value as Set<string>)] };
  throw new Error('no item has an attribute of such a type');
}

/** In a request's JSON binary values are base64. */
const fromWire = (item: AttributeMap): AttributeMap =>
  Object.fromEntries(
    Object.entries(item).map(([name, value]): [string, AttributeValue] => [
      name,
      value.B === undefined ? value : { B: Buffer.from(String(value.B), 'base64') },
    ]),
  );
