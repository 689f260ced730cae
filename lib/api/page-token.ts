import { createHash } from 'node:crypto';
import type { Runtime } from '../runtime';
import { ApiError } from './errors';

const LIFE_MS = 24 * 3600 * 1000;
const PAGE_DEFAULT = 100;

/** How many items a page holds: 0 and absent mean the default. */
export const pageSize = (maxResults: number | undefined): number => maxResults || PAGE_DEFAULT;

/** A token that continues a list: sealed, bound to the action and its other arguments, good for a day. */
export function pageToken(runtime: Runtime, action: string, bound: unknown, position: unknown): string {
  const issuedMs = runtime.ports.clock.nowMs();
  return runtime.seal.seal(`P${JSON.stringify([digest(action, bound), issuedMs, position])}`);
}

/** The position in a token; undefined without a token. Throws InvalidToken for any that this list did not give. */
export function pagePosition<T>(
  runtime: Runtime,
  action: string,
  bound: unknown,
  token: string | undefined,
): T | undefined {
  if (token === undefined) return undefined;
  const content = runtime.seal.open(token);
  if (!content?.startsWith('P')) throw new ApiError('InvalidToken');
  const [madeFor, issuedMs, position] = JSON.parse(content.slice(1)) as [string, number, T];
  const isAged = issuedMs < runtime.ports.clock.nowMs() - LIFE_MS;
  if (madeFor !== digest(action, bound) || isAged) throw new ApiError('InvalidToken');
  return position;
}

const digest = (action: string, bound: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify([action, bound]))
    .digest('base64url')
    .slice(0, 16);
