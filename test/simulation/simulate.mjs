// npm run simulate -- [--seeds 20000] [--from 1] [--mutations [--only WORDS]]
// Runs many seeds of the simulation on two cores and ends with a line of counts; with --mutations takes each rule of the
// model away in turn, and shows the shortest way to what goes wrong then; and each guard of the runtime, and shows which
// seed finds it.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { bundle } from '../../scripts/bundle.mjs';
import { MUTATIONS } from './mutations.mjs';

const CORES = 2;
const MUTATION_SEEDS = 2_000;
/** So many seeds hit every crash point; fewer need not. */
const ALL_POINTS_SEEDS = 2_000;
const root = resolve(fileURLToPath(import.meta.url), '../../..');
// Beside the packages that the bundle leaves outside.
const folder = mkdtempSync(join(root, 'node_modules/.simulation-'));
const run = promisify(execFile);

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '20000' },
    from: { type: 'string', default: '1' },
    mutations: { type: 'boolean' },
    only: { type: 'string' },
  },
});
const from = Number(values.from);

try {
  if (values.mutations) {
    await mutateModel();
    await mutate();
  } else await simulate();
} finally {
  rmSync(folder, { recursive: true });
}

async function simulate() {
  const file = await bundleSeeds('seeds');
  const count = Math.ceil(Number(values.seeds) / CORES);
  const parts = await Promise.all(
    Array.from({ length: CORES }, (_, core) => batch(file, from + core, count, CORES, 0)),
  );
  const counts = {};
  for (const part of parts) {
    for (const [what, times] of Object.entries(part.counts)) counts[what] = (counts[what] ?? 0) + times;
  }
  const failures = parts.flatMap((part) => part.failures).sort((a, b) => a.seed - b.seed);
  for (const { seed, violations } of failures.slice(0, 10)) {
    console.log(`seed ${seed}: ${violations[0]}\n  again: STEPWELL_SEED=${seed} npx jest test/simulation`);
  }
  const seeds = parts.reduce((sum, part) => sum + part.seeds, 0);
  const told = Object.keys(counts)
    .sort()
    .map((what) => `${what}: ${counts[what]}`);
  const [{ crashPoints }] = parts;
  const unhit = crashPoints.filter((point) => !counts[point]);
  const unknown = Object.keys(counts).filter((what) => /^dies /.test(what) && !crashPoints.includes(what));
  console.log(`crash points hit: ${crashPoints.length - unhit.length}, not hit: ${unhit.join(', ') || 'none'}`);
  if (unknown.length > 0) console.log(`crash points that the list lacks: ${unknown.join(', ')}`);
  console.log(`seeds: ${seeds}, ${told.join(', ')}, violations: ${failures.length}`);
  const isIncomplete = seeds >= ALL_POINTS_SEEDS && unhit.length > 0;
  if (failures.length > 0 || isIncomplete || unknown.length > 0) process.exitCode = 1;
}

/** The model without each of its rules. */
async function mutateModel() {
  const file = join(folder, 'model.cjs');
  await bundle(join(root, 'test/simulation/model/main.ts'), file);
  const { stdout } = await run(process.execPath, [file], { maxBuffer: 100_000_000 });
  const [whole, ...mutated] = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const show = ({ breach, trace }) => console.log([`${breach}:`, ...trace].join('\n    '));
  const chosen = mutated.filter(({ without }) => isChosen(without));
  for (const { without, finding } of chosen) {
    console.log(
      `model without the rule "${without}": ${finding ? `found in ${finding.trace.length} steps` : 'NOT FOUND'}`,
    );
    if (finding) show(finding);
  }
  const found = chosen.filter(({ finding }) => finding).length;
  console.log(
    `model with all rules: ${whole.states} states, ${whole.ends} ends, ${whole.finding ? 'VIOLATED' : 'no violation'}`,
  );
  if (whole.finding) show(whole.finding);
  console.log(`rules of the model: ${chosen.length}, found: ${found}, not found: ${chosen.length - found}`);
  if (whole.finding || found < chosen.length) process.exitCode = 1;
}

function isChosen(name) {
  return values.only === undefined || name.includes(values.only);
}

async function mutate() {
  const chosen = MUTATIONS.filter(({ name }) => isChosen(name));
  const waiting = [...chosen];
  const plain = bundleSeeds('seeds');
  const lines = new Map();
  const work = async () => {
    for (let mutation = waiting.shift(); mutation; mutation = waiting.shift()) {
      const file = await bundleSeeds(`mutation-${MUTATIONS.indexOf(mutation)}`, mutation);
      const mix = mutation.mix ? [JSON.stringify(mutation.mix)] : [];
      const { seeds, failures } = await batch(file, from, MUTATION_SEEDS, 1, 1, ...mix);
      const [found] = failures;
      // Without it the same seed is fine, or it is not the mutation that was found.
      const isFine = found && (await batch(await plain, found.seed, 1, 1, 0, ...mix)).failures.length === 0;
      const line = isFine ? `found by seed ${found.seed}, the ${seeds}th: ${found.violations[0]}` : 'NOT FOUND';
      lines.set(mutation, isFine === true);
      console.log(`${mutation.name}: ${line.slice(0, 200)}`);
    }
  };
  await Promise.all(Array.from({ length: CORES }, work));
  const found = [...lines.values()].filter(Boolean).length;
  console.log(`mutations: ${chosen.length}, found: ${found}, not found: ${chosen.length - found}`);
  if (found < chosen.length) process.exitCode = 1;
}

async function batch(file, ...numbers) {
  const { stdout } = await run(process.execPath, [file, ...numbers.map(String)], { maxBuffer: 100_000_000 });
  return JSON.parse(stdout.trim().split('\n').at(-1));
}

/** Bundles the simulation, with a mutation's edits in the sources; each has to be found exactly once. */
async function bundleSeeds(name, mutation) {
  const outfile = join(folder, `${name}.cjs`);
  const edits = mutation?.edits ?? [];
  const done = new Set();
  const editing = {
    name: 'mutation',
    setup({ onLoad }) {
      onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        let contents = await readFile(path, 'utf8');
        for (const edit of edits.filter(({ file }) => file === relative(root, path).replaceAll('\\', '/'))) {
          const parts = contents.split(edit.from);
          if (parts.length !== 2)
            throw new Error(`${mutation.name}: ${edit.file} has ${parts.length - 1} of: ${edit.from}`);
          contents = parts.join(edit.to);
          done.add(edit);
        }
        return { contents, loader: 'ts' };
      });
    },
  };
  await bundle(join(root, 'test/simulation/seeds.ts'), outfile, { plugins: [editing] });
  if (done.size !== edits.length)
    throw new Error(`${mutation.name}: a file of its edits is not part of the simulation`);
  return outfile;
}
