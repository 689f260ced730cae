import type { Activity, Machine } from '../../lib/ports/registry';
import type { OpenRecords, Records } from './records';
import { newActivity, newId, newMachine, newPublications, newSettings } from './samples';

const DEFINITION = '{"StartAt":"P","States":{"P":{"Type":"Pass","End":true}}}';
/** Names of one test, under a prefix of its own, that sort differently by byte, by case and by locale. */
const oddNames = (prefix: string): string[] =>
  ['Z', 'a', 'B', '_', '-', '1', '10', '2', 'ä', 'z', 'é', '\uff21', 'a.b', 'a-b', 'a'].map((rest) => prefix + rest);
const inByteOrder = (names: Iterable<string>): string[] =>
  [...new Set(names)].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));

/** The contract of the port Registry. */
export function describeRegistry(name: string, open: OpenRecords): void {
  describe(`registry: ${name}`, () => {
    let records: Records;
    beforeAll(async () => {
      records = await open();
    });
    afterAll(() => records.close());

    describeMachines(() => records.registry);
    describeDefinitions(() => records.registry);
    describeRevisions(() => records.registry);
    describePublications(() => records.registry);
    describeActivities(() => records.registry);

    test('the secret is long enough to sign with and always the same', async () => {
      const secret = await records.registry.secret();
      expect(secret.length).toBeGreaterThanOrEqual(32);
      expect(await records.registry.secret()).toEqual(secret);
    });
  });
}

type ReadRegistry = () => Records['registry'];

const textIn =
  (registry: ReadRegistry) =>
  async ({ machineId, revision }: Machine): Promise<string | undefined> =>
    (await registry().revision(machineId, revision))?.definition;

function describeMachines(registry: ReadRegistry): void {
  const textOf = textIn(registry);

  test('a state machine reads back as it was created', async () => {
    const machine = newMachine({
      tags: [{ key: 'ü', value: '' }],
      type: 'EXPRESS',
      loggingConfiguration: { level: 'ALL', destinations: [{ cloudWatchLogsLogGroup: { logGroupArn: 'arn:x' } }] },
      encryptionConfiguration: { type: 'AWS_OWNED_KEY' },
      publishedVersion: 1,
      versionDescription: 'first "one"',
    });
    expect(await registry().createMachine(machine, DEFINITION)).toBe('created');
    expect(await registry().machine(machine.name)).toEqual(machine);
  });

  test('what was never created is not there', async () => {
    expect(await registry().machine(`none-${newId()}`)).toBeUndefined();
    expect(await registry().revision(newId(), 1)).toBeUndefined();
  });

  test('a name that is taken: the one that has it is answered, and stays with its definition', async () => {
    const first = newMachine();
    const second = newMachine({ name: first.name, roleArn: 'arn:aws:iam::123456789012:role/other' });
    await registry().createMachine(first, DEFINITION);
    expect(await registry().createMachine(second, '{}')).toEqual({ existing: first });
    expect(await registry().machine(first.name)).toEqual(first);
    expect(await textOf(first)).toBe(DEFINITION);
  });

  test('of thirty racing creations of one name exactly one creates, and the others are told of it', async () => {
    const { name } = newMachine();
    const rivals = Array.from({ length: 30 }, () => newMachine({ name }));
    const results = await Promise.all(
      rivals.map((machine) => registry().createMachine(machine, `"${machine.machineId}"`)),
    );
    const winner = rivals[results.indexOf('created')]!;
    expect(results.filter((result) => result !== 'created')).toEqual(
      Array.from({ length: 29 }, () => ({ existing: winner })),
    );
    expect(await registry().machine(name)).toEqual(winner);
    expect(await textOf(winner)).toBe(`"${winner.machineId}"`);
  });

  test('a change is made, and leaves the rest', async () => {
    const machine = newMachine();
    await registry().createMachine(machine, DEFINITION);
    await registry().updateMachine(machine.name, machine.machineId, { status: 'DELETING' });
    expect(await registry().machine(machine.name)).toEqual({ ...machine, status: 'DELETING' });
    await registry().updateMachine(machine.name, machine.machineId, { tags: [] });
    expect(await registry().machine(machine.name)).toEqual({ ...machine, status: 'DELETING', tags: [] });
  });

  test('neither change nor removal touches a machine with another id', async () => {
    const machine = newMachine();
    await registry().createMachine(machine, DEFINITION);
    await registry().updateMachine(machine.name, newId(), { status: 'DELETING' });
    await registry().removeMachine(machine.name, newId());
    expect(await registry().machine(machine.name)).toEqual(machine);
  });

  test('changing or removing what is not there does nothing', async () => {
    const { name, machineId } = newMachine();
    await registry().updateMachine(name, machineId, { status: 'DELETING' });
    await registry().removeMachine(name, machineId);
    expect(await registry().machine(name)).toBeUndefined();
  });

  test('a removed machine is gone, and its name free for one with another id', async () => {
    const old = newMachine();
    await registry().createMachine(old, DEFINITION);
    await registry().removeMachine(old.name, old.machineId);
    expect(await registry().machine(old.name)).toBeUndefined();
    const young = newMachine({ name: old.name });
    expect(await registry().createMachine(young, '"young"')).toBe('created');
    await registry().removeMachine(old.name, old.machineId);
    expect(await registry().machine(young.name)).toEqual(young);
    expect(await textOf(young)).toBe('"young"');
  });

  describeNamed<Machine>(registry, {
    create: (registry, name) => registry.createMachine(newMachine({ name }), DEFINITION),
    list: (registry, afterName, limit) => registry.machines(afterName, limit),
    count: (registry) => registry.countMachines(),
    remove: async (registry, name) => registry.removeMachine(name, (await registry.machine(name))!.machineId),
  });
}

