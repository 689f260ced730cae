import { nearest } from '../../lib/cli/nearest';
import { emptyFolder, removeFolders, stepwell } from './command';

afterAll(removeFolders);

/** What is said -> the one line that it gets. */
const WRONG: [words: string, line: string][] = [
  ['strat', 'there is no command "strat". Did you mean start?'],
  [
    'deploy',
    'there is no command "deploy". There are start, run, validate, import, keys; `stepwell --help` says more.',
  ],
  ['help strat', 'there is no command "strat". Did you mean start?'],
  ['--port 9', 'a command comes first, then its flags: stepwell start --port. `stepwell --help` lists them.'],
  ['start --prot 9', 'start has no flag --prot. Did you mean --port?'],
  ['start --prot=9', 'start has no flag --prot. Did you mean --port?'],
  ['start --memroy', 'start has no flag --memroy. Did you mean --memory?'],
  ['start --max-machines 3', 'start has no flag --max-machines. Did you mean --max-state-machines?'],
  ['start --lamda-endpoint x', 'start has no flag --lamda-endpoint. Did you mean --lambda-endpoint?'],
  ['start --verbose', 'start has no flag --verbose. `stepwell start --help` lists its flags.'],
  ['start -p 9', 'start has no flag -p. Did you mean --port?'],
  ['start 9000', 'start takes flags only, and "9000" is none. `stepwell start --help` says more.'],
  ['start --port', '--port needs a value: --port N.'],
  ['start --port=', '--port needs a value: --port N.'],
  ['start --port --memory', '--port needs a value: --port N. If --memory is it, write --port=--memory.'],
  ['start --memory=yes', '--memory is a switch and takes no value.'],
  ['start --no-memory', 'start has no flag --no-memory. Did you mean --memory?'],
  ['validate', 'validate needs a FILE. `stepwell validate --help` says more.'],
  ['validate --jsn a.json', 'validate has no flag --jsn. Did you mean --json?'],
  ['run', 'run needs a FILE. `stepwell run --help` says more.'],
  ['run a.json b.json', 'run takes one FILE, and "b.json" is another. `stepwell run --help` says more.'],
  ['import', 'import needs a PATH. `stepwell import --help` says more.'],
  ['import a b', 'import takes one PATH, and "b" is another. `stepwell import --help` says more.'],
  ['import a --paramter x', 'import has no flag --paramter. Did you mean --parameter?'],
  ['run --port 9 a.json', 'run has no flag --port. `stepwell run --help` lists its flags.'],
];

test.each(WRONG)('stepwell %s: one line, and exit status 2', async (words, line) => {
  const ended = await stepwell(words.split(' '), { folder: emptyFolder() });
  expect(ended).toEqual({ status: 2, stdout: '', stderr: `stepwell: ${line}\n` });
});

describe('what is near', () => {
  const flags = ['--port', '--host', '--data', '--memory', '--max-activities', '--lambda-endpoint'];

  test.each([
    ['--prt', '--port'],
    ['--ports', '--port'],
    ['--PORT', '--port'],
    ['--hots', '--host'],
    ['--mem', '--memory'],
    ['--max-activites', '--max-activities'],
    ['--lambda', '--lambda-endpoint'],
    ['--activities', '--max-activities'],
    ['--x', undefined],
    ['--', undefined],
    ['--verbose', undefined],
    ['--toast', undefined],
  ])('%s: %s', (word, meant) => {
    expect(nearest(word, flags)).toBe(meant);
  });
});
