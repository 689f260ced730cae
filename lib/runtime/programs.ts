import { compileDefinition } from '../asl/definition/compile';
import type { Program } from '../asl/definition/program';
import type { Registry } from '../ports/registry';

/** Characters of definitions whose programs are kept. */
const KEPT_MAX = 32_000_000;

/** Compiled definitions, once each revision. */
export class Programs {
  private readonly kept = new Map<string, { program: Program; size: number }>();
  private size = 0;

  constructor(private readonly registry: Registry) {}

  /** A promise only when the program is not at hand. */
  get(machineId: string, revision: number): Program | Promise<Program> {
    const key = `${machineId}#${revision}`;
    const entry = this.kept.get(key);
    if (!entry) return this.read(key, machineId, revision);
    // Moves it to the young end.
    this.kept.delete(key);
    this.kept.set(key, entry);
    return entry.program;
  }

  private async read(key: string, machineId: string, revision: number): Promise<Program> {
    const definition = await this.registry.definition(machineId, revision);
    if (definition === undefined) throw new Error(`no definition ${key}`);
    const program = compileDefinition(definition);
    this.keep(key, program, definition.length);
    return program;
  }

  private keep(key: string, program: Program, size: number): void {
    const old = this.kept.get(key);
    this.kept.delete(key);
    this.size += size - (old?.size ?? 0);
    this.kept.set(key, { program, size });
    for (const [oldest, entry] of this.kept) {
      if (this.size <= KEPT_MAX || oldest === key) break;
      this.kept.delete(oldest);
      this.size -= entry.size;
    }
  }
}
