import { Duration, Stack } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as bedrock from 'aws-cdk-lib/aws-bedrock';
import * as codebuild from 'aws-cdk-lib/aws-codebuild';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as eks from 'aws-cdk-lib/aws-eks';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import { type Expectation, refusedIntegration } from './expectation';
import { functionOf } from './states';

const { DynamoAttributeValue } = tasks;
const item = { id: DynamoAttributeValue.fromString('7') };
const tableOf = (scope: Construct) =>
  new dynamodb.Table(scope, 'Table', { partitionKey: { name: 'id', type: dynamodb.AttributeType.STRING } });
const roleOf = (scope: Construct) => iam.Role.fromRoleArn(scope, 'Role', 'arn:aws:iam::123456789012:role/tasks');
const bucketOf = (scope: Construct) => s3.Bucket.fromBucketName(scope, 'Bucket', 'bucket');
const projectOf = (scope: Construct) => codebuild.Project.fromProjectName(scope, 'Project', 'project');
const text = sfn.TaskInput.fromText('hello');
const id = 'State';

/** Every class of aws-stepfunctions-tasks whose integration is there. */
const RUN: Readonly<Record<string, Expectation>> = {
  LambdaInvoke: {
    make: (scope) => new tasks.LambdaInvoke(scope, id, { lambdaFunction: functionOf(scope), outputPath: '$.Payload' }),
    runs: true,
    calls: 'own',
    input: { n: 7 },
    output: { n: 7 },
  },
  StepFunctionsInvokeActivity: {
    make: (scope) => new tasks.StepFunctionsInvokeActivity(scope, id, { activity: new sfn.Activity(scope, 'Work') }),
    runs: true,
    input: { n: 7 },
    output: { done: { n: 7 } },
  },
  StepFunctionsStartExecution: {
    make: (scope) => {
      const definitionBody = sfn.DefinitionBody.fromChainable(
        new sfn.Pass(scope, 'Inner', { result: sfn.Result.fromObject({ a: 1 }) }),
      );
      const stateMachine = new sfn.StateMachine(scope, 'Nested', { stateMachineName: 'nested', definitionBody });
      const integrationPattern = sfn.IntegrationPattern.RUN_JOB;
      return new tasks.StepFunctionsStartExecution(scope, id, {
        stateMachine,
        integrationPattern,
        outputPath: '$.Output',
      });
    },
    runs: true,
    output: { a: 1 },
  },
  SqsSendMessage: {
    make: (scope) => new tasks.SqsSendMessage(scope, id, { queue: new sqs.Queue(scope, 'Queue'), messageBody: text }),
    runs: true,
    calls: 'sqs:sendMessage',
    with: { MessageBody: 'hello', QueueUrl: expect.stringMatching(/^https:\/\/sqs\..*\/Queue\w+$/) },
  },
  SnsPublish: {
    make: (scope) => new tasks.SnsPublish(scope, id, { topic: new sns.Topic(scope, 'Topic'), message: text }),
    runs: true,
    calls: 'sns:publish',
    with: { Message: 'hello', TopicArn: expect.stringMatching(/^arn:aws:sns:.*:Topic\w+$/) },
  },
  DynamoGetItem: {
    make: (scope) => new tasks.DynamoGetItem(scope, id, { table: tableOf(scope), key: item }),
    runs: true,
    calls: 'dynamodb:getItem',
    with: { Key: { id: { S: '7' } }, TableName: expect.stringMatching(/^Table/) },
  },
  DynamoPutItem: {
    make: (scope) => new tasks.DynamoPutItem(scope, id, { table: tableOf(scope), item }),
    runs: true,
    calls: 'dynamodb:putItem',
    with: { Item: { id: { S: '7' } } },
  },
  DynamoUpdateItem: {
    make: (scope) =>
      new tasks.DynamoUpdateItem(scope, id, {
        table: tableOf(scope),
        key: item,
        updateExpression: 'SET n = :n',
        expressionAttributeValues: { ':n': DynamoAttributeValue.numberFromString(sfn.JsonPath.stringAt('$.n')) },
      }),
    runs: true,
    calls: 'dynamodb:updateItem',
    input: { n: '7' },
    with: { ExpressionAttributeValues: { ':n': { N: '7' } } },
  },
  DynamoDeleteItem: {
    make: (scope) => new tasks.DynamoDeleteItem(scope, id, { table: tableOf(scope), key: item }),
    runs: true,
    calls: 'dynamodb:deleteItem',
    with: { Key: { id: { S: '7' } } },
  },
  EventBridgePutEvents: {
    make: (scope) =>
      new tasks.EventBridgePutEvents(scope, id, {
        entries: [{ detail: sfn.TaskInput.fromObject({ a: 1 }), detailType: 'Type', source: 'own.source' }],
      }),
    runs: true,
    calls: 'events:putEvents',
    with: { Entries: [expect.objectContaining({ Detail: '{"a":1}', DetailType: 'Type', Source: 'own.source' })] },
  },
  CallAwsService: {
    make: (scope) =>
      new tasks.CallAwsService(scope, id, {
        service: 's3',
        action: 'getObject',
        parameters: { Bucket: 'b', Key: 'k' },
        iamResources: ['*'],
      }),
    runs: true,
    calls: 'aws-sdk:s3:getObject',
    with: { Bucket: 'b', Key: 'k' },
  },
  /** It is a function of its own, which the library brings along. */
  CallAwsServiceCrossRegion: {
    make: (scope) =>
      new tasks.CallAwsServiceCrossRegion(scope, id, {
        service: 's3',
        action: 'getObject',
        region: 'eu-west-1',
        iamResources: ['*'],
      }),
    runs: true,
  },
  /** So is this. */
  EvaluateExpression: {
    make: (scope) => new tasks.EvaluateExpression(scope, id, { expression: '$.n * 6' }),
    runs: true,
    input: { n: 7 },
    output: expect.objectContaining({ expression: '$.n * 6', expressionAttributeValues: { '$.n': 7 } }),
  },
  EventBridgeSchedulerCreateScheduleTask: {
    make: (scope) =>
      new tasks.EventBridgeSchedulerCreateScheduleTask(scope, id, {
        scheduleName: 'later',
        schedule: tasks.Schedule.rate(Duration.minutes(1)),
        target: new tasks.EventBridgeSchedulerTarget({
          arn: 'arn:aws:sqs:us-east-1:123456789012:q',
          role: roleOf(scope),
        }),
      }),
    runs: true,
    calls: 'aws-sdk:scheduler:createSchedule',
    with: { Name: 'later', ScheduleExpression: 'rate(1 minutes)' },
  },
  GlueStartCrawlerRun: {
    make: (scope) => new tasks.GlueStartCrawlerRun(scope, id, { crawlerName: 'crawler' }),
    runs: true,
    calls: 'aws-sdk:glue:startCrawler',
    with: { Name: 'crawler' },
  },
};

