import { seededRandom } from '../java-random';
import { JsonSyntaxError, parseInPieces, parseJson } from '../json';
import { PIECE_CHARACTERS, PIECE_ITEMS, withPauses } from '../pieces';
import type { HashAlgorithm } from '../template/outside';
import { uuidFrom } from '../uuid';
import { evaluationOf } from './evaluation';
import type { Focus, Implementation } from './library';

/**
 * What Step Functions adds to JSONata (page "Transforming data with JSONata"; what they do with odd arguments and the
 * texts of errors: reported of AWS). There is no $eval. Dice come from the world, so that nothing is thrown twice.
 */
export const STEP_FUNCTIONS: Readonly<Record<string, [signature: string, Implementation]>> = {
  partition: ['<x?n?:a>', partition],
  range: ['<n?n?n?:x>', range],
  hash: ['<s?s?:s>', hash],
  random: ['<n?:n>', random],
  uuid: ['<:s>', uuid],
  parse: ['<s?:x>', parse],
};

const ALGORITHMS = ['SHA-1', 'SHA-384', 'SHA-256', 'SHA-512', 'MD5'];
const ITEM_STEPS = 2;
const CHARACTERS_PER_STEP = 2;

/** Errors as the library throws them. */
const failure = (message: string) => ({ code: 'D3137', message });
const misfit = (token: string, index: number) => ({ code: 'T0410', token, index });

async function partition(this: Focus, array?: unknown, chunkSize?: number): Promise<unknown> {
  if (array === undefined) return undefined;
  if (!Array.isArray(array)) throw { code: 'T0412', token: 'partition', index: 1, type: undefined };
  if (array.length === 0) return undefined;
  if (chunkSize === undefined) return [array];
  const size = Math.trunc(chunkSize);
  if (size < 0) throw failure('Second argument must be zero or greater');
  if (size === 0) return undefined;
  const evaluation = evaluationOf(this.environment);
  evaluation.spend(array.length * ITEM_STEPS);
  const chunks: unknown[] = [];
  for (let at = 0; at < array.length; at += size) {
    chunks.push(array.slice(at, at + size));
    if (chunks.length % PIECE_ITEMS === 0) await evaluation.surroundings.giveWay();
  }
  return chunks;
}

/** The last number is in it where the steps meet it; a single one is no list. */
function range(this: Focus, first?: number, last?: number, delta?: number): unknown {
  if (first === undefined) throw misfit('range', 1);
  if (last === undefined) throw misfit('range', 2);
  const [from, to, step] = [Math.trunc(first), Math.trunc(last), Math.trunc(delta ?? 0)];
  if (step === 0 || (to - from) * step < 0) return undefined;
  const length = Math.floor((to - from) / step) + 1;
  if (length === 1) return from;
  const evaluation = evaluationOf(this.environment);
  evaluation.reserve(length);
  evaluation.spend(length * ITEM_STEPS);
  return Array.from({ length }, (_, index) => from + index * step);
}

function hash(this: Focus, text?: string, algorithm?: string): unknown {
  if (text === undefined) throw misfit('hash', 1);
  if (algorithm === undefined) return undefined;
  if (!ALGORITHMS.includes(algorithm)) {
    throw failure(`Hash algorithm '${algorithm}' must be one of ${ALGORITHMS.join(', ')}`);
  }
  const evaluation = evaluationOf(this.environment);
  evaluation.spend(text.length);
  return evaluation.surroundings.hash(algorithm as HashAlgorithm, text);
}

/** The same seed gives the same number. */
function random(this: Focus, seed?: number): number {
  if (seed !== undefined) return seededRandom(Math.trunc(seed));
  return evaluationOf(this.environment).surroundings.random();
}

function uuid(this: Focus): string {
  return uuidFrom(evaluationOf(this.environment).surroundings.random);
}

async function parse(this: Focus, text?: string): Promise<unknown> {
  if (text === undefined) return undefined;
  const evaluation = evaluationOf(this.environment);
  evaluation.spend(text.length / CHARACTERS_PER_STEP);
  try {
    const { giveWay } = evaluation.surroundings;
    const isLong = text.length > PIECE_CHARACTERS;
    const { value } = isLong ? await withPauses(parseInPieces(text), giveWay) : parseJson(text, undefined, false);
    const preparing = evaluation.prepare(value);
    if (preparing) await preparing;
    return evaluation.plain(value);
  } catch (error) {
    if (error instanceof JsonSyntaxError) throw failure('Invalid JSON');
    throw error;
  }
}
