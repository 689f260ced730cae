/**
 * The world of the model: one execution that starts, runs one function and ends, or is stopped before; its log; the
 * messages about it; two workers, and the handlers of a start and of a stop. All of it is data that is never changed.
 */
export interface State {
  head: 'absent' | 'fenced' | 'open' | 'closed';
  /** The commits, each at its slot. */
  log: readonly Commit[];
  queue: readonly Message[];
  workers: readonly (Worker | undefined)[];
  start: Handler | 'not asked' | 'gone';
  stop: Handler | 'not asked' | 'gone';
  /** Writes that are under way still, though whoever made them is dead or has given up. */
  late: readonly Write[];
  /** Calls of the function whose worker neither died nor lost its lease. */
  calls: number;
  /** How many messages of the task were sent, each with a claim of its own. */
  claims: number;
  /** How much may go wrong yet. */
  faults: number;
}

/** What a commit says. The first turn asks for the function to be called, an end for the head to be closed. */
export type Commit = 'first turn' | 'fence' | `taken under ${number}` | 'result' | 'stop';

/** Under way to the store. */
export interface Write {
  slot: number | 'head';
  commit: Commit | 'start';
}

export interface Message {
  type: 'promise' | 'task';
  from: number;
  /** Of a task's message. */
  claim: number;
  isAgain: boolean;
  isDoubled: boolean;
}

/** A request of the API in hand. */
export interface Handler {
  doing: 'write' | 'promise afterwards';
  slot: number | 'head';
  tries: number;
}

/** A message in hand. */
export interface Worker {
  doing: Write | 'turn' | 'call' | 'dispatch' | 'delete';
  message: Message;
  /** To be dispatched, as it was seen. */
  effect: Effect | undefined;
  /** The task is this message's to run. */
  hasTask: boolean;
  hasCalled: boolean;
  /** It heard nothing of an earlier write of the result, and tries again. */
  isRetrying: boolean;
  isLeased: boolean;
  isDeleted: boolean;
}

/** What is to be done since the commit at that slot. */
export interface Effect {
  type: 'first turn' | 'run task' | 'close';
  since: number;
  /** Of the message that has the task already. */
  claim: number | undefined;
}

export const beginning = (faults: number): State => ({
  head: 'absent',
  log: [],
  queue: [],
  workers: [undefined, undefined],
  start: 'not asked',
  stop: 'not asked',
  late: [],
  calls: 0,
  claims: 0,
  faults,
});

const endOf = (log: readonly Commit[]): number => log.findIndex((commit) => commit === 'result' || commit === 'stop');

/** Whether commits can still come. */
export const isRunning = ({ head, log }: State): boolean => head === 'open' && endOf(log) < 0;

/** What the records ask for. */
export function outstanding({ head, log }: State): Effect | undefined {
  if (head !== 'open') return undefined;
  const end = endOf(log);
  if (end >= 0) return { type: 'close', since: end, claim: undefined };
  const first = log.indexOf('first turn');
  if (first < 0) return { type: 'first turn', since: 0, claim: undefined };
  const taken = log.find((commit) => commit.startsWith('taken'));
  return { type: 'run task', since: first, claim: taken && Number(taken.split(' ').at(-1)) };
}

/** Nothing is left to be done, or under way: it has closed, or will never have been started. */
export const hasEnded = ({ head, queue, workers, start, stop, late }: State): boolean =>
  head !== 'open' &&
  queue.length === 0 &&
  late.length === 0 &&
  workers.every((worker) => worker === undefined) &&
  start === 'gone' &&
  typeof stop === 'string';

/**
 * The invariant of the four rules: for whatever is outstanding its own message is there, or one that names its slot or
 * an earlier one. Answers what is not so.
 */
export function breachOf(state: State): string | undefined {
  const effect = outstanding(state);
  if (!effect) return undefined;
  const held = state.workers.flatMap((worker) => (worker?.isLeased && !worker.isDeleted ? [worker.message] : []));
  const isCovered = [...state.queue, ...held].some(({ type, claim, from }) =>
    effect.claim === undefined ? type === 'task' || from <= effect.since : claim === effect.claim,
  );
  return isCovered ? undefined : `no message covers "${effect.type}", outstanding since slot ${effect.since}`;
}

/** Equal for states that differ only in the order of workers, messages or writes. */
export const keyOf = ({ head, log, queue, workers, start, stop, late, calls, claims, faults }: State): string =>
  [head, log, told(queue), told(workers), told([start]), told([stop]), told(late), calls, claims, faults].join('|');

const told = (all: readonly (object | string | undefined)[]): string =>
  all
    .map((one) => (typeof one === 'object' ? textOf(one) : one))
    .sort()
    .join();

/** States share what they do not differ in. */
const texts = new WeakMap<object, string>();

function textOf(one: object): string {
  const text = texts.get(one) ?? JSON.stringify(Object.values(one));
  texts.set(one, text);
  return text;
}
