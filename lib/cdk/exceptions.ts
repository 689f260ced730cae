import { Stack, Token, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { GRANTS } from './grants';
import { FUNCTION_NAMES } from './options';
import type { Stepwell } from './stepwell';

/** Where cdk-nag's rules are not followed, and why. */
export function acknowledgeExceptions(stepwell: Stepwell): void {
  const { queues, masterSecret, api, functions } = stepwell;
  for (const dead of queues.deadLetters) {
    allow(
      dead,
      'SQS3',
      'It holds dead letters: of a queue of this stack, or of queues that come and go with activities.',
    );
  }
  if (!queues.requiresTls) allow(queues, 'SQS4', 'Switched off by an option, for emulators that have no TLS.');
  allow(masterSecret, 'SMG4', 'Another master secret makes every access key invalid: keys are renewed one by one.');
  allow(
    api,
    'APIG1',
    'Access logs need a role for API Gateway that a whole account shares; who has one switches them on at the stage.',
  );
  allow(api, 'APIG6', 'As with access logs. The function logs what it could not answer.');
  allow(api, 'APIG2', 'The function checks every request against the shape of its action, and answers as AWS does.');
  allow(api, 'APIG3', 'Requests are signed; whoever wants a firewall as well associates one with the stage.');
  const signed =
    'Clients sign for the service `states`, over the body: only the function can verify that, and always does.';
  allow(api, 'APIG4', signed);
  allow(api, 'COG4', signed);
  for (const name of FUNCTION_NAMES) {
    const part = functions.node.findChild(name);
    const queuesOfActivities = wildcard(stepwell, queues.activityQueueArns);
    allow(part, queuesOfActivities, 'Queues of activities come and go with their activities, under this prefix.');
  }
  for (const name of FUNCTION_NAMES) {
    for (const streams of functions.logStreams) {
      const reason = 'Streams are made as executions are logged, in the groups that the option `logGroups` names.';
      allow(functions.node.findChild(name), wildcard(stepwell, streams), reason);
    }
  }
  for (const name of FUNCTION_NAMES.filter((each) => GRANTS[each].invokesFunctions)) {
    allowTasks(stepwell, functions.node.findChild(name));
  }
  allow(functions.node.findChild('audit'), 'IAM5[Resource::*]', 'sqs:ListQueues can be granted in no narrower way.');
}

/** What the tasks of executions do, by the function that does it. */
function allowTasks(stepwell: Stepwell, part: IConstruct): void {
  const { invokes, permissions } = stepwell.functions;
  for (const pattern of invokes.filter((arn) => arn.includes('*'))) {
    const reason = 'Executions invoke the functions that their definitions name; the option `invokes` narrows it.';
    allow(part, wildcard(stepwell, pattern), reason);
  }
  for (const { actions, resources } of permissions) {
    const reason = 'Tasks may do what the option `taskPermissions` says.';
    for (const pattern of resources.filter((arn) => arn.includes('*')))
      allow(part, wildcard(stepwell, pattern), reason);
    for (const action of actions.filter((one) => one.includes('*'))) allow(part, `IAM5[Action::${action}]`, reason);
  }
}

function allow(construct: IConstruct, rule: string, reason: string): void {
  Validations.of(construct).acknowledge({ id: `AwsSolutions::AwsSolutions-${rule}`, reason });
}

/** The finding on a resource with a wildcard, as cdk-nag writes it: what is known at deployment only, by its name. */
function wildcard(scope: IConstruct, arn: string): string {
  const { partition, region, account } = Stack.of(scope);
  const names: [string, string][] = [
    [partition, 'AWS::Partition'],
    [region, 'AWS::Region'],
    [account, 'AWS::AccountId'],
  ];
  const text = names.reduce(
    (written, [value, name]) => (Token.isUnresolved(value) ? written.replaceAll(value, `<${name}>`) : written),
    arn,
  );
  return `IAM5[Resource::${text}]`;
}
