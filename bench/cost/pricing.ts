import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import list from './prices.json';

/** What AWS bills, in its own units. */
type Billed = Exclude<keyof typeof list.prices, 'managedTransitions'>;
export type Usage = Partial<Record<Billed, number>>;
export type AttributeMap = Record<string, AttributeValue>;

const WRITE_UNIT_BYTES = 1024;
const READ_UNIT_BYTES = 4096;
const QUEUE_REQUEST_BYTES = 65_536;
/** What DynamoDB adds to each item when it bills storage. */
const STORED_ITEM_BYTES = 100;

/** Units of 1 KB begun; the least is one. A condition that fails costs as much as a write. */
export const writeUnits = (bytes: number): number => Math.max(1, Math.ceil(bytes / WRITE_UNIT_BYTES));

/** Units of 4 KB begun, over all that one request reads; the least is one. Eventually consistent reads are half. */
export const readUnits = (bytes: number, isConsistent: boolean): number =>
  Math.max(1, Math.ceil(bytes / READ_UNIT_BYTES)) * (isConsistent ? 1 : 0.5);

/** Requests of 64 KB begun, over all messages of a batch; an empty receive is one. */
export const queueRequests = (bytes: number): number => Math.max(1, Math.ceil(bytes / QUEUE_REQUEST_BYTES));

export const storedBytes = (bytes: number): number => bytes + STORED_ITEM_BYTES;

/**
 * The size of an item as DynamoDB counts it: names and values. A number takes about a byte for two significant digits,
 * and one more.
 */
export const itemBytes = (item: AttributeMap): number =>
  Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + valueBytes(value), 0);

function valueBytes({ S, N, B, SS, BOOL, NULL }: AttributeValue): number {
  if (S !== undefined) return Buffer.byteLength(S);
  if (N !== undefined) return numberBytes(N);
  if (B !== undefined) return B.length;
  if (SS !== undefined) return SS.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  if (BOOL !== undefined || NULL !== undefined) return 1;
  throw new Error('no item has an attribute of such a type');
}

function numberBytes(text: string): number {
  const digits = text
    .replace(/^-/, '')
    .replace('.', '')
    .replace(/^0+|0+$/g, '').length;
  return Math.ceil(digits / 2) + (text.startsWith('-') ? 2 : 1);
}

/** Dollars. */
export function priceOf(usage: Usage): number {
  let dollars = 0;
  for (const [what, amount] of Object.entries(usage)) {
    const { usd, per } = list.prices[what as Billed];
    dollars += (amount * usd) / per;
  }
  return dollars;
}

/** Of one state transition of the managed service, in dollars. */
export const managedTransition = list.prices.managedTransitions.usd / list.prices.managedTransitions.per;

export function sumOf(usages: Iterable<Usage>): Usage {
  const sum: Usage = {};
  for (const usage of usages) {
    for (const [what, amount] of Object.entries(usage)) sum[what as Billed] = (sum[what as Billed] ?? 0) + amount;
  }
  return sum;
}

export const timesOf = (usage: Usage, factor: number): Usage =>
  Object.fromEntries(Object.entries(usage).map(([what, amount]) => [what, amount * factor]));

/** Of a function with that memory, in MB: every millisecond is billed. */
export const gbSeconds = (ms: number, memoryMb: number): number => (Math.ceil(ms) / 1000) * (memoryMb / 1024);
