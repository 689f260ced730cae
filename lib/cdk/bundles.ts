import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The folder of a function's bundle: beside this file in the built package; seen from the sources, in the build. */
export function bundleOf(name: string): string {
  const beside = join(__dirname, 'lambdas', name);
  return existsSync(beside) ? beside : join(__dirname, '../../dist/lambdas', name);
}
