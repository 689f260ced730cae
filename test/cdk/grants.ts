import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FUNCTION_NAMES, type FunctionName } from '../../lib/cdk/options';
import { synthesizePlain } from './synthesized';

const root = join(__dirname, '../..');
const stack = synthesizePlain();

interface Statement {
  Action: string | string[];
  Resource: unknown;
}

/** Statements of all roles, and of the policies that mappings add. */
const statements = [
  ...stack.of('AWS::IAM::Role').flatMap(({ Properties }) => Properties.Policies as { PolicyDocument: object }[]),
  ...stack.of('AWS::IAM::Policy').map(({ Properties }) => Properties as { PolicyDocument: object }),
].flatMap(({ PolicyDocument }) => (PolicyDocument as { Statement: Statement[] }).Statement);
/** Of the role of that function. */
function statementsOf(name: FunctionName): Statement[] {
  const {
    'Fn::GetAtt': [role],
  } = stack.function(name).Role as { 'Fn::GetAtt': [string] };
  const { Policies } = stack.template.toJSON().Resources[role].Properties as {
    Policies: { PolicyDocument: { Statement: Statement[] } }[];
  };
  return Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
}

const actions = new Set(statements.flatMap(({ Action }) => Action));

/** The commands that the adapters send, by what IAM calls them. */
function actionsIn(folder: string, service: string): string[] {
  const text = readdirSync(join(root, folder))
    .map((file) => readFileSync(join(root, folder, file), 'utf8'))
    .join('\n');
  return [...text.matchAll(/new (\w+?)(Batch)?Command\(/g)].map(([, command]) => `${service}:${command}`);
}

/** Only served processes make tables, and change queues that were made otherwise. */
const SERVED_ONLY = /CreateTable|DescribeTable|TimeToLive|SetQueueAttributes/;
/** lib-dynamodb has shorter names. */
const ITEM = /:(Get|Put|Update|Delete)$/;

describe('grants', () => {
  test('every call that the code makes of tables and queues is granted, and none that it does not make', () => {
    const tables = actionsIn('lib/adapters/dynamodb', 'dynamodb').map((action) => action.replace(ITEM, ':$1Item'));
    const used = new Set(
      [...tables, ...actionsIn('lib/adapters/sqs', 'sqs')].filter((each) => !SERVED_ONLY.test(each)),
    );
    const granted = [...actions].filter((action) => /^(dynamodb|sqs):/.test(action));
    expect(granted.sort()).toEqual([...used].sort());
  });

  test('beside these: own logs, the master secret, and the functions of executions', () => {
    const others = [...actions].filter((action) => !/^(dynamodb|sqs):/.test(action));
    expect(others.sort()).toEqual([
      'lambda:InvokeFunction',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      'secretsmanager:GetSecretValue',
    ]);
  });

  test('no action has a wildcard, and every function has a role of its own', () => {
    expect([...actions].filter((action) => action.includes('*'))).toEqual([]);
    const roles = FUNCTION_NAMES.map((name) => JSON.stringify(stack.function(name).Role));
    expect(new Set(roles).size).toBe(FUNCTION_NAMES.length);
  });

  test('functions are invoked by those that run tasks; of the deployment, only `sync`, by the API', () => {
    const invoked = (name: FunctionName) =>
      statementsOf(name)
        .filter(({ Action }) => [Action].flat().includes('lambda:InvokeFunction'))
        .map(({ Resource }) => /function:[^"]*/.exec(JSON.stringify(Resource))![0]);
    expect(Object.fromEntries(FUNCTION_NAMES.map((name) => [name, invoked(name)]))).toEqual({
      api: ['function:stepwell-sync'],
      advance: [],
      task: ['function:*'],
      sync: ['function:*'],
      timers: [],
      audit: [],
    });
  });

  test('only listing queues is granted on everything', () => {
    const everything = statements.filter(({ Resource }) => JSON.stringify(Resource) === '"*"');
    expect(everything.flatMap(({ Action }) => Action)).toEqual(['sqs:ListQueues']);
  });
});
