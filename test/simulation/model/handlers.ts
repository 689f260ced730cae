import { type Handler, isRunning, type Message, type State, type Write } from './state';
import { fault, type Keeps, land, type Step, TRIES_MAX } from './step';

type Request = 'start' | 'stop';

/** What the handler of a start or a stop may do: it promises a slot, tries it, and promises the next one if it loses. */
export function handlerSteps(state: State, keeps: Keeps, request: Request): Step[] {
  const handler = state[request];
  if (handler === 'gone') return [];
  if (handler === 'not asked') {
    if (request === 'start') return [tryWrite(state, keeps, request, 'head', 1)];
    return isRunning(state) ? [{ ...tryWrite(state, keeps, request, state.log.length, 1), isChance: true }] : [];
  }
  const gone: State = { ...state, [request]: 'gone' };
  if (handler.doing === 'promise afterwards') {
    const next = { ...gone, queue: [...state.queue, promiseOf(handler.slot)] };
    return [
      { what: `the ${request}'s handler sends its promise`, next, isChance: false },
      ...fault(state, `the ${request}'s handler dies`, gone),
    ];
  }
  const write: Write = { slot: handler.slot, commit: request };
  return [
    landOwn(state, keeps, request, handler),
    ...fault(state, `the ${request}'s handler dies before it writes`, gone),
    ...fault(state, `the ${request}'s handler dies while it writes`, { ...gone, late: [...state.late, write] }),
  ];
}

const promiseOf = (slot: Handler['slot']): Message => ({
  type: 'promise',
  from: slot === 'head' ? 0 : slot,
  claim: 0,
  isAgain: false,
  isDoubled: false,
});

/** Reads which slot is next, promises it, and sends the write. */
function tryWrite(state: State, keeps: Keeps, request: Request, slot: Handler['slot'], tries: number): Step {
  const isPromised = keeps(request === 'start' ? 'startIsPromised' : 'stopIsPromised');
  const isPromising = isPromised && (tries === 1 || keeps('loserPromisesAnew'));
  const queue = isPromising ? [...state.queue, promiseOf(slot)] : state.queue;
  const handler: Handler = { doing: 'write', slot, tries };
  const where = slot === 'head' ? 'the head' : `slot ${slot}`;
  const what = `the ${request}'s handler ${isPromising ? 'promises and ' : ''}tries ${where}`;
  return { what, next: { ...state, queue, [request]: handler }, isChance: false };
}

function landOwn(state: State, keeps: Keeps, request: Request, handler: Handler): Step {
  const { landed, isWon, how, breach } = land(state, keeps, { slot: handler.slot, commit: request });
  const isPromised = keeps(request === 'start' ? 'startIsPromised' : 'stopIsPromised');
  if (isWon && !isPromised) {
    const next: State = { ...landed, [request]: { ...handler, doing: 'promise afterwards' } };
    return { what: how, next, isChance: false, breach };
  }
  // The client of a start that is refused asks again, for another run.
  if (isWon || request === 'start' || !isRunning(landed) || handler.tries === TRIES_MAX) {
    return { what: how, next: { ...landed, [request]: 'gone' }, isChance: false, breach };
  }
  const again = tryWrite(landed, keeps, request, landed.log.length, handler.tries + 1);
  return { ...again, what: `${how}; ${again.what}` };
}
