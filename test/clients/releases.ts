import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../contract/eventually';
import type { Refusal } from './seen';

/** A call of the part of the journey that is the same for every client, word for word: releases.json. */
interface Step {
  action: string;
  input: Record<string, unknown>;
  refused?: true;
  /** Called again until that member of the answer has that value. */
  until?: [member: string, value: string];
}

const STEPS = JSON.parse(readFileSync(join(__dirname, 'releases.json'), 'utf8')) as Step[];

interface Client {
  call(action: string, input: Record<string, unknown>): Promise<unknown>;
  refusal(action: string, input: Record<string, unknown>): Promise<Refusal>;
}

/** Revisions, versions and aliases of a state machine, and executions by them. What each call was answered. */
export async function releases({ call, refusal }: Client): Promise<unknown[]> {
  const seen: unknown[] = [];
  for (const { action, input, refused, until } of STEPS) {
    if (refused) seen.push(await refusal(action, input));
    else if (!until) seen.push(await call(action, input));
    else {
      const [member, value] = until;
      seen.push(
        await eventually(
          () => call(action, input),
          (answer) => (answer as Record<string, unknown>)[member] === value,
        ),
      );
    }
  }
  return seen;
}
