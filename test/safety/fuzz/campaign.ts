import fc from 'fast-check';
import type { Family } from './family';
import { type Hold, Offence, type Target } from './target';

/** Attacks in great number, and what came of them. */

export interface Finding {
  family: string;
  kind: string;
  detail: string;
  /** The smallest attack that was found to bring it about. */
  attack: string;
  times: number;
}

export const HELD_MAX_MS = 100;
/** Held so long each time it is repeated: then it was the attack, and not the machine that is busy elsewhere. */
const REPEATS = 3;
/** Looking for the smallest attack ends after this. */
const SHRINKING_MAX_MS = 5_000;
const BATCH = 50;
const SHOWN_MAX = 2_000;

export class Campaign {
  readonly findings: Finding[] = [];
  longestHold: Hold = { heldMs: 0, cpuMs: 0 };
  /** Holds over the limit that did not come again. */
  notRepeated = 0;
  private readonly known = new Map<string, Finding>();

  constructor(private readonly seed: number) {}

  /** Attacks until that many requests were sent. Each kind of offence is reported once, in its smallest form. */
  async fight(target: Target, family: Family, requests: number): Promise<void> {
    const until = target.sent + requests;
    for (let round = 0; target.sent < until; round++) {
      let found: { offence: Offence; what: unknown } | undefined;
      let shrinkUntilMs = Number.POSITIVE_INFINITY;
      const property = fc.asyncProperty(family.attack.what, async (what) => {
        if (Date.now() > shrinkUntilMs) return;
        const offence = await this.attack(target, family, what);
        if (!offence || (found && offence.kind !== found.offence.kind)) return;
        const before = this.known.get(`${family.name} ${offence.kind}`);
        if (before && !found) before.times++;
        if (before) return;
        if (!found) shrinkUntilMs = Date.now() + SHRINKING_MAX_MS;
        found = { offence, what };
        throw offence;
      });
      await fc.check(property, { numRuns: BATCH, seed: this.seed + round });
      if (found) this.report(family, found);
      await family.serves(target);
    }
  }

  private report(family: Family, { offence, what }: { offence: Offence; what: unknown }): void {
    const attack = (family.attack.show?.(what) ?? JSON.stringify(what)).slice(0, SHOWN_MAX);
    const finding = { family: family.name, kind: offence.kind, detail: offence.message, attack, times: 1 };
    this.known.set(`${family.name} ${offence.kind}`, finding);
    this.findings.push(finding);
  }

  /** Answers what it brought about that it may not. */
  private async attack(target: Target, family: Family, what: unknown): Promise<Offence | undefined> {
    const offence = await this.once(target, family, what);
    const words = await target.revive();
    if (words !== undefined) return new Offence('the server ends', words);
    if (offence) {
      await target.longestHold();
      return offence;
    }
    let hold = await target.longestHold();
    for (let i = 1; i < REPEATS && hold.heldMs > HELD_MAX_MS; i++) {
      await this.once(target, family, what);
      const again = await target.longestHold();
      if (again.heldMs < hold.heldMs) hold = again;
      if (hold.heldMs <= HELD_MAX_MS) this.notRepeated++;
    }
    if (hold.heldMs > this.longestHold.heldMs) this.longestHold = hold;
    if (hold.heldMs <= HELD_MAX_MS) return undefined;
    const times = `${Math.round(hold.heldMs)} ms (computing for ${Math.round(hold.cpuMs)} ms)`;
    return new Offence('holds the event loop', times);
  }

  private async once(target: Target, family: Family, what: unknown): Promise<Offence | undefined> {
    try {
      await family.attack.run(target, what);
      return undefined;
    } catch (error) {
      if (error instanceof Offence) return error;
      throw error;
    }
  }
}
