import { randomUUID } from 'node:crypto';
import { encodeTime } from 'ulid';
import type { Clock, Ids } from '../ports/clock';
import { giveWay, placeInLine } from './turns';

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  sleep(ms, cut) {
    // A timer of 0 would wait a millisecond longer.
    if (ms <= 0) return giveWay();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      const wake = () => {
        clearTimeout(timer);
        resolve();
      };
      cut?.addEventListener('abort', wake, { once: true });
    });
  },
  placeInLine,
  every(ms, call) {
    const timer = setInterval(call, ms);
    timer.unref();
    return () => clearInterval(timer);
  },
};

/**
 * ULIDs in ascending order: the time, a count within the millisecond, and dice. The `ulid` package draws each
 * character by itself, which takes ten times as long; randomUUID keeps a stock of random bits.
 */
export function createIds(): Ids {
  let lastMs = 0;
  let prefix = '';
  let count = 0;
  return {
    ulid() {
      const nowMs = Date.now();
      if (nowMs > lastMs) {
        lastMs = nowMs;
        prefix = encodeTime(nowMs);
        count = 0;
      }
      const order = (count++).toString(16).padStart(4, '0');
      const dice = randomUUID();
      return prefix + (order + dice.slice(0, 8) + dice.slice(24, 28)).toUpperCase();
    },
    uuid: randomUUID,
    random: Math.random,
  };
}
