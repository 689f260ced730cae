import type { Rule } from './rules';
import type { Commit, State, Write } from './state';

/** A handler gives up when it has lost so many slots. */
export const TRIES_MAX = 2;

/** Whether this world keeps to a rule. */
export type Keeps = (rule: Rule) => boolean;

export interface Step {
  what: string;
  next: State;
  /** It may happen or not: no end may depend on it. */
  isChance: boolean;
  /** What must never happen, and does. */
  breach?: string | undefined;
}

/** What goes wrong, as long as anything may. */
export const fault = (state: State, what: string, next: State): Step[] =>
  state.faults === 0 ? [] : [{ what, next: { ...next, faults: state.faults - 1 }, isChance: true }];

interface Landing {
  landed: State;
  isWon: boolean;
  how: string;
  breach?: string;
}

/** A conditional write is judged at one moment: where it lands. */
export function land(state: State, keeps: Keeps, { slot, commit }: Write): Landing {
  if (slot === 'head') {
    const isWon = state.head === 'absent' || (state.head === 'fenced' && !keeps('startMeetsFence'));
    return { landed: isWon ? { ...state, head: 'open' } : state, isWon, how: `head ${isWon ? 'written' : 'refused'}` };
  }
  const isEmpty = slot === state.log.length;
  if (!isEmpty && keeps('appendIsConditional'))
    return { landed: state, isWon: false, how: `"${commit}" loses slot ${slot}` };
  const log = [...state.log.slice(0, slot), commit as Commit, ...state.log.slice(slot + 1)];
  const won = { landed: { ...state, log }, isWon: true, how: `"${commit}" is written at slot ${slot}` };
  return isEmpty ? won : { ...won, breach: `slot ${slot} is won by "${state.log[slot]}" and by "${commit}"` };
}
