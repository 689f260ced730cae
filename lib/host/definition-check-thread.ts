import { parentPort } from 'node:worker_threads';
import { validateDefinition } from '../asl/definition/validate';

/** Checks one definition after the other. */
const port = parentPort!;
port.on('message', (definition: string) => {
  const { diagnostics } = validateDefinition(definition);
  port.postMessage(diagnostics.map(({ code, message, path }) => ({ code, message, path })));
});
