import {
  CreateActivityCommand,
  CreateStateMachineCommand,
  type CreateStateMachineCommandInput,
  DeleteActivityCommand,
  DeleteStateMachineCommand,
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  GetActivityTaskCommand,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  SFNClient,
  SFNServiceException,
  StartExecutionCommand,
  type StartExecutionCommandInput,
} from '@aws-sdk/client-sfn';
import { createService, type Service, type ServiceOptions } from '../../lib/index';
import { eventually } from '../contract/eventually';

/**
 * What the tests of the API run against: the service in this process, in memory; or, with ENDPOINT=http://... in the
 * environment, whatever answers there (AWS_REGION and ACCOUNT say whose ARNs it gives). A test file that needs options
 * of its own always has a service of ours.
 */
export class TestService {
  private ours: Service | undefined;
  private theirs: SFNClient | undefined;
  private readonly created: { machines: string[]; activities: string[] } = { machines: [], activities: [] };
  endpoint = '';
  region = process.env.AWS_REGION ?? 'us-east-1';
  account = process.env.ACCOUNT ?? '123456789012';

  async start(options: ServiceOptions | undefined): Promise<void> {
    const remote = options ? undefined : process.env.ENDPOINT;
    if (!remote) {
      this.ours = await createService({ logLevel: 'error', ...options });
      ({ region: this.region, account: this.account } = this.ours);
    }
    this.endpoint = remote ?? this.ours!.endpoint;
    this.theirs = newClient(this.endpoint, this.region);
  }

  /** Leaves nothing behind on a server that is not ours. */
  async stop(): Promise<void> {
    if (!this.ours) {
      for (const stateMachineArn of this.created.machines) {
        await this.client.send(new DeleteStateMachineCommand({ stateMachineArn }));
      }
      for (const activityArn of this.created.activities)
        await this.client.send(new DeleteActivityCommand({ activityArn }));
    }
    this.client.destroy();
    await this.ours?.stop();
  }

  get client(): SFNClient {
    return this.theirs!;
  }

  functionArn(name: string): string {
    return `arn:aws:lambda:${this.region}:${this.account}:function:${name}`;
  }

  /** An ARN as this service makes them, of something that may or may not be there. */
  arn(type: 'stateMachine' | 'activity' | 'execution' | 'express' | 'mapRun', name: string): string {
    return `arn:aws:states:${this.region}:${this.account}:${type}:${name}`;
  }

  async createMachine(
    definition: object | string = PASS,
    more: Partial<CreateStateMachineCommandInput> = {},
  ): Promise<string> {
    const { stateMachineArn } = await this.client.send(
      new CreateStateMachineCommand({
        name: uniqueName('machine'),
        definition: typeof definition === 'string' ? definition : JSON.stringify(definition),
        roleArn: ROLE_ARN,
        ...more,
      }),
    );
    this.created.machines.push(stateMachineArn!);
    return stateMachineArn!;
  }

  async createActivity(name = uniqueName('activity')): Promise<string> {
    const { activityArn } = await this.client.send(new CreateActivityCommand({ name }));
    this.created.activities.push(activityArn!);
    return activityArn!;
  }

  /** Starts an execution; of a state machine of its own unless one is given. */
  async startExecution(more: Partial<StartExecutionCommandInput> & { definition?: object } = {}): Promise<string> {
    const { definition, ...input } = more;
    const stateMachineArn = input.stateMachineArn ?? (await this.createMachine(definition));
    const { executionArn } = await this.client.send(new StartExecutionCommand({ ...input, stateMachineArn }));
    return executionArn!;
  }

  /** Waits until the execution is closed. */
  ended(executionArn: string): Promise<DescribeExecutionCommandOutput> {
    return eventually(
      () => this.client.send(new DescribeExecutionCommand({ executionArn })),
      ({ status }) => status !== 'RUNNING',
    );
  }

  /** The whole history. */
  async history(executionArn: string): Promise<HistoryEvent[]> {
    const events: HistoryEvent[] = [];
    for (let nextToken: string | undefined; ; ) {
      const page = await this.client.send(
        new GetExecutionHistoryCommand({ executionArn, nextToken, maxResults: 1_000 }),
      );
      events.push(...page.events!);
      nextToken = page.nextToken;
      if (!nextToken) return events;
    }
  }

