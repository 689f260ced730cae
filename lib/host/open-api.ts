import { type Answered, type Api, createApi, type Elsewhere } from '../api/protocol';
import { createVerifier } from '../api/sigv4';
import type { AccessKeys } from '../ports/access-keys';
import type { Runtime } from '../runtime';
import { errorFields, type Log } from './log';
import { systemClock } from './system';

export interface Door {
  region: string;
  /** Signatures are verified against these; undefined to accept any. */
  keys: AccessKeys | undefined;
  log: Log;
  /** Actions that are done elsewhere, in this process's place. */
  elsewhere?: Elsewhere | undefined;
  onAnswer?: (answer: Answered) => void;
}

/** The API of a runtime, as every home has it. */
export function openApi(runtime: Runtime, { region, keys, log, elsewhere, onAnswer }: Door): Api {
  return createApi(runtime, {
    verifier: keys && createVerifier({ region, keys, nowMs: systemClock.nowMs }),
    onFault: (error, request) => log.error('a request failed', { ...request, ...errorFields(error) }),
    elsewhere,
    ...(onAnswer && { onAnswer }),
  });
}
