import { basename, extname } from 'node:path';
import { withoutSource } from '../../asl/jackson';
import { JsonSyntaxError, parseJson, positionAt } from '../../asl/json';
import type { Command } from '../command';
import { counted } from '../counted';
import { checkDefinition, describeProblem, readText, titleOf } from '../definition-file';
import { RUN_OPTIONS, type Settings } from '../options';
import { prettyJson } from '../pretty-json';
import { BadSetting } from '../refusal';
import { readAwsEndpoint, readFunctions, readLambdaEndpoint, readServiceEndpoints } from '../settings';
import { type EndedExecution, NO_WORKER, runOnce } from '../single-run';
import type { Terminal } from '../terminal';
import type { ApiEvent } from '../timeline/event';
import { Timeline } from '../timeline/timeline';

/** `stepwell run`: one execution, told on the way. */
export const run: Command = {
  name: 'run',
  summary: 'Run one definition here and show each state as it happens.',
  about: [
    'Runs a definition once, in this process and in memory: no server, no file, nothing stays. What happens is printed to standard error as it happens, then the output to standard output as JSON, so that it can be piped. FILE is a JSON file, or - for standard input.',
    'Lambda functions are local modules (--function), or come from where --lambda-endpoint says; other services are called where --aws-endpoint and --endpoint say. Ctrl-C stops the execution.',
    `Nobody works on activities here: their tasks fail at once with ${NO_WORKER}, which Retry and Catch treat as any other error. For activities, use stepwell start and let a worker poll.`,
  ],
  operands: { name: 'FILE', least: 1, most: 1 },
  options: RUN_OPTIONS,
  examples: [
    {
      purpose: 'Run a definition with an input and a function.',
      command: `stepwell run order.asl.json --input '{"id": 7}' --function charge=./charge.mjs#handler`,
    },
    {
      purpose: 'Take the input from a file, and one member of the output.',
      command: 'stepwell run order.asl.json --input @order.json | jq .receipt',
    },
    {
      purpose: 'How it ended, and in how many events.',
      command: "stepwell run order.asl.json --json | jq '.status, (.events | length)'",
    },
  ],
  statuses: [
    [0, 'The execution SUCCEEDED.'],
    [1, 'It FAILED, TIMED_OUT or was ABORTED.'],
    [2, 'The definition has problems, or a word of the command is wrong.'],
  ],

  async run(settings, [file], terminal) {
    const definition = await readText(file!);
    const { program, problems } = checkDefinition(definition);
    if (!program) {
      for (const problem of problems) terminal.report(describeProblem(file!, problem));
      throw new BadSetting(`${titleOf(file!)} has ${counted(problems.length, 'problem')}; nothing was run.`);
    }
    const functions = readFunctions(settings);
    const lambdaEndpoint = readLambdaEndpoint(settings);
    const awsEndpoint = readAwsEndpoint(settings);
    const serviceEndpoints = readServiceEndpoints(settings);
    const input = await readInput(settings);
    const isJson = settings.isOn('json');
    const timeline = new Timeline({ definition, isColoured: terminal.isColoured });
    const all: ApiEvent[] = [];
    const ended = await runOnce({
      definition,
      program,
      name: basename(titleOf(file!), extname(file!)),
      input,
      functions,
      lambdaEndpoint,
      awsEndpoint,
      serviceEndpoints,
      signal: stopSignal(),
      onActivity: (name) =>
        terminal.report(
          `stepwell: nobody works on the activity ${name} in a single run, so its tasks fail with ${NO_WORKER}; for workers, use stepwell start.`,
        ),
      onCallback: (stateName) =>
        terminal.report(
          `stepwell: ${stateName} waits until its token comes back, which nobody can send to a single run; for that, use stepwell start.`,
        ),
      onEvents(events) {
        all.push(...events);
        if (!isJson) for (const line of timeline.lines(events)) terminal.report(line);
      },
    });
    if (isJson) terminal.print(describeAsJson(ended, all));
    else printEnd(ended, terminal);
    return ended.status === 'SUCCEEDED' ? 0 : 1;
  },
};

/** Throws BadSetting for what is not JSON. */
async function readInput(settings: Settings): Promise<string> {
  const given = settings.text('input')!;
  const isFile = given.startsWith('@');
  const text = isFile ? await readText(given.slice(1)) : given;
  try {
    parseJson(text);
    return text;
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    const { line, column } = positionAt(text, error.offset);
    const place = isFile ? `${titleOf(given.slice(1))}:${line}:${column}` : `column ${column}`;
    const hint = isFile ? '' : ' Give JSON in quotes of the shell, or @FILE.';
    throw new BadSetting(`the input is not JSON (${place}): ${withoutSource(error.message)}.${hint}`);
  }
}

function stopSignal(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => controller.abort());
  return controller.signal;
}

function printEnd({ status, output, error, cause }: EndedExecution, terminal: Terminal): void {
  if (status === 'SUCCEEDED') return terminal.print(prettyJson(output ?? 'null'));
  if (error !== undefined) terminal.report(`error: ${error}`);
  if (cause !== undefined) terminal.report(`cause: ${cause}`);
}

/** The output stands in it as JSON, in its own text. */
function describeAsJson({ status, output, error, cause, startDate, stopDate }: EndedExecution, events: ApiEvent[]) {
  const members = [
    ['status', JSON.stringify(status)],
    ['output', output],
    ['error', JSON.stringify(error)],
    ['cause', JSON.stringify(cause)],
    ['startDate', JSON.stringify(startDate)],
    ['stopDate', JSON.stringify(stopDate)],
    ['events', JSON.stringify(events)],
  ].filter(([, text]) => text !== undefined);
  return prettyJson(`{${members.map(([name, text]) => `"${name}":${text}`).join(',')}}`);
}