  /** Waits until the history has an event of that type, and answers it. */
  async event(executionArn: string, type: HistoryEvent['type']): Promise<HistoryEvent> {
    const find = async () => (await this.history(executionArn)).find((event) => event.type === type);
    return (await eventually(find, (event) => event !== undefined))!;
  }

  /** Waits for a task of the activity. Answers its token. */
  async poll(activityArn: string): Promise<string> {
    return (await this.client.send(new GetActivityTaskCommand({ activityArn }))).taskToken!;
  }

  /** Starts an execution that waits for an activity of its own, and takes its task. */
  async takeTask(
    fields: object = {},
    { input, workerName }: { input?: string; workerName?: string } = {},
  ): Promise<{ taskToken: string; executionArn: string; activityArn: string; input: string }> {
    const activityArn = await this.createActivity();
    const executionArn = await this.startExecution({ definition: taskOf(activityArn, fields), input });
    const task = await this.client.send(new GetActivityTaskCommand({ activityArn, workerName }));
    return { taskToken: task.taskToken!, executionArn, activityArn, input: task.input! };
  }
}

/** The service of a test file: it is started before the tests, and stopped after them. */
export function useService(options?: ServiceOptions): TestService {
  const service = new TestService();
  beforeAll(() => service.start(options));
  afterAll(() => service.stop());
  return service;
}

/** Any keys will do for ours; another server may want real ones, from the usual places. */
export function newClient(endpoint: string, region: string): SFNClient {
  const credentials = process.env.AWS_ACCESS_KEY_ID ? undefined : { accessKeyId: 'any', secretAccessKey: 'any' };
  return new SFNClient({ endpoint, region, credentials, maxAttempts: 1, disableHostPrefix: true });
}

export const ROLE_ARN = 'arn:aws:iam::123456789012:role/service-role/orders';

// It warns of every Node that will once be too old.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

let names = 0;
const prefix = Math.random().toString(36).slice(2, 10);
export const uniqueName = (kind: string): string => `${kind}-${prefix}-${++names}`;

/** What a call was refused with; fails when it was not. */
export async function refusalOf(call: Promise<unknown>): Promise<Record<string, unknown>> {
  const error = await call.then(
    (answer) => {
      throw new Error(`not refused: ${JSON.stringify(answer)}`);
    },
    (error: unknown) => error,
  );
  if (!(error instanceof SFNServiceException)) throw error;
  const { name, message, $metadata } = error;
  return { name, message, status: $metadata.httpStatusCode };
}

export const refusal = (name: string, message: string, status = 400) => ({ name, message, status });

/** A ValidationException with these violations. */
export const invalid = (...violations: string[]) =>
  refusal(
    'ValidationException',
    `${violations.length} validation error${violations.length > 1 ? 's' : ''} detected: ${violations.join('; ')}`,
  );

/** One violation of a constraint. Without a value: of a member whose value is not shown. */
export const violation = (member: string, constraint: string, value?: string | number | null): string => {
  const shown = value === undefined ? 'Value' : value === null ? 'Value null' : `Value '${value}'`;
  return `${shown} at '${member}' failed to satisfy constraint: Member must ${constraint}`;
};

export const PASS = { StartAt: 'P', States: { P: { Type: 'Pass', End: true } } };
/** Runs until it is stopped. */
export const SLEEP = { StartAt: 'W', States: { W: { Type: 'Wait', Seconds: 100_000, End: true } } };
export const FAIL = { StartAt: 'F', States: { F: { Type: 'Fail', Error: 'Order.Rejected', Cause: 'out of stock' } } };
export const TIMEOUT = {
  StartAt: 'W',
  TimeoutSeconds: 1,
  States: { W: { Type: 'Wait', Seconds: 100_000, End: true } },
};
export const taskOf = (Resource: string, fields: object = {}) => ({
  StartAt: 'T',
  States: { T: { Type: 'Task', Resource, End: true, ...fields } },
});
