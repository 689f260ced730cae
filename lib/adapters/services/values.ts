import type { NormalizedSchema } from '@smithy/core/schema';

/**
 * Parameters of a task and what a client takes are not the same: members begin with capitals here, whatever the
 * service calls them; bytes and moments are texts. The client's own schemas say which is what.
 */

/** A value does not fit its member; the message says which. */
export class BadParameter extends Error {}

export function toSdk(schema: NormalizedSchema, value: unknown, name: string): unknown {
  if (value === null || value === undefined) return undefined;
  const shape = shapeOf(schema);
  switch (shape.kind) {
    case 'structure':
      return structureOf(shape, value, name);
    case 'list':
      if (!Array.isArray(value)) throw misfit(name, 'a LIST');
      return value.map((element) => toSdk(shape.item, element, name));
    case 'map':
      return Object.fromEntries(
        Object.entries(objectOf(value, name)).map(([key, each]) => [key, toSdk(shape.item, each, key)]),
      );
    // Observed on AWS for S3: bodies that are streams are JSON, texts too.
    case 'stream':
      return Buffer.from(JSON.stringify(value));
    case 'blob':
      return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
    case 'moment':
      return momentOf(value, name);
    case 'text':
      if (typeof value !== 'string') throw misfit(name, 'a STRING');
      return value;
    case 'number':
      return typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    case 'document':
    case 'other':
      return value;
  }
}

/** What a schema says, asked once: structures stand in one answer a hundred thousand times. */
type Shape =
  | { kind: 'document' | 'stream' | 'blob' | 'moment' | 'text' | 'number' | 'other' }
  | { kind: 'list' | 'map'; item: NormalizedSchema }
  | Structure;

interface Structure {
  kind: 'structure';
  /** By the names that they have here. */
  members: ReadonlyMap<string, { own: string; schema: NormalizedSchema }>;
}

const shapes = new WeakMap<NormalizedSchema, Shape>();

function shapeOf(schema: NormalizedSchema): Shape {
  const known = shapes.get(schema);
  if (known) return known;
  const shape = readShape(schema);
  shapes.set(schema, shape);
  return shape;
}

function readShape(schema: NormalizedSchema): Shape {
  if (schema.isDocumentSchema()) return { kind: 'document' };
  if (schema.isStructSchema() || schema.isUnionSchema()) {
    const members = Object.entries(schema.getMemberSchemas());
    return {
      kind: 'structure',
      members: new Map(members.map(([own, member]) => [capital(own), { own, schema: member }])),
    };
  }
  if (schema.isListSchema()) return { kind: 'list', item: schema.getValueSchema() };
  if (schema.isMapSchema()) return { kind: 'map', item: schema.getValueSchema() };
  if (schema.isStreaming()) return { kind: 'stream' };
  if (schema.isBlobSchema()) return { kind: 'blob' };
  if (schema.isTimestampSchema()) return { kind: 'moment' };
  if (schema.isStringSchema()) return { kind: 'text' };
  return { kind: schema.isNumericSchema() ? 'number' : 'other' };
}

const misfit = (name: string, wanted: string) =>
  new BadParameter(`The value for the field '${name}' must be ${wanted}`);

function objectOf(value: unknown, name: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw misfit(name, 'an OBJECT');
  return value as Record<string, unknown>;
}

function structureOf({ members }: Structure, value: unknown, name: string): object {
  const made: Record<string, unknown> = {};
  for (const [key, each] of Object.entries(objectOf(value, name))) {
    const member = members.get(key);
    if (!member) throw new BadParameter(`The field '${key}' is not supported by Step Functions`);
    const given = toSdk(member.schema, each, key);
    if (given !== undefined) made[member.own] = given;
  }
  return made;
}

function momentOf(value: unknown, name: string): Date {
  const date = typeof value === 'number' ? new Date(value * 1000) : new Date(String(value));
  if (Number.isNaN(date.getTime())) throw misfit(name, 'a TIMESTAMP');
  return date;
}

type Dates = 'iso' | 'milliseconds';

/** What a client answers, as a task's output. Rejects where a body that is a stream breaks off. */
export async function fromSdk(schema: NormalizedSchema, answer: unknown, dates: Dates): Promise<unknown> {
  const shape = shapeOf(schema);
  if (shape.kind !== 'structure') return shownAs(shape, await readBody(shape, answer), dates);
  const read: Record<string, unknown> = { ...(answer as object) };
  for (const { own, schema } of shape.members.values()) read[own] = await readBody(shapeOf(schema), read[own]);
  return shownAs(shape, read, dates);
}

const readBody = async ({ kind }: Shape, value: unknown): Promise<unknown> =>
  kind === 'stream' && typeof value === 'object' && value !== null && !(value instanceof Uint8Array)
    ? bytesOf(value as AsyncIterable<Uint8Array>)
    : value;

const shown = (schema: NormalizedSchema, value: unknown, dates: Dates): unknown =>
  value === null || value === undefined ? undefined : shownAs(shapeOf(schema), value, dates);

function shownAs(shape: Shape, value: unknown, dates: Dates): unknown {
  switch (shape.kind) {
    case 'structure': {
      const given = value as Record<string, unknown>;
      const made: Record<string, unknown> = {};
      shape.members.forEach(({ own, schema }, name) => {
        const member = given[own] === undefined ? undefined : shown(schema, given[own], dates);
        if (member !== undefined) made[name] = member;
      });
      return made;
    }
    case 'list':
      return (value as unknown[]).map((element) => shown(shape.item, element, dates));
    case 'map': {
      const made: Record<string, unknown> = {};
      for (const [key, each] of Object.entries(value as object)) {
        const member = shown(shape.item, each, dates);
        if (member !== undefined) made[key] = member;
      }
      return made;
    }
    case 'stream':
    case 'blob':
      return textOf(value as string | Uint8Array);
    case 'document':
      return value;
    default:
      return scalarOf(value, dates);
  }
}

function scalarOf(value: unknown, dates: Dates): unknown {
  if (value instanceof Date) {
    return dates === 'milliseconds' ? value.getTime() : value.toISOString().replace('.000Z', 'Z');
  }
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'object' ? Number(String((value as { string?: string }).string ?? value)) : value;
}

/** A body is longer than any task's output may be. */
export class BodyTooLong extends Error {}

const BODY_BYTES_MAX = 1_048_576;

/** No body is read for longer than it can be of use. Rejects with BodyTooLong. */
export async function bytesOf(stream: AsyncIterable<Uint8Array | string>, bytesMax = BODY_BYTES_MAX): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    const read = Buffer.from(chunk);
    bytes += read.length;
    if (bytes > bytesMax) throw new BodyTooLong();
    chunks.push(read);
  }
  return Buffer.concat(chunks);
}

/** Bytes that are no text are shown in base64. */
function textOf(value: string | Uint8Array): string {
  if (typeof value === 'string') return value;
  const bytes = Buffer.from(value);
  const text = bytes.toString();
  return Buffer.from(text).equals(bytes) ? text : bytes.toString('base64');
}

const capital = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);
