import { pointerOf } from '../../asl/definition/diagnostic';
import { locateDiagnostics } from '../../asl/definition/locate';
import { validateDefinition } from '../../asl/definition/validate';
import { withoutSource } from '../../asl/jackson';
import { changeActivity, compareActivity } from '../../client/activity';
import { bringAlias, routesOf } from '../../client/alias';
import type { Caller } from '../../client/caller';
import type { Identity } from '../../client/identity';
import { ApiRefusal } from '../../client/refusal';
import { changeMachine, compareMachine, type WantedMachine } from '../../client/state-machine';
import { describeProblem } from '../definition-file';
import type { Found, FoundAlias, FoundDefinition, FoundMachine, FoundRefusal } from './found';

/** What became of one thing that was found; with a dry run, what would. */
export interface Outcome {
  action: 'created' | 'updated' | 'unchanged' | 'refused';
  kind: FoundRefusal['kind'];
  /** How its source calls it. */
  id: string;
  name?: string;
  arn?: string;
  /** Updated: what was different. */
  differences?: string[];
  /** Refused: why, a line each. */
  reasons?: string[];
}

export interface Target {
  api: Caller;
  identity: Identity;
  isDryRun: boolean;
}

/**
 * Makes what was found, or brings up to date what is there. Nothing is ever removed. What is refused leaves the others
 * as they are. Rejects with NoAnswer. `tell` hears of each as it is done.
 */
export async function apply(found: Found, target: Target, tell: (outcome: Outcome) => void): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const add = (outcome: Outcome) => {
    outcomes.push(outcome);
    tell(outcome);
  };
  for (const { kind, id, reasons } of found.refusals) add({ action: 'refused', kind, id, reasons });
  const names = new Set<string>();
  for (const { kind, id, name, tags } of found.activities) {
    const arn = arnOf(target.identity, 'activity', name);
    const wanted = { name, arn, tags };
    add(
      await bring({ kind, id, name, arn }, names, async () => {
        const change = await compareActivity(target.api, wanted);
        if (!target.isDryRun) await changeActivity(target.api, wanted, change);
        return change;
      }),
    );
  }
  for (const machine of found.machines) add(await bringMachine(machine, target, names));
  for (const alias of found.aliases) add(await aliasOutcome(alias, target, outcomes));
  return outcomes;
}

const arnOf = ({ partition, region, account }: Identity, type: 'stateMachine' | 'activity', name: string): string =>
  `arn:${partition}:states:${region}:${account}:${type}:${name}`;

type Its = Pick<Outcome, 'kind' | 'id' | 'name' | 'arn'>;
type Change =
  | { action: 'create' | 'none' }
  | { action: 'update'; differences: string[] }
  | { action: 'refuse'; reason: string };

/** Two of one name would overwrite each other with every import. */
async function bring(its: Its, names: Set<string>, work: () => Promise<Change>): Promise<Outcome> {
  if (names.has(its.arn!)) {
    const reason = `another ${its.kind} of this import has the name ${its.name}: give them names, or choose with --stack`;
    return { action: 'refused', ...its, reasons: [reason] };
  }
  names.add(its.arn!);
  try {
    const change = await work();
    if (change.action === 'refuse') return { action: 'refused', ...its, reasons: [change.reason] };
    if (change.action === 'update') return { action: 'updated', ...its, differences: change.differences };
    return { action: change.action === 'create' ? 'created' : 'unchanged', ...its };
  } catch (error) {
    if (error instanceof ApiRefusal) return { action: 'refused', ...its, reasons: [`${error.code}: ${error.message}`] };
    throw error;
  }
}

async function bringMachine(found: FoundMachine, target: Target, names: Set<string>): Promise<Outcome> {
  const { kind, id, name, definition, ...settings } = found;
  const wanted: WantedMachine = {
    ...settings,
    name,
    arn: arnOf(target.identity, 'stateMachine', name),
    definition: definition.text,
  };
  const outcome = await bring({ kind, id, name, arn: wanted.arn }, names, async () => {
    const change = await compareMachine(target.api, wanted);
    if (change.action === 'none' || !target.isDryRun) await changeMachine(target.api, wanted, change);
    else if (change.action !== 'refuse' && validateDefinition(definition.text, wanted.type).diagnostics.length > 0) {
      throw new ApiRefusal('InvalidDefinition', '');
    }
    return change;
  });
  // The service says where in the definition; the file says where to mend it.
  if (!outcome.reasons?.[0]?.startsWith('InvalidDefinition')) return outcome;
  const problems = problemsOf(definition, wanted.type);
  return problems.length > 0 ? { ...outcome, reasons: problems } : outcome;
}

/** `FILE:LINE:COLUMN: CODE: text (at /pointer)`, as `stepwell validate` prints it. */
function problemsOf({ text, file, placeOf }: FoundDefinition, type: FoundMachine['type']): string[] {
  const { diagnostics } = validateDefinition(text, type);
  return locateDiagnostics(text, diagnostics).map(({ code, message, path, line, column }) => {
    const place = placeOf ? placeOf(path ?? []) : { line, column };
    const pointer = path ? pointerOf(path) : null;
    return describeProblem(file, { code, message: withoutSource(message).split('\n')[0]!, pointer, ...place });
  });
}

async function aliasOutcome({ kind, id, name, machine, description }: FoundAlias, target: Target, done: Outcome[]) {
  const machineArn = arnOf(target.identity, 'stateMachine', machine);
  const its = { kind, id, name: `${machine}:${name}`, arn: `${machineArn}:${name}` };
  const isBrought = done.some(({ action, arn }) => arn === machineArn && action !== 'refused');
  if (!isBrought) {
    const reason = machine
      ? `its state machine ${machine} was not brought in`
      : 'nothing here says which state machine it is of';
    return { action: 'refused', ...its, reasons: [reason] } as Outcome;
  }
  try {
    if (!target.isDryRun) {
      return { action: await bringAlias(target.api, { name, machineArn, description }), ...its };
    }
    return { action: (await routesOf(target.api, its.arn)) ? 'unchanged' : 'created', ...its } as Outcome;
  } catch (error) {
    if (!(error instanceof ApiRefusal)) throw error;
    return { action: 'refused', ...its, reasons: [`${error.code}: ${error.message}`] } as Outcome;
  }
}
