import { parentPort } from 'node:worker_threads';
import type { MachineType } from '../asl/definition/express';
import { diagnosticsOf, problemsOf } from './definition-problems';

export interface Question {
  definition: string;
  type: MachineType;
  wanted: 'problems' | 'diagnostics';
}

/** Checks one definition after the other. */
const port = parentPort!;
port.on('message', ({ definition, type, wanted }: Question) => {
  port.postMessage(wanted === 'problems' ? problemsOf(definition, type) : diagnosticsOf(definition, type));
});
