import { splitAttribute } from '../short-tags';
import type { Scope } from './scope';
import { isMembers, type Resource } from './template';
import { NO_VALUE } from './unresolved';

/**
 * What references to resources become. A name is what the template gives, or the logical id: what CloudFormation would
 * make up is known to nobody here.
 */

interface Kind {
  /** The property that names it. */
  name: string;
  /** The last parts of its ARN; the partition comes before. */
  arn(its: Its): string;
  ref: 'name' | 'arn' | 'url';
  /** Attributes beside Arn, of which each is a name, an ARN or a URL. */
  attributes?: Record<string, Kind['ref']>;
}

interface Its {
  name: string;
  region: string;
  account: string;
  scope: Scope;
  properties: Record<string, unknown>;
}

const place =
  (service: string) =>
  ({ region, account }: Its) =>
    `${service}:${region}:${account}`;
const lambda = (its: Its) => `${place('lambda')(its)}:function:${its.name}`;
const dynamodb: Kind = {
  name: 'TableName',
  arn: (its) => `${place('dynamodb')(its)}:table/${its.name}`,
  ref: 'name',
};
const lambdaFunction: Kind = { name: 'FunctionName', arn: lambda, ref: 'name', attributes: { FunctionArn: 'arn' } };
const machine = (name: string): Kind => ({
  name,
  arn: (its) => `${place('states')(its)}:stateMachine:${its.name}`,
  ref: 'arn',
  attributes: { Name: 'name' },
});

/** A new type is a line here and a case in test/cli/import. */
const KINDS: Readonly<Record<string, Kind>> = {
  'AWS::StepFunctions::StateMachine': machine('StateMachineName'),
  'AWS::Serverless::StateMachine': machine('Name'),
  'AWS::StepFunctions::Activity': {
    name: 'Name',
    arn: (its) => `${place('states')(its)}:activity:${its.name}`,
    ref: 'arn',
    attributes: { Name: 'name' },
  },
  'AWS::Lambda::Function': lambdaFunction,
  'AWS::Serverless::Function': lambdaFunction,
  'AWS::IAM::Role': {
    name: 'RoleName',
    arn: ({ account, name, properties: { Path = '/' } }) => `iam::${account}:role${Path}${name}`,
    ref: 'name',
  },
  'AWS::SQS::Queue': {
    name: 'QueueName',
    arn: (its) => `${place('sqs')(its)}:${its.name}`,
    ref: 'url',
    attributes: { QueueName: 'name', QueueUrl: 'url' },
  },
  'AWS::SNS::Topic': {
    name: 'TopicName',
    arn: (its) => `${place('sns')(its)}:${its.name}`,
    ref: 'arn',
    attributes: { TopicName: 'name', TopicArn: 'arn' },
  },
  'AWS::DynamoDB::Table': dynamodb,
  'AWS::DynamoDB::GlobalTable': dynamodb,
  'AWS::Serverless::SimpleTable': dynamodb,
  'AWS::S3::Bucket': { name: 'BucketName', arn: ({ name }) => `s3:::${name}`, ref: 'name' },
  'AWS::Events::EventBus': {
    name: 'Name',
    arn: (its) => `${place('events')(its)}:event-bus/${its.name}`,
    ref: 'name',
    attributes: { Name: 'name' },
  },
  'AWS::Logs::LogGroup': {
    name: 'LogGroupName',
    arn: (its) => `${place('logs')(its)}:log-group:${its.name}:*`,
    ref: 'name',
  },
  'AWS::ECS::Cluster': { name: 'ClusterName', arn: (its) => `${place('ecs')(its)}:cluster/${its.name}`, ref: 'name' },
  'AWS::ECS::TaskDefinition': {
    name: 'Family',
    arn: (its) => `${place('ecs')(its)}:task-definition/${its.name}:1`,
    ref: 'arn',
    attributes: { TaskDefinitionArn: 'arn' },
  },
  'AWS::Glue::Job': { name: 'Name', arn: (its) => `${place('glue')(its)}:job/${its.name}`, ref: 'name' },
};

/** What `Ref` of a resource is; undefined where nobody can know. */
export function referenceTo(scope: Scope, id: string): string | undefined {
  const resource = scope.template.resources[id];
  if (!resource) return samReference(scope, id);
  const { Type, Properties } = resource;
  // Versions come and go: their function is the same one here.
  if (Type === 'AWS::Lambda::Version') return functionArn(scope, Properties.FunctionName);
  if (Type === 'AWS::StepFunctions::StateMachineAlias') {
    const { RoutingConfiguration, DeploymentPreference, Name } = Properties;
    const routes = [scope.resolve(RoutingConfiguration), scope.resolve(DeploymentPreference)].flat().filter(isMembers);
    return routes[0] && `${routes[0].StateMachineVersionArn}:${Name === undefined ? id : scope.text(Name)}`;
  }
  if (Type === 'AWS::Lambda::Alias') {
    return `${functionArn(scope, Properties.FunctionName)}:${scope.text(Properties.Name)}`;
  }
  // So are those of machines: numbers are given out here.
  if (Type === 'AWS::StepFunctions::StateMachineVersion') return scope.text(Properties.StateMachineArn);
  const kind = KINDS[Type];
  return kind && write(scope, id, resource, kind, kind.ref);
}

/** What `Fn::GetAtt` of a resource is; undefined where nobody can know. */
export function attributeOf(scope: Scope, id: string, attribute: string): string | undefined {
  const resource = scope.template.resources[id];
  if (!resource) return undefined;
  if (/^AWS::(Lambda::Version|StepFunctions::StateMachine(Version|Alias))$/.test(resource.Type)) {
    return attribute === 'FunctionArn' || attribute === 'Arn' ? referenceTo(scope, id) : undefined;
  }
  const kind = KINDS[resource.Type];
  const form = attribute === 'Arn' ? 'arn' : kind?.attributes?.[attribute];
  return kind && form && write(scope, id, resource, kind, form);
}

/** The name that the template gives, or the logical id. */
export function nameOf(scope: Scope, id: string): string {
  const { Type, Properties } = scope.template.resources[id]!;
  const given = scope.resolve(Properties[KINDS[Type]?.name ?? '']);
  return given === undefined || given === NO_VALUE ? id : String(given);
}

/** SAM makes versions and aliases of functions, and calls them `Function.Version` and `Function.Alias`. */
function samReference(scope: Scope, name: string): string | undefined {
  const [id, attribute] = splitAttribute(name);
  const resource = scope.template.resources[id];
  if (resource?.Type !== 'AWS::Serverless::Function') return undefined;
  const arn = attributeOf(scope, id, 'Arn');
  if (attribute === 'Version') return arn;
  return attribute === 'Alias' ? `${arn}:${scope.text(resource.Properties.AutoPublishAlias ?? 'live')}` : undefined;
}

function write(scope: Scope, id: string, resource: Resource, kind: Kind, form: Kind['ref']): string {
  const { region, account, partition } = scope.settings.identity;
  const name = nameOf(scope, id);
  const its: Its = { name, region, account, scope, properties: resource.Properties };
  if (form === 'arn') return `arn:${partition}:${kind.arn(its)}`;
  if (form === 'name') return name;
  return `https://sqs.${region}.${scope.text({ Ref: 'AWS::URLSuffix' })}/${account}/${name}`;
}

function functionArn(scope: Scope, given: unknown): string {
  const name = scope.text(given);
  const { region, account, partition } = scope.settings.identity;
  return name.startsWith('arn:') ? name : `arn:${partition}:lambda:${region}:${account}:function:${name}`;
}