function describeDefinitions(registry: ReadRegistry): void {
  const textOf = textIn(registry);

  test.each([
    ['white space and line ends', ' {\r\n\t"StartAt" : "P" }\n\n'],
    ['characters of one to four bytes', '"aü–\u{1f4a1}\u2028\ufeff"'],
    ['escapes', '"\\u0000\\ud83d\\n\\/"'],
    ['one character', '1'],
  ])('a definition is kept byte for byte: %s', async (_, text) => {
    const machine = newMachine();
    await registry().createMachine(machine, text);
    expect(await textOf(machine)).toBe(text);
  });

  test.each([
    ['that is all one letter', 'x'.repeat(1_048_574)],
    ['of characters that need three bytes', '–'.repeat(1_048_574)],
    [
      'that does not compress',
      Buffer.from(Array.from({ length: 786_430 }, (_, i) => (i * 7919) % 251)).toString('base64'),
    ],
  ])('a definition of a million characters %s is kept whole', async (_, filling) => {
    const machine = newMachine();
    const text = JSON.stringify(filling);
    await registry().createMachine(machine, text);
    const found = await textOf(machine);
    expect(found?.length).toBe(text.length);
    expect(found === text).toBe(true);
  });

  test('another revision of the machine has no text', async () => {
    const machine = newMachine();
    await registry().createMachine(machine, DEFINITION);
    expect(await registry().revision(machine.machineId, 2)).toBeUndefined();
  });
}

function describeRevisions(registry: ReadRegistry): void {
  const create = async (): Promise<Machine> => {
    const machine = newMachine({ loggingConfiguration: { level: 'OFF' }, encryptionConfiguration: { type: 'X' } });
    await registry().createMachine(machine, DEFINITION);
    return machine;
  };

  test('a revision changes settings and definition, and leaves the rest of the record', async () => {
    const before = await create();
    const settings = newSettings(before, {
      roleArn: 'arn:aws:iam::123456789012:role/other',
      loggingConfiguration: { level: 'ALL', includeExecutionData: true },
    });
    expect(await registry().reviseMachine(before, settings, '"second"')).toBe('revised');
    expect(await registry().machine(before.name)).toEqual({ ...before, ...settings });
    expect(await registry().revision(before.machineId, 2)).toEqual({ definition: '"second"', settings });
  });

  test('the revision before stays as it was', async () => {
    const before = await create();
    await registry().reviseMachine(before, newSettings(before), '"second"');
    const first = await registry().revision(before.machineId, 1);
    expect(first).toMatchObject({ definition: DEFINITION, settings: { roleArn: before.roleArn, revision: 1 } });
    expect(first?.settings?.revisionId).toBeUndefined();
    expect(first?.settings?.loggingConfiguration).toEqual({ level: 'OFF' });
  });

  test('a change of tags and of the status survives the next revision, and the other way round', async () => {
    const before = await create();
    const tags = [{ key: 'a', value: 'b' }];
    await registry().updateMachine(before.name, before.machineId, { tags });
    const settings = newSettings(before);
    expect(await registry().reviseMachine({ ...before, tags }, settings, '"2"')).toBe('revised');
    await registry().updateMachine(before.name, before.machineId, { status: 'DELETING' });
    expect(await registry().machine(before.name)).toEqual({ ...before, ...settings, tags, status: 'DELETING' });
  });

  test('lost: a machine that another revised, that is being deleted, is gone, or is another of that name', async () => {
    const revised = await create();
    await registry().reviseMachine(revised, newSettings(revised), '"theirs"');
    expect(await registry().reviseMachine(revised, newSettings(revised, { revision: 3 }), '"mine"')).toBe('lost');
    expect((await registry().revision(revised.machineId, 2))?.definition).toBe('"theirs"');
    const deleting = await create();
    await registry().updateMachine(deleting.name, deleting.machineId, { status: 'DELETING' });
    expect(await registry().reviseMachine(deleting, newSettings(deleting), '"x"')).toBe('lost');
    const gone = await create();
    await registry().removeMachine(gone.name, gone.machineId);
    expect(await registry().reviseMachine(gone, newSettings(gone), '"x"')).toBe('lost');
    expect(await registry().machine(gone.name)).toBeUndefined();
    const other = newMachine({ name: gone.name });
    await registry().createMachine(other, '"other"');
    expect(await registry().reviseMachine(gone, newSettings(gone), '"x"')).toBe('lost');
    expect(await registry().machine(gone.name)).toEqual(other);
  });

  test('of twenty racing revisions one wins, and the record has its definition', async () => {
    const before = await create();
    const rivals = Array.from({ length: 20 }, (_, index) => newSettings(before, { revision: 2 + (index % 3) }));
    const results = await Promise.all(
      rivals.map((settings) => registry().reviseMachine(before, settings, `"${settings.revisionId}"`)),
    );
    const winner = rivals[results.indexOf('revised')]!;
    expect(results.filter((result) => result === 'revised')).toHaveLength(1);
    expect(await registry().machine(before.name)).toEqual({ ...before, ...winner });
    const { definition } = (await registry().revision(before.machineId, winner.revision))!;
    expect(definition).toBe(`"${winner.revisionId}"`);
  });

  test('a definition of a million characters is revised whole', async () => {
    const before = await create();
    const text = JSON.stringify('–ü'.repeat(500_000));
    await registry().reviseMachine(before, newSettings(before), text);
    expect((await registry().revision(before.machineId, 2))?.definition === text).toBe(true);
  });
}

