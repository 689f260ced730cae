import { parentPort } from 'node:worker_threads';
import { diagnosticsOf, problemsOf } from './definition-problems';

export interface Question {
  definition: string;
  wanted: 'problems' | 'diagnostics';
}

/** Checks one definition after the other. */
const port = parentPort!;
port.on('message', ({ definition, wanted }: Question) => {
  port.postMessage(wanted === 'problems' ? problemsOf(definition) : diagnosticsOf(definition));
});
