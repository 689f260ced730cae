import { IMPORT_OPTIONS, KEYS_OPTIONS, RUN_OPTIONS, START_OPTIONS, VALIDATE_OPTIONS } from '../../lib/cli/options';
import { version } from '../../package.json';
import { stepwell } from './command';

const COMMANDS = {
  start: START_OPTIONS,
  run: RUN_OPTIONS,
  validate: VALIDATE_OPTIONS,
  import: IMPORT_OPTIONS,
  keys: KEYS_OPTIONS,
};

test('--version prints the version of the package', async () => {
  for (const word of ['--version', '-V', 'version']) {
    expect(await stepwell([word])).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
  }
});

test('--help lists every command with an example', async () => {
  const { status, stdout, stderr } = await stepwell(['--help']);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  for (const name of Object.keys(COMMANDS)) {
    expect(stdout).toMatch(new RegExp(`^  ${name} +\\w`, 'm'));
    expect(stdout).toMatch(new RegExp(`^  stepwell ${name}\\b`, 'm'));
  }
});

test('no words: the help, to standard error, and exit status 2', async () => {
  const { stdout } = await stepwell(['--help']);
  expect(await stepwell([])).toEqual({ status: 2, stdout: '', stderr: stdout });
});

describe.each(Object.entries(COMMANDS))('%s --help', (name, options) => {
  let text: string;

  beforeAll(async () => {
    const { status, stdout, stderr } = await stepwell([name, '--help']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    text = stdout;
  });

  test('shows each option with its value, default and environment variable', () => {
    for (const { flag, value, default: fallback, variable } of options) {
      expect(text).toMatch(new RegExp(`^  --${flag}${value ? ` ${value.replaceAll('|', '\\|')}` : ''} +\\S`, 'm'));
      if (fallback) expect(text).toContain(`default: ${fallback}`);
      if (variable) expect(text).toContain(`variable: ${variable}]`);
    }
  });

  test('fits a terminal of 100 columns, but for commands to paste', () => {
    const explanation = text.slice(0, text.indexOf('\nExamples:'));
    expect(explanation.split('\n').filter((line) => line.length > 100)).toEqual([]);
  });

  test('shows two examples or more, of flags that exist', () => {
    const lines = text.split('\n').filter((line) => line.startsWith('  ') && line.includes(`stepwell ${name}`));
    expect(lines.length).toBeGreaterThanOrEqual(2);
    const used = lines.flatMap((line) =>
      line
        .slice(line.indexOf(`stepwell ${name}`))
        .split('|')[0]!
        .match(/--[a-z-]+/g),
    );
    const known = options.map(({ flag }) => `--${flag}`);
    for (const flag of used) if (flag) expect(known).toContain(flag);
  });

  test('says what each exit status means', () => {
    for (const status of [0, 1, 2]) expect(text).toMatch(new RegExp(`^  ${status}  \\w`, 'm'));
  });

  test('is also the answer to `help` and to -h, whatever else is said', async () => {
    expect((await stepwell(['help', name])).stdout).toBe(text);
    expect((await stepwell([name, '-h', 'one', 'two'])).stdout).toBe(text);
  });
});