function describePublications(registry: ReadRegistry): void {
  test('they read back as they were written, edition by edition', async () => {
    const id = newId();
    expect(await registry().publications(id)).toBeUndefined();
    const first = newPublications(1);
    expect(await registry().writePublications(id, first)).toBe('written');
    expect(await registry().publications(id)).toEqual(first);
    const alias = { name: 'live', routing: [{ version: 1, weight: 100 }], creationMs: 1, updateMs: 2 };
    const second = newPublications(2, { aliases: [alias], versions: [] });
    expect(await registry().writePublications(id, second)).toBe('written');
    expect(await registry().publications(id)).toEqual(second);
  });

  test('an edition is written once', async () => {
    const id = newId();
    expect(await registry().writePublications(id, newPublications(2))).toBe('lost');
    const rivals = Array.from({ length: 20 }, () => newPublications(1));
    const results = await Promise.all(rivals.map((rival) => registry().writePublications(id, rival)));
    expect(results.filter((result) => result === 'written')).toHaveLength(1);
    expect(await registry().publications(id)).toEqual(rivals[results.indexOf('written')]);
    expect(await registry().writePublications(id, newPublications(1))).toBe('lost');
  });

  test('a thousand versions with their descriptions fit', async () => {
    const id = newId();
    const versions = Array.from({ length: 1_000 }, (_, at) => ({
      version: at + 1,
      revision: at + 1,
      description: `${newId()}${'x'.repeat(220)}`,
      creationMs: Date.now(),
    }));
    const many = newPublications(1, { lastVersion: 1_000, versions });
    expect(await registry().writePublications(id, many)).toBe('written');
    expect(await registry().publications(id)).toEqual(many);
  });

  test('they go with their machine', async () => {
    const machine = newMachine();
    await registry().createMachine(machine, DEFINITION);
    await registry().writePublications(machine.machineId, newPublications(1));
    await registry().removeMachine(machine.name, machine.machineId);
    expect(await registry().publications(machine.machineId)).toBeUndefined();
  });
}

