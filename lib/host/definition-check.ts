import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { MachineType } from '../asl/definition/express';
import type { DefinitionDiagnostic } from '../runtime';
import type { Question } from './definition-check-thread';
import { diagnosticsOf, problemsOf } from './definition-problems';

/** Characters of a definition whose check takes a few milliseconds at most, whatever is in it. */
const CHECKED_HERE_MAX = 50_000;
/** Where there are JSONata expressions, which take longer. */
const WITH_JSONATA_HERE_MAX = 12_000;

const isCheckedHere = (definition: string): boolean =>
  definition.length <= (definition.includes('{%') ? WITH_JSONATA_HERE_MAX : CHECKED_HERE_MAX);

/** Checks definitions without holding the event loop: the large ones in a thread, which the first of them starts. */
export class DefinitionCheck {
  private thread: Worker | undefined;
  /** In the order in which the thread was asked. */
  private readonly asked: { resolve(found: unknown): void; reject(error: Error): void }[] = [];

  /** Answers what is wrong with it, as an InvalidDefinition says it; empty when it is fine. */
  check(definition: string, type: MachineType): string | Promise<string> {
    return isCheckedHere(definition)
      ? problemsOf(definition, type)
      : this.ask({ definition, type, wanted: 'problems' });
  }

  /** Answers what ValidateStateMachineDefinition says of it. */
  diagnose(definition: string, type: MachineType): DefinitionDiagnostic[] | Promise<DefinitionDiagnostic[]> {
    if (isCheckedHere(definition)) return diagnosticsOf(definition, type);
    return this.ask({ definition, type, wanted: 'diagnostics' });
  }

  private ask<T>(question: Question): Promise<T> {
    this.thread ??= this.start();
    return new Promise<T>((resolve, reject) => {
      this.asked.push({ resolve: resolve as (found: unknown) => void, reject });
      this.thread!.postMessage(question);
    });
  }

  async stop(): Promise<void> {
    await this.thread?.terminate();
  }

  private start(): Worker {
    const thread = new Worker(threadFile());
    thread.unref();
    thread.on('message', (found: unknown) => this.asked.shift()!.resolve(found));
    // Not seen yet, out of memory at most: those that wait are told, and the next one starts another thread.
    thread.on('error', (error) => {
      this.thread = undefined;
      for (const { reject } of this.asked.splice(0)) reject(error);
    });
    return thread;
  }
}

/** Beside the bundle; seen from the sources, in the build. */
function threadFile(): string {
  const beside = join(__dirname, 'definition-check-thread.js');
  return existsSync(beside) ? beside : join(__dirname, '../../dist/definition-check-thread.js');
}
