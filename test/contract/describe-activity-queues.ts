import { slotAt } from '../../lib/engine/snapshot';
import type { ActivityQueues, ClientSignal, Offer, ReceivedOffer } from '../../lib/ports/activity-queues';
import { eventually } from './eventually';
import { newId, newRun } from './samples';

export interface OpenActivityQueues {
  queues: ActivityQueues;
  /** How long an offer is hidden from others once it is received: about as long as was asked for. */
  leaseMs: number;
  close(): Promise<void>;
}

/** Long enough that no test sees its end, and short enough to be waited for. */
const LEASES_MS = { long: 30_000, short: 500 };

export interface ActivityQueuesTraits {
  /** Whether tasks are handed out strictly oldest first. */
  isOrdered: boolean;
}

/** A client that stays until it is told to go. */
class Client implements ClientSignal {
  isGone = false;
  private readonly calls = new Set<() => void>();

  onGone(call: () => void): () => void {
    this.calls.add(call);
    return () => this.calls.delete(call);
  }

  go(): void {
    this.isGone = true;
    for (const call of this.calls) call();
  }

  /** How many want to know when it goes. */
  get watchers(): number {
    return this.calls.size;
  }
}

let scheduledMs = Date.now();
/** Each is scheduled after those before. */
const newOffer = (change: Partial<Offer> = {}): Offer => ({
  run: newRun(),
  from: slotAt(3, 0),
  taskEventId: 3,
  scheduledMs: scheduledMs++,
  deadlineMs: undefined,
  ...change,
});
const LONG_MS = 20_000;
const runIdOf = (received: ReceivedOffer | undefined): string | undefined => received?.offer.run.runId;

/** The contract of the port ActivityQueues. */
export function describeActivityQueues(
  name: string,
  open: (leaseMs: number) => Promise<OpenActivityQueues>,
  traits: ActivityQueuesTraits,
): void {
  describe(`activity queues: ${name}`, () => {
    let opened: OpenActivityQueues;
    let shortly: OpenActivityQueues;
    beforeAll(async () => {
      opened = await open(LEASES_MS.long);
      shortly = await open(LEASES_MS.short);
    });
    afterAll(() => Promise.all([opened.close(), shortly.close()]));

    describeOffers(() => opened, traits);
    describeLeases(() => shortly);
    describeReleases(() => opened);
    describeClients(() => opened);
    describeDeletion(() => opened);
  });
}

type ReadOpened = () => OpenActivityQueues;

async function newQueue({ queues }: OpenActivityQueues): Promise<string> {
  const generation = newId();
  await queues.create(generation);
  return generation;
}

function receive(
  { queues }: OpenActivityQueues,
  generation: string,
  { waitMs = LONG_MS, client = new Client() as ClientSignal } = {},
): Promise<ReceivedOffer | undefined> {
  return queues.receive(generation, { untilMs: Date.now() + waitMs, client });
}

