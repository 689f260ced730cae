import { Duration } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { Expectation } from './expectation';

const JSON_PATH = { input: { n: 7, items: [1, 2] } };

/** The library still has it, and its types do no longer. */
const { Task } = sfn as unknown as { Task: new (scope: Construct, id: string, props: object) => sfn.TaskStateBase };

/** Every class of aws-stepfunctions that is a state. */
export const STATES: Readonly<Record<string, Expectation>> = {
  Pass: {
    make: (scope) => new sfn.Pass(scope, 'Pass', { parameters: { 'n.$': '$.n' }, resultPath: '$.made' }),
    runs: true,
    ...JSON_PATH,
    output: { ...JSON_PATH.input, made: { n: 7 } },
  },
  Succeed: {
    make: (scope) => new sfn.Succeed(scope, 'Succeed', { outputPath: '$.n' }),
    runs: true,
    ...JSON_PATH,
    output: 7,
  },
  Fail: {
    make: (scope) => {
      const fail = new sfn.Fail(scope, 'Fail', { errorPath: '$.n', cause: 'of purpose' });
      const parallel = new sfn.Parallel(scope, 'Around').branch(
        new sfn.Pass(scope, 'Text', { result: TEXT }).next(fail),
      );
      return parallel.addCatch(new sfn.Succeed(scope, 'Caught'), { errors: ['7'] });
    },
    runs: true,
    output: { Error: '7', Cause: 'of purpose' },
  },
  Choice: {
    make: (scope) =>
      new sfn.Choice(scope, 'Choice')
        .when(
          sfn.Condition.and(sfn.Condition.isNumeric('$.n'), sfn.Condition.numberGreaterThan('$.n', 5)),
          new sfn.Succeed(scope, 'Greater'),
        )
        .otherwise(new sfn.Fail(scope, 'Less')),
    runs: true,
    ...JSON_PATH,
    output: JSON_PATH.input,
  },
  Wait: {
    make: (scope) => new sfn.Wait(scope, 'Wait', { time: sfn.WaitTime.duration(Duration.seconds(0)) }),
    runs: true,
    output: {},
  },
  Parallel: {
    make: (scope) =>
      new sfn.Parallel(scope, 'Parallel', { resultSelector: { 'first.$': '$[0]' } })
        .branch(new sfn.Pass(scope, 'One', { result: sfn.Result.fromNumber(1) }))
        .branch(new sfn.Pass(scope, 'Two')),
    runs: true,
    output: { first: 1 },
  },
  Map: {
    make: (scope) =>
      new sfn.Map(scope, 'Map', {
        itemsPath: '$.items',
        itemSelector: { 'at.$': '$$.Map.Item.Index', 'item.$': '$$.Map.Item.Value' },
      }).itemProcessor(new sfn.Pass(scope, 'Item')),
    runs: true,
    ...JSON_PATH,
    output: [
      { at: 0, item: 1 },
      { at: 1, item: 2 },
    ],
  },
  DistributedMap: {
    make: (scope) =>
      new sfn.DistributedMap(scope, 'Map', {
        itemsPath: '$.items',
        label: 'items',
        toleratedFailurePercentage: 5,
      }).itemProcessor(new sfn.Pass(scope, 'Item')),
    runs: true,
    ...JSON_PATH,
    output: [1, 2],
  },
  CustomState: {
    make: (scope) =>
      new sfn.CustomState(scope, 'Custom', {
        stateJson: { Type: 'Pass', Parameters: { 'sum.$': 'States.MathAdd($.n, 1)' } },
      }),
    runs: true,
    ...JSON_PATH,
    output: { sum: 8 },
  },
  /** Of the library's first years: what it does is an object beside it. */
  Task: {
    make: (scope) => {
      const parameters = { MessageBody: 'hello', QueueUrl: 'https://sqs.us-east-1.amazonaws.com/123456789012/q' };
      const task = { bind: () => ({ resourceArn: 'arn:aws:states:::sqs:sendMessage', parameters }) };
      return new Task(scope, 'Task', { task });
    },
    runs: true,
    calls: 'sqs:sendMessage',
    with: { MessageBody: 'hello' },
  },
  MapBase: { base: true },
  TaskStateBase: { base: true },
};

const TEXT = sfn.Result.fromObject({ n: '7' });

/** The same classes, written in JSONata. */
export const JSONATA: Readonly<Record<string, Expectation>> = {
  'Pass.jsonata': {
    make: (scope) => sfn.Pass.jsonata(scope, 'Pass', { outputs: '{% $states.input %}' }),
    runs: true,
  },
  'Pass with variables': {
    make: (scope) =>
      new sfn.Pass(scope, 'Pass', { assign: { 'm.$': '$.n' } }).next(
        new sfn.Pass(scope, 'Then', { parameters: { 'm.$': '$m' } }),
      ),
    runs: true,
    ...JSON_PATH,
    output: { m: 7 },
  },
};

/** A function of the app. */
export const functionOf = (scope: Construct): lambda.Function =>
  new lambda.Function(scope, 'Own', {
    functionName: 'own',
    runtime: lambda.Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: lambda.Code.fromInline('exports.handler = async () => 1'),
  });
