import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';

/**
 * Bodies of messages: JSON, or the same deflated where that is long. A lawful result of a task, 262,144 bytes of JSON
 * text, is at most twice that inside JSON and so fits into SQS's 1 MiB in any case; deflating makes it cheaper (SQS
 * counts 64 KB at a time) and makes most results fit into the 262,144 bytes that some services stop at.
 */

/** Begins a deflated body; JSON begins with a brace. */
const DEFLATED = 'deflate:';
const DEFLATE_FROM_BYTES = 60_000;
/** No message becomes longer than Lambda's longest answer, written as JSON. */
const INFLATED_BYTES_MAX = 16_000_000;

const deflate = promisify(deflateRaw);
const inflate = promisify(inflateRaw);

/** It does not fit into a message, however it is written. */
export class BodyTooLong extends Error {}

export async function encodeBody(value: object, bytesMax: number): Promise<string> {
  const json = JSON.stringify(value).replace(/[\ufffe\uffff]/g, escapeNoncharacter);
  if (Buffer.byteLength(json) < DEFLATE_FROM_BYTES) return json;
  const deflated = DEFLATED + (await deflate(json)).toString('base64');
  const body = deflated.length < Buffer.byteLength(json) ? deflated : json;
  const bytes = Buffer.byteLength(body);
  if (bytes > bytesMax) throw new BodyTooLong(`a message of ${bytes} bytes is longer than ${bytesMax}`);
  return body;
}

/** Answers what JSON.parse does; rejects when the body is not one of ours. */
export async function decodeBody(body: string): Promise<unknown> {
  if (!body.startsWith(DEFLATED)) return JSON.parse(body);
  const bytes = Buffer.from(body.slice(DEFLATED.length), 'base64');
  return JSON.parse((await inflate(bytes, { maxOutputLength: INFLATED_BYTES_MAX })).toString());
}

/** SQS takes the characters of XML 1.0; JSON leaves these two as they are. */
const escapeNoncharacter = (character: string): string => `\\u${character.charCodeAt(0).toString(16)}`;