function describeOffers(opened: ReadOpened, { isOrdered }: ActivityQueuesTraits): void {
  test('an offer is received as it was made, under a lease', async () => {
    const generation = await newQueue(opened());
    const offer = newOffer({ deadlineMs: Date.now() + 60_000, taskEventId: 17, from: slotAt(17, 2) });
    await opened().queues.offer(generation, offer);
    const beforeMs = Date.now();
    const received = await receive(opened(), generation);
    expect(received!.offer).toEqual(offer);
    expect(received!.id).not.toBe('');
    expect(received!.leaseUntilMs).toBeGreaterThan(beforeMs);
  });

  test('one who waits gets the offer that comes', async () => {
    const generation = await newQueue(opened());
    const waiting = receive(opened(), generation);
    const offer = newOffer();
    await opened().queues.offer(generation, offer);
    expect((await waiting)?.offer).toEqual(offer);
  });

  test('without an offer in time there is none', async () => {
    const generation = await newQueue(opened());
    const untilMs = Date.now() + 60;
    expect(await opened().queues.receive(generation, { untilMs, client: new Client() })).toBeUndefined();
    expect(Date.now()).toBeGreaterThanOrEqual(untilMs - 2);
    expect(await receive(opened(), generation, { waitMs: -1 })).toBeUndefined();
  });

  test('an offer that is there is received even when there is no time to wait', async () => {
    const generation = await newQueue(opened());
    await opened().queues.offer(generation, newOffer());
    expect(await receive(opened(), generation, { waitMs: 0 })).toBeDefined();
  });

  test('one who waited in vain takes no later offer', async () => {
    const generation = await newQueue(opened());
    expect(await receive(opened(), generation, { waitMs: 20 })).toBeUndefined();
    const offer = newOffer();
    await opened().queues.offer(generation, offer);
    expect((await receive(opened(), generation))?.offer).toEqual(offer);
  });

  test('queues do not share offers', async () => {
    const [one, other] = [await newQueue(opened()), await newQueue(opened())];
    const [first, second] = [newOffer(), newOffer()];
    await opened().queues.offer(other, second);
    await opened().queues.offer(one, first);
    expect((await receive(opened(), one))?.offer).toEqual(first);
    expect((await receive(opened(), other))?.offer).toEqual(second);
  });

  test('two offers of the same task are told apart', async () => {
    const generation = await newQueue(opened());
    const offer = newOffer();
    await opened().queues.offer(generation, offer);
    await opened().queues.offer(generation, offer);
    const [first, second] = [await receive(opened(), generation), await receive(opened(), generation)];
    expect(first!.offer).toEqual(second!.offer);
    expect(first!.id).not.toBe(second!.id);
  });

  test.each(['before the offers', 'after the offers', 'in between'])(
    'with many who come %s each offer goes to one of them',
    async (when) => {
      const generation = await newQueue(opened());
      const offers = Array.from({ length: 40 }, () => newOffer());
      const offerAll = () => Promise.all(offers.map((offer) => opened().queues.offer(generation, offer)));
      const receiveAll = (count: number) => Array.from({ length: count }, () => receive(opened(), generation));
      const early = receiveAll({ 'before the offers': 40, 'after the offers': 0, 'in between': 20 }[when]!);
      await offerAll();
      const received = await Promise.all([...early, ...receiveAll(40 - early.length)]);
      for (const one of received) await opened().queues.remove(generation, one!);
      expect(received.map(runIdOf).sort()).toEqual(offers.map(({ run }) => run.runId).sort());
    },
  );

  if (!isOrdered) return;

  test('the oldest task comes first, in whatever order they were offered', async () => {
    const generation = await newQueue(opened());
    const offers = Array.from({ length: 6 }, () => newOffer());
    for (const index of [3, 0, 5, 1, 4, 2]) await opened().queues.offer(generation, offers[index]!);
    for (const offer of offers) expect((await receive(opened(), generation))?.offer).toEqual(offer);
  });

  test('a released task is the oldest again', async () => {
    const generation = await newQueue(opened());
    const offers = Array.from({ length: 3 }, () => newOffer());
    for (const offer of offers) await opened().queues.offer(generation, offer);
    const first = await receive(opened(), generation);
    await opened().queues.release(generation, first!);
    expect((await receive(opened(), generation))?.offer).toEqual(offers[0]);
    expect((await receive(opened(), generation))?.offer).toEqual(offers[1]);
  });
}

async function receiveFirst(opened: OpenActivityQueues): Promise<{ generation: string; first: ReceivedOffer }> {
  const generation = await newQueue(opened);
  await opened.queues.offer(generation, newOffer());
  return { generation, first: (await receive(opened, generation))! };
}

function describeLeases(opened: ReadOpened): void {
  test('a received offer is hidden for its lease, then comes again under the same id', async () => {
    const { generation, first } = await receiveFirst(opened());
    const again = await receive(opened(), generation);
    // Timers may be a millisecond early.
    expect(Date.now()).toBeGreaterThanOrEqual(first.leaseUntilMs - 2);
    expect(again).toMatchObject({ id: first.id, offer: first.offer });
    expect(again!.leaseUntilMs).toBeGreaterThan(first.leaseUntilMs);
  });

  test('an offer that comes again goes to one receiver', async () => {
    const { generation, first } = await receiveFirst(opened());
    const waitMs = first.leaseUntilMs - Date.now() + opened().leaseMs / 2;
    const found = await Promise.all([1, 2, 3].map(() => receive(opened(), generation, { waitMs })));
    expect(found.filter((one) => one !== undefined)).toMatchObject([{ id: first.id }]);
  });

  test('a removed offer does not come again', async () => {
    const { generation, first } = await receiveFirst(opened());
    await opened().queues.remove(generation, first);
    const waitMs = first.leaseUntilMs - Date.now() + opened().leaseMs / 2;
    expect(await receive(opened(), generation, { waitMs })).toBeUndefined();
  });
}

