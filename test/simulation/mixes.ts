import type { Dice } from '../dice';
import type { Faults } from './faults';

/** A world that is made for one thing to go wrong: a few faults often, no others, and executions that suffer from them. */
export interface Mix {
  faults: readonly (keyof Faults)[];
  /** Only at such crash points, and there very often. What has no place happens as ever. */
  at?: readonly string[];
  /** Names of the state machines that are started. */
  machines: readonly string[];
  /** As many processes and workers as there may be. */
  isCrowded?: true;
  /** A state machine is deleted right behind a start. */
  isDeleted?: true;
  /** Executions are stopped, and redriven. */
  isRedriven?: true;
  /** The auditor looks at what is open: without it nobody makes up for messages that are lost. */
  isAudited?: true;
  /** Nobody moves timers for long, and then for a moment at a time. */
  isMovedLate?: true;
  /** Things go wrong for hours, instead of minutes. */
  isLong?: true;
}

const MIXES: readonly Mix[] = [
  // A result lands while the one who took the place of its dead writer runs the function again.
  { faults: ['append outlives its writer', 'function takes long'], machines: ['order'] },
  { faults: ['append outlives its writer', 'slow append', 'dies before'], machines: ['order', 'approval', 'fan-out'] },
  // Iterations that are started by whoever ends another, in turns that are lost or made twice.
  { faults: ['append outlives its writer', 'dies before', 'dies after'], machines: ['for-each', 'each-race', 'query'] },
  // A poll takes a task, and nothing more; its alarm is all that would tell that the worker is gone.
  { faults: ['dies after', 'dies before', 'worker dies'], machines: ['approval'] },
  // A poll goes on when its lease is over, and its worker waits still.
  { faults: ['stalls'], machines: ['approval', 'fan-out', 'query'], isCrowded: true },
  // A nested execution starts, ends or is given up while whoever is to tell of it dies.
  { faults: ['dies before', 'dies after', 'dies during'], machines: ['parent', 'abandons'] },
  { faults: ['append outlives its writer', 'slow', 'stalls'], machines: ['abandons', 'parent', 'callback'] },
  // A child of a map run starts, ends or is given up while whoever is to tell of it dies.
  { faults: ['dies before', 'dies after', 'dies during'], machines: ['each-apart', 'each-apart-race'] },
  { faults: ['append outlives its writer', 'slow', 'stalls'], machines: ['each-apart-race', 'each-apart'] },
  { faults: ['dies after', 'dies before', 'refuses'], machines: ['each-apart', 'each-apart-race'], isRedriven: true },
  // An index that lags does not show a start yet.
  { faults: [], machines: ['sleeper'], isDeleted: true },
  { faults: ['dies before', 'dies after', 'refuses'], machines: ['sleeper'], isDeleted: true },
  { faults: ['message doubled', 'message comes again after its deletion'], machines: ['sleeper'], isDeleted: true },
  // Heads are closed and opened, and closed again, by writes that land late.
  {
    faults: ['append outlives its writer', 'slow append', 'dies before'],
    machines: ['approval', 'for-each'],
    isRedriven: true,
  },
  { faults: ['dies after', 'dies before', 'refuses'], machines: ['fan-out', 'sleeper', 'each-race'], isRedriven: true },
  // Timers are late, and are not all moved at once.
  { faults: [], machines: ['nap'], isMovedLate: true },
];
const MIXED = 0.4;

const DIES = ['dies before', 'dies during', 'dies after'] as const;

/** Deaths at calls that are seldom made: at each of them alone, or whoever makes it would not come so far. */
const RARE: readonly Mix[] = [
  { faults: DIES, at: ['timers.remove', 'sendDue', 'moveCursor'], machines: ['nap'], isMovedLate: true, isLong: true },
  { faults: DIES, at: ['notes.', 'openByStart'], machines: ['nap', 'approval'], isAudited: true, isLong: true },
  { faults: DIES, at: ['updateMachine', 'removeMachine'], machines: ['sleeper'], isDeleted: true },
  { faults: DIES, at: ['reopen'], machines: ['sleeper', 'order'], isRedriven: true },
  { faults: DIES, at: ['journal.range'], machines: ['each-long', 'random'] },
  { faults: [...DIES, 'function takes long'], at: ['extend', 'services.call'], machines: ['order', 'callback'] },
];
/** One seed of so many is for those. */
const RARE_EVERY = 20;

export const rareMix = (seed: number): Mix | undefined =>
  seed % RARE_EVERY === 0 ? RARE[(seed / RARE_EVERY) % RARE.length] : undefined;

/** The mix of some worlds; undefined for the others. */
export const drawMix = (dice: Dice): Mix | undefined => (dice.next() < MIXED ? dice.pick(MIXES) : undefined);
