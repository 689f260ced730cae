import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(__dirname, '..');

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(folder, file));
}

/** The package is an ES module, which jest cannot load: its command is run instead. */
function cruise(...folders: string[]): { violations: string[]; modules: string[] } {
  const command = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const words = [command, '--config', '.dependency-cruiser.cjs', '--output-type', 'json', ...folders];
  const { stdout } = spawnSync(process.execPath, words, { cwd: root, encoding: 'utf8', maxBuffer: 100_000_000 });
  const { summary, modules } = JSON.parse(stdout) as {
    summary: { violations: { rule: { name: string }; from: string; to: string }[] };
    modules: { source: string }[];
  };
  return {
    violations: summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`),
    modules: modules.map(({ source }) => source),
  };
}

describe('architecture', () => {
  test('every import follows an arrow of the table, and there is no cycle', () => {
    const { violations, modules } = cruise('lib', 'bin', 'lambdas');
    expect(violations).toEqual([]);
    // A cruise that reads nothing finds nothing.
    const read = modules.filter((source) => source.startsWith('lib/') && source.endsWith('.ts'));
    expect(read.length).toBeGreaterThanOrEqual(sources('lib').length);
  }, 60_000);

  test('the pure rooms read no clock, throw no dice and start no timers', () => {
    const impure =
      /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bperformance\.|\bprocess\.|\bset(Timeout|Interval|Immediate)\b/;
    const found = [...sources('lib/asl'), ...sources('lib/engine')].filter((file) =>
      impure.test(readFileSync(join(root, file), 'utf8')),
    );
    expect(found).toEqual([]);
  });

  test('no file is longer than 400 lines', () => {
    const long = [...sources('lib'), ...sources('bin'), ...sources('lambdas')].filter(
      (file) => readFileSync(join(root, file), 'utf8').split('\n').length > 400,
    );
    expect(long).toEqual([]);
  });

  test('no file has a name that says nothing', () => {
    const vague = /\b(utils?|helpers?|common|managers?|misc)\b/;
    expect([...sources('lib'), ...sources('bin'), ...sources('test')].filter((file) => vague.test(file))).toEqual([]);
  });
});
