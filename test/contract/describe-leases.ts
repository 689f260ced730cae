import type { Leases } from '../../lib/ports/leases';
import type { Notes } from '../../lib/ports/notes';
import { newId } from './samples';

export function describeLeases(name: string, open: () => Promise<{ leases: Leases; notes: Notes }>): void {
  let leases: Leases;
  let notes: Notes;
  beforeAll(async () => {
    ({ leases, notes } = await open());
  });

  describe(`${name}: leases`, () => {
    test('one holder at a time, who may hold it on', async () => {
      const lease = newId();
      expect(await leases.take(lease, 'a', 1_000, 500)).toBe(true);
      expect(await leases.take(lease, 'b', 1_499, 500)).toBe(false);
      expect(await leases.take(lease, 'a', 1_499, 500)).toBe(true);
      expect(await leases.take(lease, 'b', 1_998, 500)).toBe(false);
    });

    test('it is free when its time is over, and then the first has it', async () => {
      const lease = newId();
      await leases.take(lease, 'a', 1_000, 500);
      expect(await leases.take(lease, 'b', 1_500, 500)).toBe(true);
      expect(await leases.take(lease, 'a', 1_501, 500)).toBe(false);
    });

    test('its holder may let it go, nobody else', async () => {
      const lease = newId();
      await leases.take(lease, 'a', 1_000, 500);
      await leases.release(lease, 'b');
      expect(await leases.take(lease, 'b', 1_001, 500)).toBe(false);
      await leases.release(lease, 'a');
      expect(await leases.take(lease, 'b', 1_002, 500)).toBe(true);
    });

    test('leases of other names are others', async () => {
      const [one, other] = [newId(), newId()];
      expect(await leases.take(one, 'a', 1_000, 500)).toBe(true);
      expect(await leases.take(other, 'b', 1_000, 500)).toBe(true);
    });

    test('of many that take it at once one gets it', async () => {
      const lease = newId();
      const taken = await Promise.all(Array.from({ length: 10 }, (_, at) => leases.take(lease, `p${at}`, 1_000, 500)));
      expect(taken.filter(Boolean)).toHaveLength(1);
    });
  });

  describe(`${name}: notes`, () => {
    test('none at first, then the last that was written', async () => {
      const note = newId();
      expect(await notes.read(note)).toBeUndefined();
      await notes.write(note, 'one');
      await notes.write(note, '');
      expect(await notes.read(note)).toBe('');
    });
  });
}
