import { handlerSteps } from './handlers';
import type { Message, State, Write } from './state';
import { fault, type Keeps, land, type Step, TRIES_MAX } from './step';
import { workerSteps } from './workers';

/**
 * Everything that can happen next. What somebody does between two moments that others can notice is one step; the time
 * that it takes is the time that its write is under way.
 */
export const stepsFrom = (state: State, keeps: Keeps): Step[] =>
  allSteps(state, keeps).map((step) => ({ ...step, next: withoutLost(step.next, keeps) }));

const allSteps = (state: State, keeps: Keeps): Step[] => [
  ...handlerSteps(state, keeps, 'start'),
  ...handlerSteps(state, keeps, 'stop'),
  ...workerSteps(state, keeps),
  ...state.late.map((write) => landLate(state, keeps, write)),
  ...state.queue.flatMap((message) => queueMishaps(state, message)),
];

/** A write that will be refused whenever it lands need not be waited for, unless somebody does. */
function withoutLost(state: State, keeps: Keeps): State {
  const isLost = ({ slot }: Pick<Write, 'slot'>) =>
    slot === 'head'
      ? state.head !== 'absent' && keeps('startMeetsFence')
      : slot < state.log.length && keeps('appendIsConditional');
  const { late, stop } = state;
  const hasGivenUp = typeof stop === 'object' && stop.doing === 'write' && stop.tries === TRIES_MAX && isLost(stop);
  return { ...state, late: late.filter((write) => !isLost(write)), stop: hasGivenUp ? 'gone' : stop };
}

function landLate(state: State, keeps: Keeps, write: Write): Step {
  const { landed, how, breach } = land(state, keeps, write);
  const late = state.late.filter((other) => other !== write);
  return { what: `late: ${how}`, next: { ...landed, late }, isChance: false, breach };
}

/**
 * A queue gives a message to two at once, or again after it was deleted: as if there were two of it. And whoever gets one
 * may die before doing anything.
 */
function queueMishaps(state: State, message: Message): Step[] {
  const others = state.queue.filter((other) => other !== message);
  const twin = { ...message, isDoubled: true };
  const again = { ...message, isAgain: true };
  const { type, isDoubled, isAgain } = message;
  return [
    ...(isDoubled ? [] : fault(state, `the queue doubles the ${type}`, { ...state, queue: [...others, twin, twin] })),
    ...(isAgain ? [] : fault(state, `who gets the ${type} dies at once`, { ...state, queue: [...others, again] })),
  ];
}