function describeActivities(registry: ReadRegistry): void {
  test('an activity reads back as it was created', async () => {
    const activity = newActivity({
      tags: [{ key: 'a', value: 'ü' }],
      encryptionConfiguration: { type: 'AWS_OWNED_KEY' },
    });
    expect(await registry().createActivity(activity)).toBe('created');
    expect(await registry().activity(activity.name)).toEqual(activity);
    expect(await registry().activity(`none-${newId()}`)).toBeUndefined();
  });

  test('a name that is taken: the one that has it is answered, and stays', async () => {
    const first = newActivity();
    await registry().createActivity(first);
    expect(await registry().createActivity(newActivity({ name: first.name }))).toEqual({ existing: first });
    expect(await registry().activity(first.name)).toEqual(first);
  });

  test('of thirty racing creations of one name exactly one creates', async () => {
    const { name } = newActivity();
    const rivals = Array.from({ length: 30 }, () => newActivity({ name }));
    const results = await Promise.all(rivals.map((activity) => registry().createActivity(activity)));
    const winner = rivals[results.indexOf('created')]!;
    expect(results.filter((result) => result !== 'created')).toEqual(
      Array.from({ length: 29 }, () => ({ existing: winner })),
    );
    expect(await registry().activity(name)).toEqual(winner);
  });

  test('tags change for its own generation alone', async () => {
    const activity = newActivity();
    const tags = [{ key: 'a', value: '1' }];
    await registry().createActivity(activity);
    await registry().updateActivity(activity.name, newId(), { tags });
    expect(await registry().activity(activity.name)).toEqual(activity);
    await registry().updateActivity(activity.name, activity.generation, { tags });
    expect(await registry().activity(activity.name)).toEqual({ ...activity, tags });
    await registry().updateActivity(`none-${newId()}`, activity.generation, { tags });
  });

  test('removing answers what was removed, once', async () => {
    const activity = newActivity();
    await registry().createActivity(activity);
    const results = await Promise.all([1, 2, 3].map(() => registry().removeActivity(activity.name)));
    expect(results.filter((removed) => removed !== undefined)).toEqual([activity]);
    expect(await registry().activity(activity.name)).toBeUndefined();
    expect(await registry().removeActivity(activity.name)).toBeUndefined();
  });

  test('a removed name is free at once, for another generation', async () => {
    const old = newActivity();
    const young = newActivity({ name: old.name });
    await registry().createActivity(old);
    await registry().removeActivity(old.name);
    expect(await registry().createActivity(young)).toBe('created');
    expect(await registry().activity(old.name)).toEqual(young);
  });

  describeNamed<Activity>(registry, {
    create: (registry, name) => registry.createActivity(newActivity({ name })),
    list: (registry, afterName, limit) => registry.activities(afterName, limit),
    count: (registry) => registry.countActivities(),
    remove: (registry, name) => registry.removeActivity(name),
  });
}

interface Named<T> {
  create(registry: Records['registry'], name: string): Promise<unknown>;
  list(registry: Records['registry'], afterName: string, limit: number): Promise<T[]>;
  count(registry: Records['registry']): Promise<number>;
  remove(registry: Records['registry'], name: string): Promise<unknown>;
}

/** What state machines and activities have in common: lists by name, and counts. */
function describeNamed<T extends { name: string }>(registry: ReadRegistry, { create, list, count, remove }: Named<T>) {
  const createOdd = async (): Promise<{ prefix: string; sorted: string[] }> => {
    const prefix = `list-${newId()}-`;
    const sorted = inByteOrder(oddNames(prefix));
    for (const name of oddNames(prefix)) await create(registry(), name);
    return { prefix, sorted };
  };
  const namesOf = (records: T[], prefix: string) =>
    records.map(({ name }) => name).filter((name) => name.startsWith(prefix));

  test('lists are by name, in byte order, behind the name that is given', async () => {
    const { prefix, sorted } = await createOdd();
    expect(namesOf(await list(registry(), prefix, 1_000), prefix)).toEqual(sorted);
    expect(namesOf(await list(registry(), sorted[4]!, 1_000), prefix)).toEqual(sorted.slice(5));
    // A name that is not there is a position all the same.
    expect(namesOf(await list(registry(), `${sorted[4]}!`, 1_000), prefix)).toEqual(
      sorted.filter((name) => name > `${sorted[4]}!`),
    );
  });

  test('pages meet each name once, also when some come and go meanwhile', async () => {
    const { prefix, sorted } = await createOdd();
    const seen: string[] = [];
    for (let after = prefix; ; ) {
      const page = namesOf(await list(registry(), after, 4), prefix);
      if (page.length === 0) break;
      seen.push(...page);
      after = page.at(-1)!;
      // The position itself goes, and one that was passed comes.
      await remove(registry(), after);
      await create(registry(), `${prefix}!${newId()}`);
    }
    expect(seen).toEqual(sorted);
  });

  test('a list has no more than are wanted', async () => {
    const { prefix, sorted } = await createOdd();
    expect(namesOf(await list(registry(), prefix, 1), prefix)).toEqual(sorted.slice(0, 1));
  });

  test('creations and removals are counted', async () => {
    const before = await count(registry());
    const { sorted } = await createOdd();
    await create(registry(), sorted[0]!);
    expect(await count(registry())).toBe(before + sorted.length);
    await remove(registry(), sorted[0]!);
    expect(await count(registry())).toBe(before + sorted.length - 1);
  });
}
