import {
  GetExecutionHistoryCommand,
  type GetExecutionHistoryCommandInput,
  ListActivitiesCommand,
  ListExecutionsCommand,
  type ListExecutionsCommandInput,
  ListStateMachineAliasesCommand,
  ListStateMachinesCommand,
  ListStateMachineVersionsCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { sendRaw } from './raw-request';
import { PASS, refusal, refusalOf, SLEEP, uniqueName, useService } from './service';
import { createAlias, publish, routes, update } from './versions';

const INVALID_TOKEN = refusal('InvalidToken', "Invalid Token: 'Invalid token'");
const COUNT = 7;

interface Page {
  items: unknown[];
  nextToken: string | undefined;
}
type ReadPage = (page: { maxResults?: number; nextToken?: string }) => Promise<Page>;

/** Reads to the end. Answers the items of each page. */
async function readAll(read: ReadPage, maxResults: number | undefined): Promise<unknown[][]> {
  const pages: unknown[][] = [];
  for (let nextToken: string | undefined; ; ) {
    const page = await read({ maxResults, nextToken });
    pages.push(page.items);
    nextToken = page.nextToken;
    if (nextToken === undefined) return pages;
  }
}

const names = [
  'ListActivities',
  'ListStateMachines',
  'ListExecutions',
  'GetExecutionHistory',
  'ListStateMachineVersions',
  'ListStateMachineAliases',
] as const;
type Name = (typeof names)[number];

describe('paging', () => {
  const service = useService();
  let stateMachineArn: string;
  let executionArn: string;

  const readActivities: ReadPage = async (page) => {
    const { activities, nextToken } = await service.client.send(new ListActivitiesCommand(page));
    return { items: activities!, nextToken };
  };
  const readMachines: ReadPage = async (page) => {
    const { stateMachines, nextToken } = await service.client.send(new ListStateMachinesCommand(page));
    return { items: stateMachines!, nextToken };
  };
  const readExecutions =
    (input: Partial<ListExecutionsCommandInput> = {}): ReadPage =>
    async (page) => {
      const command = new ListExecutionsCommand({ stateMachineArn, ...input, ...page });
      const { executions, nextToken } = await service.client.send(command);
      return { items: executions!, nextToken };
    };
  const readHistory =
    (input: Partial<GetExecutionHistoryCommandInput> = {}): ReadPage =>
    async (page) => {
      const command = new GetExecutionHistoryCommand({ executionArn, ...input, ...page });
      const { events, nextToken } = await service.client.send(command);
      return { items: events!, nextToken };
    };
  const readers: Record<Name, ReadPage> = {
    ListActivities: readActivities,
    ListStateMachines: readMachines,
    ListExecutions: readExecutions(),
    GetExecutionHistory: readHistory(),
    ListStateMachineVersions: async (page) => {
      const command = new ListStateMachineVersionsCommand({ stateMachineArn, ...page });
      const { stateMachineVersions, nextToken } = await service.client.send(command);
      return { items: stateMachineVersions!, nextToken };
    },
    ListStateMachineAliases: async (page) => {
      const command = new ListStateMachineAliasesCommand({ stateMachineArn, ...page });
      const { stateMachineAliases, nextToken } = await service.client.send(command);
      return { items: stateMachineAliases!, nextToken };
    },
  };

  beforeAll(async () => {
    const Next = (index: number) => (index < 3 ? { Next: `S${index + 1}` } : { End: true });
    const states = [0, 1, 2, 3].map((index) => [`S${index}`, { Type: 'Pass', ...Next(index) }]);
    const definition = { StartAt: 'S0', States: Object.fromEntries(states) };
    stateMachineArn = await service.createMachine(definition);
    for (let index = 0; index < COUNT; index++) {
      await service.createActivity();
      await service.createMachine();
      executionArn = await service.startExecution({ stateMachineArn });
      await update(service, stateMachineArn, JSON.stringify({ ...definition, Comment: `${index}` }));
      await createAlias(service, `alias-${index}`, routes([await publish(service, stateMachineArn), 100]));
    }
    await service.ended(executionArn);
  });

  test('every token begins with a letter: the AWS CLI takes one that begins with a dash for an option', async () => {
    for (let index = 0; index < 300; index++) {
      expect((await readActivities({ maxResults: 1 + (index % (COUNT - 1)) })).nextToken).toMatch(/^[A-Za-z]/);
    }
  });

  describe.each(names)('%s', (name) => {
    const read = readers[name];

    test.each([1, 2, 3, 4, COUNT, 1_000])('pages of %i make up the whole, each item once', async (maxResults) => {
      const whole = (await read({ maxResults: 1_000 })).items;
      expect(whole.length).toBeGreaterThanOrEqual(COUNT);
      const pages = await readAll(read, maxResults);
      expect(pages.flat()).toEqual(whole);
      for (const page of pages.slice(0, -1)) expect(page).toHaveLength(maxResults);
    });

    test('no token on the last page, also when it is full', async () => {
      const { length } = (await read({ maxResults: 1_000 })).items;
      expect((await read({ maxResults: length })).nextToken).toBeUndefined();
      expect((await read({ maxResults: length - 1 })).nextToken).toBeDefined();
    });

    test('maxResults may differ from page to page', async () => {
      const whole = (await read({ maxResults: 1_000 })).items;
      const first = await read({ maxResults: 2 });
      const second = await read({ maxResults: 3, nextToken: first.nextToken });
      const rest = await read({ nextToken: second.nextToken });
      expect([...first.items, ...second.items, ...rest.items]).toEqual(whole);
    });

    test('a token can be used again', async () => {
      const { nextToken } = await read({ maxResults: 2 });
      expect(await read({ maxResults: 2, nextToken })).toMatchObject({
        items: (await read({ maxResults: 2, nextToken })).items,
      });
    });

    test('a token is at most 1,024 characters, and shows nothing of what is listed', async () => {
      const { nextToken } = await read({ maxResults: 2 });
      expect(nextToken!.length).toBeLessThanOrEqual(1_024);
    });

    test.each(names.filter((other) => other !== name))('a token of %s: InvalidToken', async (other) => {
      const { nextToken } = await readers[other]({ maxResults: 2 });
      expect(await refusalOf(read({ nextToken }))).toEqual(INVALID_TOKEN);
    });

    test('a token with a character changed: InvalidToken', async () => {
      const { nextToken } = await read({ maxResults: 2 });
      for (const at of [0, 10, 30, nextToken!.length - 1]) {
        const changed = nextToken!.slice(0, at) + (nextToken![at] === 'A' ? 'B' : 'A') + nextToken!.slice(at + 1);
        expect(await refusalOf(read({ nextToken: changed }))).toEqual(INVALID_TOKEN);
      }
    });

    test('the token of a task: InvalidToken', async () => {
      const { taskToken, executionArn } = await service.takeTask();
      expect(await refusalOf(read({ nextToken: taskToken }))).toEqual(INVALID_TOKEN);
      await service.client.send(new StopExecutionCommand({ executionArn }));
    });
  });

  describe('a token is bound to the arguments that it was given for', () => {
    test('ListExecutions: to the state machine', async () => {
      const { nextToken } = await readExecutions()({ maxResults: 2 });
      const other = await service.createMachine();
      expect(await refusalOf(readExecutions({ stateMachineArn: other })({ nextToken }))).toEqual(INVALID_TOKEN);
    });

    test('ListExecutions: to the filter', async () => {
      const { nextToken } = await readExecutions()({ maxResults: 2 });
      expect(await refusalOf(readExecutions({ statusFilter: 'SUCCEEDED' })({ nextToken }))).toEqual(INVALID_TOKEN);
      const filtered = await readExecutions({ statusFilter: 'SUCCEEDED' })({ maxResults: 2 });
      expect(await refusalOf(readExecutions()({ nextToken: filtered.nextToken }))).toEqual(INVALID_TOKEN);
      expect(await refusalOf(readExecutions({ statusFilter: 'FAILED' })({ nextToken: filtered.nextToken }))).toEqual(
        INVALID_TOKEN,
      );
    });

    test('GetExecutionHistory: to the execution', async () => {
      const { nextToken } = await readHistory()({ maxResults: 2 });
      const other = await service.startExecution();
      expect(await refusalOf(readHistory({ executionArn: other })({ nextToken }))).toEqual(INVALID_TOKEN);
    });

    test.each([{ reverseOrder: true }, { includeExecutionData: false }])(
      'GetExecutionHistory: to %j',
      async (input) => {
        const { nextToken } = await readHistory()({ maxResults: 2 });
        expect(await refusalOf(readHistory(input)({ nextToken }))).toEqual(INVALID_TOKEN);
        const other = await readHistory(input)({ maxResults: 2 });
        expect(await refusalOf(readHistory()({ nextToken: other.nextToken }))).toEqual(INVALID_TOKEN);
        expect((await readHistory(input)({ nextToken: other.nextToken })).items.length).toBeGreaterThan(0);
      },
    );

    test('a default said in words is no other argument', async () => {
      const { nextToken } = await readHistory()({ maxResults: 2 });
      const input = { reverseOrder: false, includeExecutionData: true };
      expect((await readHistory(input)({ nextToken })).items.length).toBeGreaterThan(0);
    });
  });

  describe('while things come and go', () => {
    test('executions that start meanwhile do not move the pages', async () => {
      const stateMachineArn = await service.createMachine();
      const read = readExecutions({ stateMachineArn });
      for (let index = 0; index < 6; index++) await service.startExecution({ stateMachineArn });
      const whole = (await read({})).items.map((item) => (item as { executionArn: string }).executionArn);
      const first = await read({ maxResults: 3 });
      await service.startExecution({ stateMachineArn });
      const second = await read({ maxResults: 3, nextToken: first.nextToken });
      const seen = [...first.items, ...second.items].map((item) => (item as { executionArn: string }).executionArn);
      expect(seen).toEqual(whole);
    });

    test('pages of running executions go on behind one that ended meanwhile', async () => {
      const stateMachineArn = await service.createMachine(SLEEP);
      const started: string[] = [];
      for (let index = 0; index < 4; index++) started.unshift(await service.startExecution({ stateMachineArn }));
      const read = readExecutions({ stateMachineArn, statusFilter: 'RUNNING' });
      const first = await read({ maxResults: 2 });
      await service.client.send(new StopExecutionCommand({ executionArn: started[1] }));
      const second = await read({ nextToken: first.nextToken });
      expect(second.items).toMatchObject(started.slice(2).map((executionArn) => ({ executionArn })));
    });

    test('later pages of a running execution hold what was written meanwhile', async () => {
      const { taskToken: _, executionArn } = await service.takeTask();
      const read = readHistory({ executionArn });
      const first = await read({ maxResults: 2 });
      expect(first.items).toHaveLength(2);
      await service.client.send(new StopExecutionCommand({ executionArn }));
      const rest = await read({ nextToken: first.nextToken });
      expect(rest.items).toMatchObject([
        { id: 3, type: 'ActivityScheduled' },
        { id: 4, type: 'ActivityStarted' },
        { id: 5, type: 'ExecutionAborted' },
      ]);
    });
  });

  describe('a page without maxResults', () => {
    test.each([undefined, 0])('maxResults %p: 100 events', async (maxResults) => {
      const states = Array.from({ length: 60 }, (_, index) => [
        `S${index}`,
        { Type: 'Pass', ...(index < 59 ? { Next: `S${index + 1}` } : { End: true }) },
      ]);
      const executionArn = await service.startExecution({
        definition: { StartAt: 'S0', States: Object.fromEntries(states) },
      });
      await service.ended(executionArn);
      const pages = await readAll(readHistory({ executionArn }), maxResults);
      expect(pages.map(({ length }) => length)).toEqual([100, 22]);
    });

    test('100 of each list', async () => {
      const stateMachineArn = await service.createMachine();
      await Promise.all(
        Array.from({ length: 105 }, async () => {
          await service.createActivity();
          await service.createMachine(PASS);
          await service.startExecution({ stateMachineArn });
        }),
      );
      for (const read of [readActivities, readMachines, readExecutions({ stateMachineArn })]) {
        expect((await read({})).items).toHaveLength(100);
        expect((await read({ maxResults: 0 })).items).toHaveLength(100);
        expect((await read({ maxResults: 101 })).items).toHaveLength(101);
      }
    });
  });

  test.each(['x', '\u{1f600}'])(
    'a page of history ends at about 4 MB, with at least one event: %s',
    async (character) => {
      const states = Array.from({ length: 30 }, (_, index) => [
        `S${index}`,
        { Type: 'Pass', ...(index < 29 ? { Next: `S${index + 1}` } : { End: true }) },
      ]);
      const executionArn = await service.startExecution({
        definition: { StartAt: 'S0', States: Object.fromEntries(states) },
        input: JSON.stringify(character.repeat(200_000 / Buffer.byteLength(character))),
      });
      await service.ended(executionArn);
      const seen: number[] = [];
      for (let nextToken: unknown; ; ) {
        const body = { executionArn, maxResults: 1_000, nextToken };
        const { text, json } = await sendRaw(service.endpoint, { action: 'GetExecutionHistory', body });
        expect(Buffer.byteLength(text)).toBeLessThan(4_500_000);
        const events = json!.events as { id: number }[];
        expect(events.length).toBeGreaterThan(0);
        seen.push(...events.map(({ id }) => id));
        nextToken = json!.nextToken;
        if (nextToken === undefined) break;
      }
      expect(seen).toEqual(Array.from({ length: 62 }, (_, index) => index + 1));
    },
  );
});

describe('the life of a token', () => {
  const DAY_MS = 24 * 3_600_000;
  const service = useService({});
  const other = useService({});
  afterEach(() => jest.restoreAllMocks());
  const read = (nextToken?: string) => service.client.send(new ListActivitiesCommand({ maxResults: 1, nextToken }));

  beforeAll(async () => {
    for (let count = 0; count < 2; count++) await service.createActivity();
    await other.createActivity();
  });

  const later = (ms: number) => {
    const now = Date.now;
    jest.spyOn(Date, 'now').mockImplementation(() => now() + ms);
  };

  test('it is good for a day', async () => {
    const { nextToken } = await read();
    later(DAY_MS - 60_000);
    expect((await read(nextToken)).activities).toHaveLength(1);
  });

  test('after a day: InvalidToken', async () => {
    const { nextToken } = await read();
    later(DAY_MS + 1_000);
    expect(await refusalOf(read(nextToken))).toEqual(INVALID_TOKEN);
  });

  test('the token of another service: InvalidToken', async () => {
    const { nextToken } = await read();
    expect(await refusalOf(other.client.send(new ListActivitiesCommand({ nextToken })))).toEqual(INVALID_TOKEN);
  });

  test('names that were never given are no position', async () => {
    expect(await refusalOf(read(uniqueName('token')))).toEqual(INVALID_TOKEN);
  });
});
