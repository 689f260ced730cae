import type { Effort } from '../asl/effort';
import type { Payload } from './payload';
import type { Frame } from './snapshot';

/**
 * What variables hold (asl.md section 9), by the frame in whose scope they were assigned: the machine's own, and those
 * of each branch and iteration. They stand beside the frames, each for itself, so that a step costs the same however
 * many there are.
 */
export interface Variables {
  scopes: ReadonlyMap<number, Scope>;
  /** Of all values together. */
  bytes: number;
  count: number;
}

/** Values by the names of their variables. */
export type Scope = ReadonlyMap<string, Payload>;

/** All that an execution may hold is so many payloads: 10 MiB ("Limits", AWS's page on variables). */
const TOTAL_LIMITS_MAX = 40;
/** Stepwell's own: tiny values take memory for their names. */
const TOTAL_COUNT_MAX = 25_000;
/** To look into one scope (measured: 40 ns). */
const LOOK_STEPS = 2;

type Place = Pick<Frame, 'id' | 'parentId'>;

/** The variables in one turn: those of the snapshot, and what is assigned to them. */
export class TurnVariables {
  /** What was assigned, by frame; also of frames that are gone again. */
  private readonly assigned = new Map<number, Map<string, Payload>>();
  private readonly gone = new Set<number>();
  private bytes: number;
  private count: number;

  constructor(
    private readonly stored: Variables | undefined,
    private readonly frame: (id: number) => Place | undefined,
    private readonly payloadBytes: number,
    private readonly effort: Effort,
  ) {
    this.bytes = stored?.bytes ?? 0;
    this.count = stored?.count ?? 0;
  }

  get isEmpty(): boolean {
    return this.count === 0;
  }

  /** What the name stands for where the frame is: in its own scope, or in the nearest one around it. */
  read(frame: Place, name: string): Payload | undefined {
    const { value, looks } = this.seek(frame, name);
    this.effort.spend(looks * LOOK_STEPS);
    return value;
  }

  /** What those of these names hold that the frame sees, for a state that may read them. */
  heldBy(frame: Place, names: readonly string[]): Payload[] {
    const payloads: Payload[] = [];
    let steps = 0;
    for (const name of names) {
      const { value, looks } = this.seek(frame, name);
      if (value) payloads.push(value);
      steps += looks * LOOK_STEPS;
    }
    this.effort.prepare(steps);
    return payloads;
  }

  private seek(frame: Place, name: string): { value: Payload | undefined; looks: number } {
    let looks = 0;
    for (let at: Place | undefined = frame; at; at = this.around(at)) {
      looks++;
      const value = this.in(at.id, name);
      if (value) return { value, looks };
    }
    return { value: undefined, looks };
  }

  /** Whether they can be assigned in the scope of the frame, with all that is held elsewhere. */
  mayHold({ id }: Place, values: Scope): boolean {
    let { bytes, count } = this;
    for (const [name, value] of values) {
      const before = this.in(id, name);
      bytes += value.bytes - (before?.bytes ?? 0);
      if (!before) count++;
    }
    return bytes <= TOTAL_LIMITS_MAX * this.payloadBytes && count <= TOTAL_COUNT_MAX;
  }

  assign({ id }: Place, values: Scope): void {
    const scope = this.assigned.get(id) ?? new Map<string, Payload>();
    for (const [name, value] of values) {
      const before = this.in(id, name);
      if (before) this.discount(before);
      this.bytes += value.bytes;
      this.count++;
      scope.set(name, value);
    }
    this.assigned.set(id, scope);
  }

  /** The frame is gone, and its scope with it; where the execution ends that way, both may come back. */
  leave(id: number): void {
    if (this.count === 0 || this.gone.has(id)) return;
    this.gone.add(id);
    const assigned = this.assigned.get(id);
    for (const value of assigned?.values() ?? []) this.discount(value);
    for (const [name, value] of this.stored?.scopes.get(id) ?? []) if (!assigned?.has(name)) this.discount(value);
  }

  /** What was assigned, as far as the scopes are there still, or may come back with dormant frames. Undefined for nothing. */
  kept(dormant: readonly Place[] | undefined): ReadonlyMap<number, Scope> | undefined {
    if (this.assigned.size === 0) return undefined;
    const asleep = new Set(dormant?.map(({ id }) => id));
    const kept = [...this.assigned].filter(([id]) => this.frame(id) || asleep.has(id));
    return kept.length > 0 ? new Map(kept) : undefined;
  }

  private discount(value: Payload): void {
    this.bytes -= value.bytes;
    this.count--;
  }

  private in(id: number, name: string): Payload | undefined {
    return this.assigned.get(id)?.get(name) ?? this.stored?.scopes.get(id)?.get(name);
  }

  private around({ parentId }: Place): Place | undefined {
    return parentId === undefined ? undefined : this.frame(parentId);
  }
}
