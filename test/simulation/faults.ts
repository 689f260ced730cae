import type { Dice } from '../dice';
import type { Mix } from './mixes';

/**
 * What may go wrong, and how often, in [0, 1) for each occasion. A seed switches some of them off and others up
 * ("swarm testing"): a world in which everything always fails goes nowhere, and hides what only a few bring about.
 */
export interface Faults {
  /** A process dies before it makes a call, while the call is under way, or once it has landed: without an answer. */
  'dies before': number;
  'dies during': number;
  'dies after': number;
  /** A process does nothing for a while, and then goes on as if nothing had been. */
  stalls: number;
  /** The store (a queue) throttles: nothing is done. */
  refuses: number;
  /** It was done, and the caller is told that it was not. */
  'answer lost': number;
  /** The caller gives up; the request lands long after. */
  slow: number;
  /** The same for what is conditional on a slot or a name: a late one must not land behind everybody's back. */
  'slow append': number;
  /** Its process dies with it under way, and it lands long after. */
  'append outlives its writer': number;
  'message doubled': number;
  'message late': number;
  'message comes again after its deletion': number;
  /** Acknowledged and gone. Only in worlds with an auditor. */
  'message lost': number;
  /** Its lease has run out too often: it goes to the dead letters. Only in worlds with an auditor. */
  'message given up': number;
  /** The answer of the API does not reach its client. */
  'answer to client lost': number;
  /** It does not ask again after a request that nobody answered: whatever became of that has to be seen through. */
  'client gives up': number;
  'function takes long': number;
  'worker dies': number;
  'worker is late': number;
}

const OFTEN: Faults = {
  'dies before': 0.006,
  'dies during': 0.006,
  'dies after': 0.008,
  stalls: 0.006,
  refuses: 0.03,
  'answer lost': 0.03,
  slow: 0.015,
  'slow append': 0.06,
  'append outlives its writer': 0.01,
  'message doubled': 0.08,
  'message late': 0.08,
  'message comes again after its deletion': 0.05,
  'message lost': 0.05,
  'message given up': 0.2,
  'answer to client lost': 0.1,
  'client gives up': 0.4,
  'function takes long': 0.1,
  'worker dies': 0.1,
  'worker is late': 0.15,
};

const LOSING: readonly (keyof Faults)[] = ['message lost', 'message given up'];

/** Of what happens where little else does. */
const OFTEN_FACTOR = 5;
/** Of what happens at a few places only; not always, though. */
const THERE_FACTOR = 30;
const RATE_MAX = 0.3;

const scaled = (scale: (fault: keyof Faults) => number): Faults =>
  Object.fromEntries(
    Object.entries(OFTEN).map(([fault, rate]) => [
      fault,
      Math.min(rate * scale(fault as keyof Faults), Math.max(rate * OFTEN_FACTOR, RATE_MAX)),
    ]),
  ) as unknown as Faults;

export const NO_FAULTS = scaled(() => 0);

/** Most worlds have a bit of many; some have two or three only, and those often, so that nothing else makes up for them. */
export function drawFaults(dice: Dice, isLosing: boolean, mix: Mix | undefined): Faults {
  const factor = mix?.at ? THERE_FACTOR : OFTEN_FACTOR;
  if (mix) return scaled((fault) => (mix.faults.includes(fault) ? factor : 0));
  const chosen = Array.from({ length: dice.between(2, 3) }, () => dice.pick(Object.keys(OFTEN)));
  const isFew = dice.next() < 0.4;
  return scaled((fault) => {
    if (LOSING.includes(fault) && !isLosing) return 0;
    if (isFew) return chosen.includes(fault) ? OFTEN_FACTOR : 0;
    return dice.pick([0, 0.1, 0.4, 1, 2]);
  });
}
