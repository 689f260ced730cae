import {
  type Commit,
  type Effect,
  isRunning,
  type Message,
  outstanding,
  type State,
  type Worker,
  type Write,
} from './state';
import { fault, type Keeps, land, type Step } from './step';

const NAMES = ['worker A', 'worker B'];

/** What the workers may do, and what may befall them. */
export function workerSteps(state: State, keeps: Keeps): Step[] {
  const free = state.workers.indexOf(undefined);
  return [
    ...(free < 0 ? [] : state.queue.map((message) => receive(state, keeps, message, free))),
    ...state.workers.flatMap((worker, index) => {
      if (!worker) return [];
      const work = new Work(state, keeps, worker, index);
      return [work.next(), ...work.mishaps()];
    }),
  ];
}

function receive(state: State, keeps: Keeps, message: Message, index: number): Step {
  const { type, isAgain, from } = message;
  const worker: Worker = {
    doing: 'turn',
    message,
    effect: undefined,
    hasTask: false,
    hasCalled: false,
    isRetrying: false,
    isLeased: true,
    isDeleted: false,
  };
  const queue = state.queue.filter((other) => other !== message);
  const work = new Work({ ...state, queue }, keeps, worker, index);
  const isFenced = isAgain && keeps(type === 'promise' ? 'turnIsFenced' : 'taskIsFenced');
  const name = type === 'promise' ? `the promise from slot ${from}` : 'the task';
  const then = isFenced && isRunning(state) ? work.write('fence') : work.turn();
  return { ...then, what: `${NAMES[index]} gets ${name}${isAgain ? ' again' : ''}; ${then.what}` };
}

/** What one worker does with its message: fence, turn, dispatch, call, record, dispatch, delete. */
class Work {
  constructor(
    private readonly state: State,
    private readonly keeps: Keeps,
    private readonly worker: Worker,
    private readonly index: number,
  ) {}

  next(): Step {
    const step = this.go();
    return { ...step, what: `${NAMES[this.index]}: ${step.what}` };
  }

  private go(): Step {
    const { worker } = this;
    switch (worker.doing) {
      case 'turn':
        return this.turn();
      case 'call':
        return this.call();
      case 'dispatch':
        return this.dispatch(worker.effect!);
      case 'delete':
        return this.delete('has done all');
      default:
        return this.land(worker.doing);
    }
  }

  /** Tries the next slot, as far as it knows. */
  write(commit: Commit): Step {
    const write: Write = { slot: this.state.log.length, commit };
    return this.step(`tries slot ${write.slot} with "${commit}"`, { doing: write });
  }

  /** Brings the execution on, if there is anything to do; else sees to what is outstanding. */
  turn(): Step {
    const { state, worker } = this;
    const { type, claim, from, isAgain } = worker.message;
    const effect = outstanding(state);
    if (type === 'promise') {
      if (state.head === 'absent' || state.head === 'fenced') return this.turnWithoutHead();
      if (effect?.type === 'first turn') return this.write('first turn');
      const isMissing = from > 0 && from >= state.log.length;
      return isMissing && !isAgain
        ? this.comeAgain(`finds slot ${from} empty`)
        : this.discharge('finds nothing to append', false);
    }
    if (effect?.type !== 'run task') return this.discharge('finds the task ended', false);
    if (effect.claim === undefined) return this.write(`taken under ${claim}`);
    const isMine = effect.claim === claim;
    const hasTask = isMine ? this.keeps('claimIsKept') : !this.keeps('taskIsClaimed');
    return this.but({ hasTask }).discharge(
      `finds the task claimed by ${isMine ? 'its own' : 'another'} message`,
      false,
    );
  }

  /** It dies; it stalls until its lease is over; it hears nothing of a result that it writes, and tries again. */
  mishaps(): Step[] {
    const { state, worker, index } = this;
    const { message, doing, hasCalled } = worker;
    const isBack = worker.isLeased && !worker.isDeleted;
    const queue = isBack ? [...state.queue, { ...message, isAgain: true }] : state.queue;
    // Whoever calls the function next has a reason to.
    const left: State = { ...state, queue, calls: hasCalled ? 0 : state.calls };
    const write = typeof doing === 'object' ? doing : undefined;
    const late = write ? [...state.late, write] : state.late;
    const isHeedless = !this.keeps(doing === 'call' ? 'leaseCoversCalls' : 'leaseCoversWrites');
    const name = NAMES[index];
    return [
      // One whose lease is over does nothing more: as if it had died.
      ...fault(state, `${name} dies, or loses its lease`, put(left, index, undefined)),
      ...(write ? fault(state, `${name} dies while it writes`, put({ ...left, late }, index, undefined)) : []),
      ...(isBack && isHeedless
        ? fault(state, `${name} loses its lease`, put(left, index, { ...worker, isLeased: false, hasCalled: false }))
        : []),
      ...(write?.commit === 'result'
        ? fault(
            state,
            `${name} hears nothing`,
            new Work({ ...state, late }, this.keeps, { ...worker, isRetrying: true }, index).record().next,
          )
        : []),
    ];
  }

