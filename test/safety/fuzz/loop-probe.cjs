const { isMainThread } = require('node:worker_threads');
const { performance } = require('node:perf_hooks');

/**
 * Preloaded into the server with `node --require`: how long its event loop was held. A beat every few milliseconds
 * notes how late it comes. Asked for over the process's channel; an answer covers the time since the one before.
 * `cpuMs` is what the process (all its threads) computed meanwhile: a loop that was later than that was not held by
 * anything, but had no processor.
 */
const BEAT_MS = 5;

if (isMainThread && process.send) {
  let last = performance.now();
  let cpu = process.cpuUsage();
  let longest = { heldMs: 0, cpuMs: 0 };

  const note = () => {
    const now = performance.now();
    const used = process.cpuUsage(cpu);
    const cpuMs = (used.user + used.system) / 1000;
    const heldMs = Math.min(now - last - BEAT_MS, cpuMs);
    if (heldMs > longest.heldMs) longest = { heldMs, cpuMs };
    last = now;
    cpu = process.cpuUsage();
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
