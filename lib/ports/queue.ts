import type { StoredCommit } from '../engine/commit/decode';
import type { Slot } from '../engine/snapshot';
import type { RunRef } from './run-ref';

/**
 * A queue of messages. A message that was sent arrives at least once, not before its time, in any order, until its
 * handler asks for its deletion; a handler that fails, or dies, gets it again.
 */
export interface Queue<Message> {
  send(message: Message, options?: { notBeforeMs?: number }): Promise<void>;
}

/** Turns of executions. `from`: this message covers every effect that a commit at or after that slot asked for. */
export type AdvanceMessage =
  | { type: 'advance'; run: RunRef; from: Slot }
  | { type: 'wake'; run: RunRef; from: Slot }
  | {
      type: 'result';
      run: RunRef;
      from: Slot;
      taskEventId: number;
      claim: string;
      result: TaskResult;
    }
  /** See whether the execution that the task started has ended. */
  | { type: 'look'; run: RunRef; from: Slot; taskEventId: number }
  | { type: 'delete-machine'; machineName: string; machineId: string; emptyLooks: number };

export type TaskResult =
  | { output: string }
  /** The service has answered that, and the task waits on; `child`: for the end of that execution. */
  | { submitted: string; child?: RunRef }
  | { error: string | undefined; cause: string | undefined };

/** A Lambda function to be invoked, a service to be called. `claim`: no other message may run this task once it was started under it. */
export interface TaskMessage {
  run: RunRef;
  from: Slot;
  taskEventId: number;
  claim: string;
  /** The newest commit when it was sent, if that is short and holds all frames: its worker need not read it. */
  commit?: StoredCommit | undefined;
}

export interface Delivery<Message> {
  message: Message;
  /** 1 for the first. */
  receiveCount: number;
  /** Until then nobody else gets the message. */
  leaseUntilMs: number;
  /** From then on the worker takes up nothing more under this message: it ends itself. Undefined: it does not. */
  beginsUntilMs?: number | undefined;
  /** Moves `leaseUntilMs` on. */
  extend(): Promise<void>;
}

/** What the handler wants of its message. A rejection means: again later. */
export type Disposition = 'delete' | { againAfterMs: number };
export type Handler<Message> = (delivery: Delivery<Message>) => Promise<Disposition>;
