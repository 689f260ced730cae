// jest-circus 30.5 makes an AsyncLocalStorage for each file and never gives it back: Node then does something for each of
// them at each promise, and after 70 files in one process awaiting takes forty times as long. What the files before
// this one have used is given back here.
const { AsyncLocalStorage } = require('node:async_hooks');

const USED = Symbol.for('stepwell.usedAsyncContexts');
const { prototype } = AsyncLocalStorage;

if (!prototype[USED]) {
  prototype[USED] = new Set();
  const { run } = prototype;
  prototype.run = function (...given) {
    prototype[USED].add(this);
    return run.apply(this, given);
  };
}
for (const used of prototype[USED]) used.disable();
prototype[USED].clear();