function describeReleases(opened: ReadOpened): void {
  test('a released offer comes again at once, under the same id', async () => {
    const { generation, first } = await receiveFirst(opened());
    await opened().queues.release(generation, first);
    const again = await receive(opened(), generation);
    expect(again).toMatchObject({ id: first.id, offer: first.offer });
  });

  test('a released offer goes to one who waits', async () => {
    const { generation, first } = await receiveFirst(opened());
    const waiting = receive(opened(), generation);
    await opened().queues.release(generation, first);
    expect(await waiting).toMatchObject({ id: first.id });
  });

  test('removing or releasing what was removed does nothing', async () => {
    const { generation, first } = await receiveFirst(opened());
    await opened().queues.remove(generation, first);
    await opened().queues.remove(generation, first);
    await opened().queues.release(generation, first);
    expect(await receive(opened(), generation, { waitMs: 100 })).toBeUndefined();
  });
}

function describeClients(opened: ReadOpened): void {
  test('one who is gone already takes no offer', async () => {
    const generation = await newQueue(opened());
    const gone = new Client();
    gone.go();
    await opened().queues.offer(generation, newOffer());
    expect(await receive(opened(), generation, { client: gone })).toBeUndefined();
    expect(await receive(opened(), generation, { waitMs: 0 })).toBeDefined();
  });

  test('one who goes while waiting is answered, and takes no offer that comes later', async () => {
    const generation = await newQueue(opened());
    const client = new Client();
    const waiting = receive(opened(), generation, { client });
    await eventually(
      () => client.watchers,
      (watchers) => watchers > 0,
    );
    client.go();
    expect(await waiting).toBeUndefined();
    await opened().queues.offer(generation, newOffer());
    expect(await receive(opened(), generation)).toBeDefined();
  });

  test('of several who wait only those that stay get offers', async () => {
    const generation = await newQueue(opened());
    const clients = Array.from({ length: 6 }, () => new Client());
    const waiting = clients.map((client) => receive(opened(), generation, { client }));
    const leaving = clients.filter((_, index) => index % 2 === 0);
    await eventually(
      () => leaving.every(({ watchers }) => watchers > 0),
      (areWatched) => areWatched,
    );
    for (const client of leaving) client.go();
    const offers = Array.from({ length: 3 }, () => newOffer());
    for (const offer of offers) await opened().queues.offer(generation, offer);
    const received = await Promise.all(waiting);
    expect(received.map((one) => one === undefined)).toEqual([true, false, true, false, true, false]);
    expect(received.map(runIdOf).filter(Boolean).sort()).toEqual(offers.map(({ run }) => run.runId).sort());
  });

  test('once it has its answer nobody watches the client any more', async () => {
    const generation = await newQueue(opened());
    const [served, unserved] = [new Client(), new Client()];
    const waiting = receive(opened(), generation, { client: served });
    await opened().queues.offer(generation, newOffer());
    await waiting;
    await receive(opened(), generation, { client: unserved, waitMs: 20 });
    expect([served.watchers, unserved.watchers]).toEqual([0, 0]);
  });
}

function describeDeletion(opened: ReadOpened): void {
  test('deleting a queue answers those who wait', async () => {
    const generation = await newQueue(opened());
    const clients = [new Client(), new Client(), new Client()];
    const waiting = clients.map((client) => receive(opened(), generation, { client }));
    await eventually(
      () => clients.every(({ watchers }) => watchers > 0),
      (areWatched) => areWatched,
    );
    await opened().queues.delete(generation);
    expect(await Promise.all(waiting)).toEqual([undefined, undefined, undefined]);
  });

  test('the offers of a deleted queue are gone with it, hidden ones too', async () => {
    const generation = await newQueue(opened());
    for (let count = 0; count < 3; count++) await opened().queues.offer(generation, newOffer());
    const hidden = await receive(opened(), generation);
    await opened().queues.delete(generation);
    await opened().queues.release(generation, hidden!);
    await opened().queues.remove(generation, hidden!);
    // A queue that is not there may be said to be so.
    const found = await receive(opened(), generation, { waitMs: 100 }).catch(() => undefined);
    expect(found).toBeUndefined();
  });

  test('creating twice and deleting twice change nothing', async () => {
    const generation = await newQueue(opened());
    const offer = newOffer();
    await opened().queues.offer(generation, offer);
    await opened().queues.create(generation);
    expect((await receive(opened(), generation))?.offer).toEqual(offer);
    await opened().queues.delete(generation);
    await opened().queues.delete(generation);
    await opened().queues.delete(newId());
  });
}
