// Whether anything holds the server's event loop for long: `npm run bench:holds`. README.md says what is measured.
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Client } from './client.mjs';
import { documentOf, FEW_DOCUMENTS, smallDocumentOf } from './holds/documents.mjs';
import { FEW_SHAPES, JSONATA } from './holds/jsonata.mjs';
import { JSONPATH } from './holds/jsonpath.mjs';
import { ProbedServer, STORE_NAMES } from './holds/probed-server.mjs';
import { median } from './measure.mjs';

const HELD_MAX_MS = 50;
/** A cell is measured again only where it came so near. */
const NEAR_MS = 25;
const CELL_MAX_MS = 120_000;
const LOOK_EVERY_MS = 4;
const WORST_SHOWN = 10;
const ROLE = 'arn:aws:iam::123456789012:role/any';
const HELP = `npm run bench:holds -- [OPTIONS]
  --rounds N         rounds, of which the median counts; 3
  --at-once N,...    executions that run at the same time; 1,20
  --store KIND,...   ${STORE_NAMES.join(', ')}; memory for one at a time, durable for more
  --only TEXT        cells whose name has TEXT in it
  --all              shows every cell, and not only those over ${NEAR_MS} ms`;

const options = optionsOf(process.argv.slice(2));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130));

const cells = cellsOf(options);
const startMs = performance.now();
for (const store of STORE_NAMES)
  await measureAll(
    store,
    cells.filter((cell) => cell.store === store),
  );
report(cells);
process.exit(cells.some(({ heldMs }) => heldMs > HELD_MAX_MS) ? 1 : 0);

function cellsOf({ stores, counts, only }) {
  const cells = [];
  for (const count of counts) {
    for (const store of stores ?? [count === 1 ? 'memory' : 'durable']) {
      for (const { language, shape, document, definition } of grid()) {
        if (count > 1 && !isOfFew(language, shape, document)) continue;
        const name = `${language}, ${shape}: ${document}, ${count} at once, ${store}`;
        if (name.includes(only)) cells.push({ name, store, count, definition, document, heldMs: [] });
      }
    }
  }
  return cells;
}

/** Where many run at once, all of the grid would take an hour. */
function isOfFew(language, shape, document) {
  return FEW_DOCUMENTS.includes(document) && (language === 'JSONPath' || FEW_SHAPES.includes(shape));
}

function* grid() {
  for (const [language, shapes] of Object.entries({ JSONPath: JSONPATH, JSONata: JSONATA })) {
    for (const [shape, [documents, definition]] of Object.entries(shapes)) {
      for (const document of documents) yield { language, shape, document, definition };
    }
  }
}

async function measureAll(store, cells) {
  if (cells.length === 0) return;
  const server = await ProbedServer.start(store);
  const client = new Client(server.port);
  try {
    const machines = await createMachines(client, cells);
    // What is loaded and compiled with the first call of a thing is not what executions can repeat.
    for (const { definition, document } of cells)
      await runOnce(client, machines.get(definition), smallDocumentOf(document), 1);
    for (const cell of cells.slice(0, 20))
      await runOnce(client, machines.get(cell.definition), documentOf(cell.document), 1);
    for (let round = 1; round <= options.rounds; round++) {
      const due = cells.filter(({ heldMs }) => round === 1 || Math.max(...heldMs) > NEAR_MS);
      for (const cell of due) {
        await server.longestHoldMs();
        await runOnce(client, machines.get(cell.definition), documentOf(cell.document), cell.count);
        cell.heldMs.push(await server.longestHoldMs());
      }
      process.stderr.write(`${store}, round ${round}: ${due.length} cells, ${seconds()} s\n`);
    }
    for (const cell of cells) cell.heldMs = median(cell.heldMs);
  } finally {
    client.close();
    await server.stop();
  }
}

async function createMachines(client, cells) {
  const machines = new Map();
  for (const { definition } of cells) {
    if (machines.has(definition)) continue;
    const body = { name: `shape${machines.size}`, definition: JSON.stringify(definition), roleArn: ROLE };
    machines.set(definition, (await client.call('CreateStateMachine', body)).stateMachineArn);
  }
  return machines;
}

/** Starts so many executions together and waits for their ends; then reads what came of one. */
async function runOnce(client, stateMachineArn, input, count) {
  const started = await Promise.all(
    Array.from({ length: count }, () => client.call('StartExecution', { stateMachineArn, input })),
  );
  const untilMs = performance.now() + CELL_MAX_MS;
  const running = { stateMachineArn, statusFilter: 'RUNNING', maxResults: 1 };
  while ((await client.call('ListExecutions', running)).executions.length > 0) {
    if (performance.now() > untilMs) throw new Error(`no end of ${stateMachineArn}`);
    await sleep(LOOK_EVERY_MS);
  }
  const { executionArn } = started[0];
  await client.call('DescribeExecution', { executionArn });
  await client.call('GetExecutionHistory', { executionArn, reverseOrder: true, maxResults: 20 });
}

function report(cells) {
  const worstFirst = cells.toSorted((a, b) => b.heldMs - a.heldMs);
  const line = ({ heldMs, name }) => `${heldMs.toFixed(1).padStart(7)} ms  ${name}`;
  const shown = cells.filter(({ heldMs }) => options.all || heldMs > NEAR_MS);
  if (shown.length > 0) console.log(`${shown.map(line).join('\n')}\n`);
  console.log(`The worst:\n${worstFirst.slice(0, WORST_SHOWN).map(line).join('\n')}\n`);
  const over = cells.filter(({ heldMs }) => heldMs > HELD_MAX_MS).length;
  console.log(`${cells.length} cells in ${seconds()} s, ${over} over ${HELD_MAX_MS} ms`);
}

function seconds() {
  return Math.round((performance.now() - startMs) / 1000);
}

function optionsOf(words) {
  try {
    const { values } = parseArgs({
      args: words,
      options: {
        rounds: { type: 'string', default: '3' },
        'at-once': { type: 'string', default: '1,20' },
        store: { type: 'string' },
        only: { type: 'string', default: '' },
        all: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) {
      console.log(HELP);
      process.exit(0);
    }
    const stores = values.store?.split(',');
    const unknown = stores?.find((name) => !STORE_NAMES.includes(name));
    if (unknown !== undefined) throw new Error(`there is no store ${unknown}`);
    const counts = values['at-once'].split(',').map(countOf);
    return { ...values, stores, counts, rounds: countOf(values.rounds) };
  } catch (error) {
    console.error(`${error.message}\n\n${HELP}`);
    process.exit(2);
  }
}

function countOf(text) {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new Error(`a number from 1, not ${text}`);
  return count;
}