  /** The one condition decides; who loses reads again at once. */
  private land(write: Write): Step {
    const { landed, isWon, how, breach } = land(this.state, this.keeps, write);
    const { commit } = write;
    const then = isWon ? this.but({}, landed).won(commit, how) : this.but({}, landed).lost(commit, how);
    return { ...then, breach: then.breach ?? breach };
  }

  private won(commit: Write['commit'], how: string): Step {
    if (commit === 'fence') return this.step(how, { doing: 'turn' });
    if (commit === 'first turn' || commit === 'result') return this.discharge(how, true);
    return this.but({ hasTask: true }).discharge(how, false);
  }

  private lost(commit: Write['commit'], how: string): Step {
    const isFencing = commit === 'fence' && isRunning(this.state);
    const again = isFencing ? this.write(commit) : commit === 'result' ? this.record() : this.turn();
    return { ...again, what: `${how}; ${again.what}` };
  }

  private turnWithoutHead(): Step {
    const { state } = this;
    if (!this.worker.message.isAgain) return this.comeAgain('finds no head');
    const head = this.keeps('startIsFenced') ? 'fenced' : state.head;
    return this.but({}, { ...state, head }).delete('finds no head, and fences it');
  }

  private comeAgain(what: string): Step {
    const { state, worker } = this;
    if (!this.keeps('promiseWaits')) return this.delete(what);
    const queue = worker.isLeased ? [...state.queue, { ...worker.message, isAgain: true }] : state.queue;
    return this.step(`${what}, gives the promise back`, 'done', { ...state, queue });
  }

  /** Sees to what is outstanding. `isOwn`: its own append has asked for that. */
  private discharge(what: string, isOwn: boolean): Step {
    const { state, worker } = this;
    const { type, from, isAgain } = worker.message;
    const isAll =
      (type === 'promise' && !isAgain && this.keeps('promiseDispatchesAll')) ||
      (isAgain && !worker.hasCalled && this.keeps('repeatDispatchesAll')) ||
      (worker.isRetrying && this.keeps('retryDispatchesAll'));
    const seen = outstanding(state);
    const isDue = seen && seen.claim === undefined && (isOwn || (isAll && seen.since >= from));
    const effect = isDue ? seen : undefined;
    if (effect && !this.keeps('dispatchBeforeDelete')) return this.step(what, { doing: 'delete', effect });
    if (effect) return this.step(what, { doing: 'dispatch', effect });
    return this.isToCall ? this.step(what, { doing: 'call' }) : this.delete(what);
  }

  private get isToCall(): boolean {
    return this.worker.hasTask && !this.worker.hasCalled;
  }

  private dispatch({ type, since }: Effect): Step {
    const { state, worker } = this;
    // Where nothing goes wrong any more, nobody can tell when it deletes.
    const isOver = worker.isDeleted || (!this.isToCall && state.faults === 0);
    const doing = this.isToCall ? 'call' : 'delete';
    const after = isOver ? 'done' : ({ doing, effect: undefined } as const);
    if (type === 'close') return this.step('closes the head', after, { ...state, head: 'closed' });
    const claim = state.claims + 1;
    const message: Message = { type: 'task', from: since, claim, isAgain: false, isDoubled: false };
    const queue = [...state.queue, message];
    return this.step(`sends the task, under claim ${claim}`, after, { ...state, queue, claims: claim });
  }

  private call(): Step {
    const { state, worker } = this;
    if (!worker.isLeased && this.keeps('leaseCoversCalls')) return this.step('finds its lease over', 'done');
    const isOne = worker.isLeased && !worker.message.isDoubled;
    const breach = state.calls > 0 && !worker.message.isDoubled ? 'the function is called twice' : undefined;
    const then = this.but({ hasCalled: true }, { ...state, calls: state.calls + (isOne ? 1 : 0) }).record();
    return { ...then, what: `calls the function; ${then.what}`, breach };
  }

  private record(): Step {
    const { worker } = this;
    if (!worker.isLeased && this.keeps('leaseCoversWrites')) return this.step('finds its lease over', 'done');
    return isRunning(this.state) ? this.write('result') : this.discharge('finds the task ended', false);
  }

  private delete(what: string): Step {
    if (this.worker.effect) return this.step('deletes its message', { doing: 'dispatch', isDeleted: true });
    return this.step(`${what}, deletes its message`, 'done');
  }

  private step(what: string, change: Partial<Worker> | 'done', state = this.state): Step {
    const worker = change === 'done' ? undefined : { ...this.worker, ...change };
    return { what, next: put(state, this.index, worker), isChance: false };
  }

  private but(change: Partial<Worker>, state = this.state): Work {
    return new Work(state, this.keeps, { ...this.worker, ...change }, this.index);
  }
}

const put = (state: State, index: number, worker: Worker | undefined): State => ({
  ...state,
  workers: state.workers.map((other, at) => (at === index ? worker : other)),
});
