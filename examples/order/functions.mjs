// The Lambda functions of the order: plain handlers, as they would run on AWS. What a handler throws becomes the
// error of the state: Retry and Catch match it by the name of its class.

import { setTimeout as sleep } from 'node:timers/promises';

class StockBusy extends Error {
  name = 'StockBusy';
}

class CardDeclined extends Error {
  name = 'CardDeclined';
}

const asked = new Set();

/** Is busy the first time it is asked for an order, so that there is a retry to see. */
export async function reserveStock({ orderId, items }) {
  await sleep(50);
  if (!asked.has(orderId)) {
    asked.add(orderId);
    throw new StockBusy(`the warehouse is counting; ask again for ${orderId}`);
  }
  return { reserved: items, shelf: 'B-12' };
}

export async function chargeCard({ orderId, card, total }) {
  await sleep(80);
  if (card.startsWith('4000')) throw new CardDeclined(`the bank declined ${total} for ${orderId}`);
  return { receipt: `R-${orderId}`, paid: total };
}

export async function releaseStock({ orderId }) {
  return { orderId, released: true };
}
