import { parentPort } from 'node:worker_threads';
import { problemsOf } from './definition-problems';

/** Checks one definition after the other. */
const port = parentPort!;
port.on('message', (definition: string) => {
  port.postMessage(problemsOf(definition));
});
