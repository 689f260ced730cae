import type { FunctionName } from './options';

/**
 * Memory of the functions, in MB, with which a share of a processor comes. What takes turns over documents of 256 KB
 * has room for what an expression makes of them. `api` used 168 at most: definitions of 1 MB, turns over documents of
 * 240 KB in JSONata, pages of long histories; each waiting GetActivityTask pays for it. `npm run cost` reads it here.
 */
export const MEMORY_MEGABYTES: Readonly<Record<FunctionName, number>> = {
  api: 320,
  advance: 512,
  task: 256,
  sync: 512,
  timers: 256,
  audit: 512,
};