/** Those whose integration is not: refused by name, when the machine is created. */
const REFUSED: Readonly<Record<string, Expectation>> = {
  EcsRunTask: refusedIntegration((scope) => {
    const vpc = ec2.Vpc.fromVpcAttributes(scope, 'Vpc', {
      vpcId: 'vpc-1',
      availabilityZones: ['a'],
      privateSubnetIds: ['s'],
    });
    const taskDefinition = new ecs.FargateTaskDefinition(scope, 'Definition');
    taskDefinition.addContainer('main', { image: ecs.ContainerImage.fromRegistry('image') });
    const cluster = new ecs.Cluster(scope, 'Cluster', { vpc });
    return new tasks.EcsRunTask(scope, id, {
      cluster,
      taskDefinition,
      securityGroups: [ec2.SecurityGroup.fromSecurityGroupId(scope, 'Group', 'sg-1')],
      launchTarget: new tasks.EcsFargateLaunchTarget(),
    });
  }, 'ecs:runTask'),
  BatchSubmitJob: refusedIntegration(
    (scope) =>
      new tasks.BatchSubmitJob(scope, id, {
        jobName: 'job',
        jobDefinitionArn: 'arn:aws:batch:us-east-1:123456789012:job-definition/d:1',
        jobQueueArn: batch.JobQueue.fromJobQueueArn(scope, 'Q', 'arn:aws:batch:us-east-1:123456789012:job-queue/q')
          .jobQueueArn,
      }),
    'batch:submitJob.sync',
  ),
  CodeBuildStartBuild: refusedIntegration(
    (scope) => new tasks.CodeBuildStartBuild(scope, id, { project: projectOf(scope) }),
    'codebuild:startBuild',
  ),
  CodeBuildStartBuildBatch: refusedIntegration(
    (scope) => new tasks.CodeBuildStartBuildBatch(scope, id, { project: projectOf(scope) }),
    'codebuild:startBuildBatch',
  ),
  AthenaStartQueryExecution: refusedIntegration(
    (scope) => new tasks.AthenaStartQueryExecution(scope, id, { queryString: 'SELECT 1' }),
    'athena:startQueryExecution',
  ),
  AthenaStopQueryExecution: refusedIntegration(
    (scope) => new tasks.AthenaStopQueryExecution(scope, id, { queryExecutionId: '1' }),
    'athena:stopQueryExecution',
  ),
  AthenaGetQueryExecution: refusedIntegration(
    (scope) => new tasks.AthenaGetQueryExecution(scope, id, { queryExecutionId: '1' }),
    'athena:getQueryExecution',
  ),
  AthenaGetQueryResults: refusedIntegration(
    (scope) => new tasks.AthenaGetQueryResults(scope, id, { queryExecutionId: '1' }),
    'athena:getQueryResults',
  ),
  GlueStartJobRun: refusedIntegration(
    (scope) => new tasks.GlueStartJobRun(scope, id, { glueJobName: 'job' }),
    'glue:startJobRun',
  ),
  GlueDataBrewStartJobRun: refusedIntegration(
    (scope) => new tasks.GlueDataBrewStartJobRun(scope, id, { name: 'job' }),
    'databrew:startJobRun',
  ),
  EksCall: refusedIntegration((scope) => {
    const cluster = eks.Cluster.fromClusterAttributes(scope, 'Cluster', {
      clusterName: 'cluster',
      clusterEndpoint: 'https://cluster',
      clusterCertificateAuthorityData: 'data',
    });
    return new tasks.EksCall(scope, id, { cluster, httpMethod: tasks.HttpMethods.GET, httpPath: '/' });
  }, 'eks:call'),
  CallApiGatewayRestApiEndpoint: refusedIntegration((scope) => {
    const api = apigateway.RestApi.fromRestApiId(scope, 'Api', 'api');
    return new tasks.CallApiGatewayRestApiEndpoint(scope, id, { api, stageName: 'prod', method: tasks.HttpMethod.GET });
  }, 'apigateway:invoke'),
  CallApiGatewayHttpApiEndpoint: refusedIntegration(
    (scope) =>
      new tasks.CallApiGatewayHttpApiEndpoint(scope, id, {
        apiId: 'api',
        apiStack: Stack.of(scope),
        method: tasks.HttpMethod.GET,
      }),
    'apigateway:invoke',
  ),
  HttpInvoke: refusedIntegration((scope) => {
    const arn = 'arn:aws:events:us-east-1:123456789012:connection/c/1';
    const connection = events.Connection.fromConnectionAttributes(scope, 'Connection', {
      connectionName: 'c',
      connectionArn: arn,
      connectionSecretArn: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:s',
    });
    const method = sfn.TaskInput.fromText('GET');
    return new tasks.HttpInvoke(scope, id, { apiRoot: 'https://api', apiEndpoint: text, method, connection });
  }, 'http:invoke'),
  BedrockInvokeModel: refusedIntegration((scope) => {
    const model = bedrock.FoundationModel.fromFoundationModelId(
      scope,
      'Model',
      bedrock.FoundationModelIdentifier.ANTHROPIC_CLAUDE_V2,
    );
    return new tasks.BedrockInvokeModel(scope, id, { model, body: sfn.TaskInput.fromObject({}) });
  }, 'bedrock:invokeModel'),
  BedrockCreateModelCustomizationJob: refusedIntegration((scope) => {
    const baseModel = bedrock.FoundationModel.fromFoundationModelId(
      scope,
      'Model',
      bedrock.FoundationModelIdentifier.AMAZON_TITAN_TEXT_G1_EXPRESS_V1,
    );
    const data = { bucket: bucketOf(scope), path: 'data' };
    const names = { customModelName: 'model', jobName: 'job', role: roleOf(scope) };
    return new tasks.BedrockCreateModelCustomizationJob(scope, id, {
      ...names,
      baseModel,
      outputData: data,
      validationData: [data],
      trainingData: data,
    });
  }, 'bedrock:createModelCustomizationJob'),
  MediaConvertCreateJob: refusedIntegration(
    (scope) =>
      new tasks.MediaConvertCreateJob(scope, id, {
        createJobRequest: { Role: 'arn:aws:iam::123456789012:role/media', Settings: {} },
      }),
    'mediaconvert:createJob',
  ),
  SageMakerCreateTrainingJob: refusedIntegration(
    (scope) =>
      new tasks.SageMakerCreateTrainingJob(scope, id, {
        trainingJobName: 'job',
        role: roleOf(scope),
        algorithmSpecification: { algorithmName: 'algorithm', trainingInputMode: tasks.InputMode.FILE },
        inputDataConfig: [
          {
            channelName: 'train',
            dataSource: { s3DataSource: { s3Location: tasks.S3Location.fromBucket(bucketOf(scope), 'in') } },
          },
        ],
        outputDataConfig: { s3OutputLocation: tasks.S3Location.fromJsonExpression('$.out') },
      }),
    'sagemaker:createTrainingJob',
  ),
  SageMakerCreateTransformJob: refusedIntegration(
    (scope) =>
      new tasks.SageMakerCreateTransformJob(scope, id, {
        transformJobName: 'job',
        modelName: 'model',
        role: roleOf(scope),
        transformInput: {
          transformDataSource: { s3DataSource: { s3Uri: 's3://in', s3DataType: tasks.S3DataType.S3_PREFIX } },
        },
        transformOutput: { s3OutputPath: 's3://out' },
      }),
    'sagemaker:createTransformJob',
  ),
  SageMakerCreateEndpoint: refusedIntegration(
    (scope) => new tasks.SageMakerCreateEndpoint(scope, id, { endpointName: 'e', endpointConfigName: 'c' }),
    'sagemaker:createEndpoint',
  ),
  SageMakerCreateEndpointConfig: refusedIntegration(
    (scope) =>
      new tasks.SageMakerCreateEndpointConfig(scope, id, {
        endpointConfigName: 'c',
        productionVariants: [
          {
            initialInstanceCount: 1,
            instanceType: ec2.InstanceType.of(ec2.InstanceClass.M5, ec2.InstanceSize.LARGE),
            modelName: 'm',
            variantName: 'v',
          },
        ],
      }),
    'sagemaker:createEndpointConfig',
  ),
  SageMakerCreateModel: refusedIntegration(
    (scope) =>
      new tasks.SageMakerCreateModel(scope, id, {
        modelName: 'm',
        role: roleOf(scope),
        primaryContainer: new tasks.ContainerDefinition({
          image: tasks.DockerImage.fromJsonExpression(sfn.JsonPath.stringAt('$.image')),
          mode: tasks.Mode.SINGLE_MODEL,
          modelS3Location: tasks.S3Location.fromJsonExpression('$.model'),
        }),
      }),
    'sagemaker:createModel',
  ),
  SageMakerUpdateEndpoint: refusedIntegration(
    (scope) => new tasks.SageMakerUpdateEndpoint(scope, id, { endpointName: 'e', endpointConfigName: 'c' }),
    'sagemaker:updateEndpoint',
  ),
  EmrCreateCluster: refusedIntegration(
    (scope) =>
      new tasks.EmrCreateCluster(scope, id, {
        name: 'cluster',
        instances: {},
        clusterRole: roleOf(scope),
        serviceRole: iam.Role.fromRoleArn(scope, 'Service', 'arn:aws:iam::123456789012:role/service'),
      }),
    'elasticmapreduce:createCluster.sync',
  ),
  EmrSetClusterTerminationProtection: refusedIntegration(
    (scope) => new tasks.EmrSetClusterTerminationProtection(scope, id, { clusterId: 'c', terminationProtected: true }),
    'elasticmapreduce:setClusterTerminationProtection',
  ),
  EmrTerminateCluster: refusedIntegration(
    (scope) => new tasks.EmrTerminateCluster(scope, id, { clusterId: 'c' }),
    'elasticmapreduce:terminateCluster.sync',
  ),
  EmrAddStep: refusedIntegration(
    (scope) => new tasks.EmrAddStep(scope, id, { clusterId: 'c', name: 'step', jar: 'jar' }),
    'elasticmapreduce:addStep.sync',
  ),
  EmrCancelStep: refusedIntegration(
    (scope) => new tasks.EmrCancelStep(scope, id, { clusterId: 'c', stepId: 's' }),
    'elasticmapreduce:cancelStep',
  ),
  EmrModifyInstanceFleetByName: refusedIntegration(
    (scope) =>
      new tasks.EmrModifyInstanceFleetByName(scope, id, {
        clusterId: 'c',
        instanceFleetName: 'f',
        targetOnDemandCapacity: 1,
        targetSpotCapacity: 1,
      }),
    'elasticmapreduce:modifyInstanceFleetByName',
  ),
  EmrModifyInstanceGroupByName: refusedIntegration(
    (scope) =>
      new tasks.EmrModifyInstanceGroupByName(scope, id, { clusterId: 'c', instanceGroupName: 'g', instanceGroup: {} }),
    'elasticmapreduce:modifyInstanceGroupByName',
  ),
  EmrContainersCreateVirtualCluster: refusedIntegration(
    (scope) =>
      new tasks.EmrContainersCreateVirtualCluster(scope, id, { eksCluster: tasks.EksClusterInput.fromTaskInput(text) }),
    'emr-containers:createVirtualCluster',
  ),
  EmrContainersDeleteVirtualCluster: refusedIntegration(
    (scope) => new tasks.EmrContainersDeleteVirtualCluster(scope, id, { virtualClusterId: text }),
    'emr-containers:deleteVirtualCluster',
  ),
  EmrContainersStartJobRun: refusedIntegration(
    (scope) =>
      new tasks.EmrContainersStartJobRun(scope, id, {
        virtualCluster: tasks.VirtualClusterInput.fromVirtualClusterId('c'),
        releaseLabel: tasks.ReleaseLabel.EMR_6_2_0,
        jobDriver: { sparkSubmitJobDriver: { entryPoint: text } },
        executionRole: roleOf(scope),
      }),
    'emr-containers:startJobRun.sync',
  ),
};

export const TASKS: Readonly<Record<string, Expectation>> = { ...RUN, ...REFUSED };
