import type { Attack } from './attack';
import { actionRequest } from './connections';
import { goodSignatures } from './signatures';
import { Offence, type Target } from './target';

/** Attacks of one sort. */
export interface Family {
  name: string;
  /** How much of all requests, relative to the others. */
  share: number;
  /** Whether it goes to the server that checks signatures. */
  isSigned: boolean;
  attack: Attack<unknown>;
  /** After all attacks a good request is served. Throws Offence. */
  serves(target: Target): Promise<void>;
}

/** A good request, for the server that checks signatures and for the one that does not. */
async function servesUnsigned(target: Target): Promise<void> {
  const { status, body } = await target.send(actionRequest('ListActivities', {}));
  if (status !== 200) throw new Offence('a good request is refused', body.slice(0, 300));
}
const servesSigned = (target: Target): Promise<void> => goodSignatures.run(target, false);

export const family = <T>(name: string, share: number, attack: Attack<T>, { isSigned = false } = {}): Family => ({
  name,
  share,
  isSigned,
  attack: attack as Attack<unknown>,
  serves: isSigned ? servesSigned : servesUnsigned,
});
