import { statSync } from 'node:fs';
import type { Caller } from '../../client/caller';
import { type Identity, identityOf } from '../../client/identity';
import { ApiRefusal, NoAnswer } from '../../client/refusal';
import type { Command } from '../command';
import { readText } from '../definition-file';
import { apply, type Outcome } from '../import/apply';
import { Documents } from '../import/documents';
import { describeOutcome, printJson, summarize } from '../import/report';
import { readSource } from '../import/sources';
import { changeOf } from '../import/watch';
import { IMPORT_OPTIONS, type Settings } from '../options';
import { BadSetting, CannotStart, Refusal } from '../refusal';
import type { Terminal } from '../terminal';

/** `stepwell import`: what other tools describe, brought into a running service. */
export const importMachines: Command = {
  name: 'import',
  summary: 'Bring state machines and activities of CDK, SAM, Terraform and others in.',
  about: [
    'Reads what other tools write, and creates or updates the state machines, activities and aliases in it on a running service. PATH is a folder that `cdk synth` wrote (cdk.out), a template of CloudFormation or SAM in YAML or JSON, a serverless.yml with serverless-step-functions, or what `terraform show -json` printed of a state or a plan; - for standard input.',
    'Functions of the template are resolved for the region and the account of the service. A reference to a Lambda function becomes its ARN there, under the name that the template gives it or its logical id: the name that `stepwell start --function` takes. A machine that needs something unknown is refused by one line that says what and which flag helps; the others are brought in.',
    'Each thing is one line: created, updated with what was different, unchanged, or refused with why. Nothing is ever deleted. A name is that of the template, or the logical id.',
  ],
  operands: { name: 'PATH', least: 1, most: 1 },
  options: IMPORT_OPTIONS,
  examples: [
    { purpose: 'Bring in what a CDK app describes: `npx cdk synth` wrote it.', command: 'stepwell import cdk.out' },
    {
      purpose: 'Keep a SAM template and the service the same while you edit.',
      command: 'stepwell import template.yaml --parameter Stage=dev --watch',
    },
    {
      purpose: 'Bring in what Terraform has, to a service elsewhere.',
      command: 'terraform show -json | stepwell import - --endpoint http://127.0.0.1:8083',
    },
    {
      purpose: 'In CI: whether everything in a serverless.yml could be brought in.',
      command: 'stepwell import serverless.yml --parameter opt:stage=dev --dry-run --json',
    },
  ],
  statuses: [
    [0, 'Everything is as the files say.'],
    [1, 'Something was refused, or the service does not answer.'],
    [2, 'A file cannot be read, or a word of the command is wrong.'],
  ],

  async run(settings, [path], terminal) {
    const isWatched = settings.isOn('watch');
    if (isWatched && path === '-') throw new BadSetting('--watch needs files; standard input is read once.');
    const words = readWords(settings);
    const input = path === '-' ? await readText('-') : undefined;
    const api = await openCaller(settings);
    if (!isWatched) return (await importOnce(path!, words, api, terminal, await Documents.open(input))).status;
    await keepImporting(path!, words, api, terminal);
    return 0;
  },
};

interface ImportWords {
  parameters: Map<string, string>;
  stacks: string[];
  isDryRun: boolean;
  isJson: boolean;
}

function readWords(settings: Settings): ImportWords {
  const parameters = settings.texts('parameter').map((given) => {
    const at = given.indexOf('=');
    if (at < 1) throw new BadSetting(`--parameter ${given}: give NAME=VALUE.`);
    return [given.slice(0, at), given.slice(at + 1)] as const;
  });
  return {
    parameters: new Map(parameters),
    stacks: settings.texts('stack'),
    isDryRun: settings.isOn('dry-run'),
    isJson: settings.isOn('json'),
  };
}

async function openCaller(settings: Settings): Promise<Caller> {
  const endpoint = settings.text('endpoint')!;
  if (!/^https?:\/\/\S+$/.test(endpoint) || !URL.canParse(endpoint)) {
    throw new BadSetting(`${settings.nameOf('endpoint')} is "${endpoint}"; give a URL like http://127.0.0.1:8083.`);
  }
  // What signs is loaded here: no other command needs it.
  const { SignedCaller } = await import('../../client/signed-caller');
  const { defaultProvider } = await import('@aws-sdk/credential-provider-node');
  const find = defaultProvider();
  const any = { accessKeyId: 'any', secretAccessKey: 'any' };
  const credentials = () => find().catch(() => any);
  return new SignedCaller({ endpoint, region: settings.text('region')!, credentials });
}

/** Throws what reading and calling throw. */
async function importOnce(
  path: string,
  { parameters, stacks, isDryRun, isJson }: ImportWords,
  api: Caller,
  terminal: Terminal,
  documents: Documents,
): Promise<{ status: number }> {
  try {
    const identity = await identify(api);
    const found = readSource(path, documents, { identity, parameters, stacks });
    const tell = (outcome: Outcome) => {
      if (!isJson) terminal.print(describeOutcome(outcome, isDryRun));
    };
    const outcomes = await apply(found, { api, identity, isDryRun }, tell);
    if (isJson) printJson(outcomes, isDryRun, terminal);
    terminal.report(summarize(outcomes, isDryRun));
    return { status: outcomes.some(({ action }) => action === 'refused') ? 1 : 0 };
  } catch (error) {
    if (error instanceof NoAnswer) {
      throw new CannotStart(
        `${error.message}; start one with \`stepwell start\`, or give another with --endpoint URL.`,
      );
    }
    throw error;
  }
}

async function identify(api: Caller): Promise<Identity> {
  try {
    return await identityOf(api);
  } catch (error) {
    if (!(error instanceof ApiRefusal)) throw error;
    throw new CannotStart(`the service refuses: ${error.code}: ${error.message}.`);
  }
}

/** Errors are told, and the next change is waited for. */
async function keepImporting(path: string, words: ImportWords, api: Caller, terminal: Terminal): Promise<void> {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  const folders = statSync(path, { throwIfNoEntry: false })?.isDirectory() ? [path] : [];
  while (!stop.signal.aborted) {
    const documents = await Documents.open();
    // A change while it is read counts, too.
    const sinceMs = Date.now();
    await importOnce(path, words, api, terminal, documents).catch((error) => {
      if (!(error instanceof Refusal || error instanceof ApiRefusal)) throw error;
      terminal.report(`stepwell: ${error.message}`);
    });
    terminal.report('Watching for changes; Ctrl-C ends it.');
    await changeOf([path, ...documents.files], folders, sinceMs, stop.signal);
  }
}
