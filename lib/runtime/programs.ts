import { compileInPieces } from '../asl/definition/compile';
import { processorProgram } from '../asl/definition/label';
import type { Program } from '../asl/definition/program';
import type { Clock } from '../ports/clock';
import type { LoggingConfiguration, MachineSettings, Registry } from '../ports/registry';
import { labelIn, machineOf } from './child-names';
import { patiently } from './patiently';

/** Characters of definitions whose programs are kept. */
const KEPT_MAX = 32_000_000;

/** Which revision of which machine: of an execution, or of its head. */
export interface RevisionRef {
  machineName: string;
  machineId: string;
  revision: number;
}

/** What an execution runs: never changes. */
interface RunRevision {
  program: Program;
  /** Undefined where the machine of an older store is gone. */
  settings: MachineSettings | undefined;
  size: number;
}

/** Compiled definitions, once each revision. */
export class Programs {
  private readonly kept = new Map<string, RunRevision>();
  private readonly reading = new Map<string, Promise<RunRevision>>();
  private size = 0;

  constructor(
    private readonly registry: Registry,
    private readonly clock: Clock,
  ) {}

  /** A promise only when the program is not at hand. */
  get(ref: RevisionRef): Program | Promise<Program> {
    const entry = this.entry(ref);
    return 'then' in entry ? entry.then(({ program }) => program) : entry.program;
  }

  /** What the revision says beside the definition. */
  async settings(ref: RevisionRef): Promise<MachineSettings | undefined> {
    return (await this.entry(ref)).settings;
  }

  /** The logging of a revision whose program was asked for a moment ago. */
  logging({ machineId, revision }: RevisionRef): LoggingConfiguration | undefined {
    return this.kept.get(`${machineId}#${revision}`)?.settings?.loggingConfiguration;
  }

  private entry(ref: RevisionRef): RunRevision | Promise<RunRevision> {
    const key = `${ref.machineId}#${ref.revision}`;
    const entry = this.kept.get(key);
    if (!entry) {
      // Many may start at once what was just made: it is parsed for the first of them.
      const reading = this.reading.get(key) ?? this.read(key, ref).finally(() => this.reading.delete(key));
      this.reading.set(key, reading);
      return reading;
    }
    // Moves it to the young end.
    this.kept.delete(key);
    this.kept.set(key, entry);
    return entry;
  }

  private async read(key: string, ref: RevisionRef): Promise<RunRevision> {
    const label = labelIn(ref.machineId);
    if (label !== undefined) return this.readProcessor(key, ref, label);
    const { machineName, machineId, revision } = ref;
    const found = await this.registry.revision(machineId, revision);
    if (!found) throw new Error(`no definition ${key}`);
    const program = await patiently(this.clock, compileInPieces(found.definition));
    const settings = found.settings ?? (await this.settingsInRecord(machineName, machineId, revision));
    const entry = { program, settings, size: found.definition.length };
    this.keep(key, entry);
    return entry;
  }

  /** What an item of a distributed Map runs is a part of its machine's program. */
  private async readProcessor(key: string, ref: RevisionRef, label: string): Promise<RunRevision> {
    const { program, settings, size } = await this.entry({ ...ref, ...machineOf(ref) });
    const processor = processorProgram(program, label);
    if (!processor) throw new Error(`no definition ${key}`);
    // As much again: it keeps the whole alive, even where the machine's own is given up.
    const entry = { program: processor, settings, size };
    this.keep(key, entry);
    return entry;
  }

  private async settingsInRecord(name: string, machineId: string, revision: number) {
    const machine = await this.registry.machine(name);
    return machine?.machineId === machineId && machine.revision === revision ? machine : undefined;
  }

  private keep(key: string, entry: RunRevision): void {
    const old = this.kept.get(key);
    this.kept.delete(key);
    this.size += entry.size - (old?.size ?? 0);
    this.kept.set(key, entry);
    for (const [oldest, { size }] of this.kept) {
      if (this.size <= KEPT_MAX || oldest === key) break;
      this.kept.delete(oldest);
      this.size -= size;
    }
  }
}
