import {
  CustomResource,
  type Duration,
  type ITaggableV2,
  Lazy,
  Names,
  type RemovalPolicy,
  Stack,
  TagManager,
  TagType,
  Token,
} from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { RESOURCE_TYPES, type RegisteredMachine } from '../client/registered';
import { BadSubstitution, substitute } from '../client/substitutions';
import type { StepwellConnection } from './connection';
import { readDefinitionFile } from './definition-file';
import { BadOption } from './options';

const NAME_MAX = 80;

/** As `StateMachineProps` of aws-stepfunctions, as far as they mean something here. */
export interface StepwellStateMachineProps {
  readonly connection: StepwellConnection;
  /** `DefinitionBody.fromChainable`, `fromString` or `fromFile`: as a machine of AWS has it. */
  readonly definitionBody: sfn.DefinitionBody;
  readonly definitionSubstitutions?: Record<string, string>;
  /** One that is made of the place in the app. Another name is another machine: the one before is deleted. */
  readonly stateMachineName?: string;
  readonly stateMachineType?: sfn.StateMachineType;
  /** Kept and shown; tasks run as the deployment. */
  readonly role?: iam.IRole;
  readonly comment?: string;
  readonly timeout?: Duration;
  readonly queryLanguage?: sfn.QueryLanguage;
  readonly logs?: sfn.LogOptions;
  readonly tracingEnabled?: boolean;
  /** What becomes of the machine when it leaves the stack. It is deleted. */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * A state machine in a deployed Stepwell. A chain of aws-stepfunctions moves over as it is.
 *
 * ```ts
 * const orders = new StepwellStateMachine(this, 'Orders', {
 *   connection,
 *   definitionBody: DefinitionBody.fromChainable(chain),
 * });
 * ```
 */
export class StepwellStateMachine extends Construct implements ITaggableV2 {
  readonly stateMachineArn: string;
  readonly stateMachineName: string;
  readonly cdkTagManager = new TagManager(TagType.MAP, RESOURCE_TYPES.machine);
  /** What its tasks call: of the chain's states. Give them to the role of the deployment's function `task`. */
  readonly policyStatements: readonly iam.PolicyStatement[];

  constructor(scope: Construct, id: string, props: StepwellStateMachineProps) {
    super(scope, id);
    const { connection, logs, stateMachineName, removalPolicy } = props;
    const graph = graphOf(props);
    this.policyStatements = graph ? graph.policyStatements : [];
    const properties: RegisteredMachine = {
      Endpoint: connection.endpoint,
      Region: connection.region,
      Name: stateMachineName ?? Names.uniqueResourceName(this, { maxLength: NAME_MAX, allowedSpecialCharacters: '-_' }),
      ...this.definitionOf(props, graph),
      RoleArn: props.role?.roleArn ?? this.nobody(),
      Type: props.stateMachineType ?? sfn.StateMachineType.STANDARD,
      TracingEnabled: props.tracingEnabled ?? false,
      ...(logs && { Logging: loggingOf(logs) }),
    };
    const resource = new CustomResource(this, 'Resource', {
      serviceToken: connection.function.functionArn,
      resourceType: RESOURCE_TYPES.machine,
      properties: { ...properties, Tags: Lazy.any({ produce: () => this.cdkTagManager.renderTags() }) },
      ...(removalPolicy && { removalPolicy }),
    });
    this.stateMachineArn = resource.getAttString('Arn');
    this.stateMachineName = resource.getAttString('Name');
  }

  /** For tasks that start it, as StepFunctionsStartExecution. */
  get stateMachine(): sfn.IStateMachine {
    const id = 'StateMachine';
    return (
      (this.node.tryFindChild(id) as sfn.IStateMachine | undefined) ??
      sfn.StateMachine.fromStateMachineArn(this, id, this.stateMachineArn)
    );
  }

  private definitionOf(props: StepwellStateMachineProps, graph: sfn.StateGraph | undefined): Definition {
    try {
      const { definitionBody: body, definitionSubstitutions: substitutions = {} } = props;
      // The function reads no bucket: the file travels with the template.
      if (body instanceof sfn.FileDefinitionBody) return { Definition: readDefinitionFile(body.path, substitutions) };
      const { definitionString } = body.bind(this, new iam.ServicePrincipal('states.amazonaws.com'), props, graph);
      if (definitionString === undefined) throw new BadOption('give a definition as a chain, a text or a file');
      // What a chain says is known when the app is synthesized; a text can have its values at once.
      if (!Token.isUnresolved(definitionString))
        return { Definition: substitute(definitionString, substitutions).text };
      return { Definition: definitionString, ...(props.definitionSubstitutions && { Substitutions: substitutions }) };
    } catch (error) {
      if (!(error instanceof BadOption || error instanceof BadSubstitution)) throw error;
      throw new BadOption(`${this.node.path}: ${error.message}`);
    }
  }

  /** Roles are not assumed; the API wants the ARN of one. */
  private nobody(): string {
    return Stack.of(this).formatArn({ service: 'iam', region: '', resource: 'role', resourceName: 'stepwell' });
  }
}

type Definition = Pick<RegisteredMachine, 'Definition' | 'Substitutions'>;

function graphOf({ definitionBody: body, timeout }: StepwellStateMachineProps): sfn.StateGraph | undefined {
  if (!(body instanceof sfn.ChainDefinitionBody)) return undefined;
  const graph = new sfn.StateGraph(body.chainable.startState, 'State Machine definition');
  if (timeout) graph.timeout = timeout;
  return graph;
}

function loggingOf({ destination, level, includeExecutionData }: sfn.LogOptions): RegisteredMachine['Logging'] {
  if (!destination) return undefined;
  return {
    Level: level ?? sfn.LogLevel.ERROR,
    IncludeExecutionData: includeExecutionData ?? false,
    LogGroupArn: destination.logGroupRef.logGroupArn,
  };
}
