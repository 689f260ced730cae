const { readFileSync } = require('node:fs');
const { isMainThread } = require('node:worker_threads');
const { performance } = require('node:perf_hooks');

/**
 * Preloaded into the server with `node --require`: how long its event loop was held. A beat every few milliseconds
 * notes how late it comes. Asked for over the process's channel; an answer covers the time since the one before.
 * `cpuMs` is what the loop's thread computed meanwhile: a loop that was later than that was not held by anything, but
 * had no processor. (Where the system does not tell, what the whole process computed: that is never less.)
 */
const BEAT_MS = 5;

function computedMs() {
  try {
    return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'latin1').split(' ')[0]) / 1e6;
  } catch {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  }
}

if (isMainThread && process.send) {
  let last = performance.now();
  let computed = computedMs();
  let longest = { heldMs: 0, cpuMs: 0 };

  const note = () => {
    const now = performance.now();
    const computedNow = computedMs();
    const cpuMs = computedNow - computed;
    const heldMs = Math.min(now - last - BEAT_MS, cpuMs);
    if (heldMs > longest.heldMs) longest = { heldMs, cpuMs };
    last = now;
    computed = computedNow;
  };

  setInterval(note, BEAT_MS).unref();
  process.on('message', () => {
    // After the timers have had their turn: a beat that is due is noted before it is told.
    setImmediate(() => {
      note();
      process.send(longest);
      longest = { heldMs: 0, cpuMs: 0 };
    });
  });
  process.channel.unref();
}
