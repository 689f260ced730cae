import type { NormalizedSchema } from '@smithy/core/schema';

/**
 * Parameters of a task and what a client takes are not the same: members begin with capitals here, whatever the
 * service calls them; bytes and moments are texts. The client's own schemas say which is what.
 */

/** A value does not fit its member; the message says which. */
export class BadParameter extends Error {}

export function toSdk(schema: NormalizedSchema, value: unknown, name: string): unknown {
  if (value === null || value === undefined) return undefined;
  if (schema.isDocumentSchema()) return value;
  if (schema.isStructSchema() || schema.isUnionSchema()) return structureOf(schema, value, name);
  if (schema.isListSchema()) {
    if (!Array.isArray(value)) throw misfit(name, 'a LIST');
    const item = schema.getValueSchema();
    return value.map((element) => toSdk(item, element, name));
  }
  if (schema.isMapSchema()) {
    const member = schema.getValueSchema();
    return Object.fromEntries(
      Object.entries(objectOf(value, name)).map(([key, each]) => [key, toSdk(member, each, key)]),
    );
  }
  // Observed on AWS for S3: bodies that are streams are JSON, texts too.
  if (schema.isStreaming()) return Buffer.from(JSON.stringify(value));
  if (schema.isBlobSchema()) return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
  if (schema.isTimestampSchema()) return momentOf(value, name);
  if (schema.isStringSchema()) {
    if (typeof value !== 'string') throw misfit(name, 'a STRING');
    return value;
  }
  if (schema.isNumericSchema() && typeof value === 'string' && value.trim() !== '') return Number(value);
  return value;
}

const misfit = (name: string, wanted: string) =>
  new BadParameter(`The value for the field '${name}' must be ${wanted}`);

function objectOf(value: unknown, name: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw misfit(name, 'an OBJECT');
  return value as Record<string, unknown>;
}

function structureOf(schema: NormalizedSchema, value: unknown, name: string): object {
  const members = schema.getMemberSchemas();
  const byName = new Map(Object.entries(members).map(([own, member]) => [capital(own), { own, member }]));
  const made: Record<string, unknown> = {};
  for (const [key, each] of Object.entries(objectOf(value, name))) {
    const found = byName.get(key);
    if (!found) throw new BadParameter(`The field '${key}' is not supported by Step Functions`);
    const given = toSdk(found.member, each, key);
    if (given !== undefined) made[found.own] = given;
  }
  return made;
}

function momentOf(value: unknown, name: string): Date {
  const date = typeof value === 'number' ? new Date(value * 1000) : new Date(String(value));
  if (Number.isNaN(date.getTime())) throw misfit(name, 'a TIMESTAMP');
  return date;
}

/** What a client answers, as a task's output. Rejects where a body that is a stream breaks off. */
export async function fromSdk(
  schema: NormalizedSchema,
  value: unknown,
  dates: 'iso' | 'milliseconds',
): Promise<unknown> {
  if (value === null || value === undefined) return undefined;
  if (schema.isDocumentSchema()) return value;
  if (schema.isListSchema()) {
    const item = schema.getValueSchema();
    return Promise.all((value as unknown[]).map((element) => fromSdk(item, element, dates)));
  }
  if (schema.isMapSchema()) {
    const member = schema.getValueSchema();
    return membersOf(
      Object.entries(value as object).map(([key, each]) => [key, member, each]),
      dates,
    );
  }
  if (schema.isStreaming() || schema.isBlobSchema()) return textOf(value);
  if (schema.isStructSchema() || schema.isUnionSchema()) {
    const given = value as Record<string, unknown>;
    const members = Object.entries(schema.getMemberSchemas());
    return membersOf(
      members.map(([key, member]) => [capital(key), member, given[key]]),
      dates,
    );
  }
  if (value instanceof Date) {
    return dates === 'milliseconds' ? value.getTime() : value.toISOString().replace('.000Z', 'Z');
  }
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'object' ? Number(String((value as { string?: string }).string ?? value)) : value;
}

async function membersOf(
  members: readonly [name: string, schema: NormalizedSchema, value: unknown][],
  dates: 'iso' | 'milliseconds',
): Promise<object> {
  const made: Record<string, unknown> = {};
  for (const [name, schema, value] of members) {
    const shown = await fromSdk(schema, value, dates);
    if (shown !== undefined) made[name] = shown;
  }
  return made;
}

/** A body is longer than any task's output may be. */
export class BodyTooLong extends Error {}

const BODY_BYTES_MAX = 1_048_576;

/** No body is read for longer than it can be of use. */
async function bytesOf(stream: AsyncIterable<Uint8Array | string>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    const read = Buffer.from(chunk);
    bytes += read.length;
    if (bytes > BODY_BYTES_MAX) throw new BodyTooLong();
    chunks.push(read);
  }
  return Buffer.concat(chunks);
}

/** Bytes that are no text are shown in base64. */
async function textOf(value: unknown): Promise<string> {
  if (typeof value === 'string') return value;
  const isRead = value instanceof Uint8Array;
  const bytes = isRead ? Buffer.from(value) : await bytesOf(value as AsyncIterable<Uint8Array>);
  const text = bytes.toString();
  return Buffer.from(text).equals(bytes) ? text : bytes.toString('base64');
}

const capital = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);
