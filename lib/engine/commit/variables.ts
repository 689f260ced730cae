import type { Payload } from '../payload';
import type { Frame } from '../snapshot';
import type { Transition } from '../transition';
import type { Scope, Variables } from '../variables';
import type { CommitBody, StoredPayload, StoredVariable } from './layout';
import { sizeOfVariable } from './sizes';

/**
 * How variables are written: each for itself when it is assigned, all in commits that hold all frames. A scope goes with
 * its frame, unless that is kept for a redrive.
 */

/** Those of a snapshot, with what is needed to write the next commit. */
export interface HeldVariables extends Variables {
  scopes: Map<number, Map<string, Payload>>;
  /** How large they are when written. */
  storedBytes: number;
}

const none = (): HeldVariables => ({ scopes: new Map(), bytes: 0, count: 0, storedBytes: 0 });

/** What a transition makes of the variables that are held. */
export class VariablesChange {
  /** By so much they are larger when written. */
  grown = 0;
  /** How large those are that were assigned. */
  written = 0;
  private readonly gone = new Set<number>();

  private constructor(
    private readonly held: HeldVariables,
    private readonly assigned: ReadonlyMap<number, Scope>,
    changed: ReadonlyMap<number, Frame | undefined>,
    dormant: readonly Frame[] | undefined,
  ) {
    const asleep = new Set(dormant?.map(({ id }) => id));
    for (const [id, frame] of changed) {
      const scope = frame || asleep.has(id) ? undefined : held.scopes.get(id);
      if (!scope) continue;
      this.gone.add(id);
      for (const [name, value] of scope) this.grown -= sizeOfVariable(name, value);
    }
    for (const [id, scope] of assigned) {
      for (const [name, value] of scope) {
        const before = held.scopes.get(id)?.get(name);
        const size = sizeOfVariable(name, value);
        this.written += size;
        this.grown += size - (before ? sizeOfVariable(name, before) : 0);
      }
    }
  }

  /** Undefined where there are no variables. */
  static of(held: HeldVariables | undefined, { assigned, changed, next }: Transition): VariablesChange | undefined {
    return held || assigned
      ? new VariablesChange(held ?? none(), assigned ?? new Map(), changed, next.dormant)
      : undefined;
  }

  write(isWhole: boolean, store: (value: Payload) => StoredPayload): StoredVariable[] {
    const stored: StoredVariable[] = [];
    const write = (id: number, name: string, value: Payload) => {
      const text = store(value);
      stored.push(typeof text === 'string' ? [id, name, text] : [id, name, text, value.bytes]);
    };
    for (const [id, scope] of this.assigned) for (const [name, value] of scope) write(id, name, value);
    if (!isWhole) return stored;
    for (const [id, scope] of this.held.scopes) {
      if (this.gone.has(id)) continue;
      const assigned = this.assigned.get(id);
      for (const [name, value] of scope) if (!assigned?.has(name)) write(id, name, value);
    }
    return stored;
  }

  /** Changes what is held. */
  accept(): HeldVariables | undefined {
    const { held } = this;
    for (const id of this.gone) forget(held, id);
    for (const [id, scope] of this.assigned) for (const [name, value] of scope) hold(held, id, name, value);
    return held.count > 0 ? held : undefined;
  }
}

/** Reads them back, commit after commit. */
export class VariablesReader {
  private readonly all = none();

  /** How large those are that the commit assigned after those of its base. */
  read(
    { r, d, w }: CommitBody,
    payload: (stored: StoredPayload, bytes: number | undefined) => Payload,
    isDelta: boolean,
  ): number {
    if (r && this.all.count > 0) {
      const asleep = new Set(d?.map(([id]) => id));
      for (const id of r) if (!asleep.has(id)) forget(this.all, id);
    }
    let written = 0;
    for (const [id, name, stored, bytes] of w ?? []) {
      const value = payload(stored, bytes);
      hold(this.all, id, name, value);
      if (isDelta) written += sizeOfVariable(name, value);
    }
    return written;
  }

  get held(): HeldVariables | undefined {
    return this.all.count > 0 ? this.all : undefined;
  }
}

function hold(held: HeldVariables, id: number, name: string, value: Payload): void {
  const scope = held.scopes.get(id) ?? new Map<string, Payload>();
  held.scopes.set(id, scope);
  const before = scope.get(name);
  held.bytes += value.bytes - (before?.bytes ?? 0);
  held.storedBytes += sizeOfVariable(name, value) - (before ? sizeOfVariable(name, before) : 0);
  if (!before) held.count++;
  scope.set(name, value);
}

function forget(held: HeldVariables, id: number): void {
  for (const [name, value] of held.scopes.get(id) ?? []) {
    held.bytes -= value.bytes;
    held.storedBytes -= sizeOfVariable(name, value);
    held.count--;
  }
  held.scopes.delete(id);
}
