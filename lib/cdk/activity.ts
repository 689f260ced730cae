import { CustomResource, type ITaggableV2, Lazy, Names, type RemovalPolicy, TagManager, TagType } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { RESOURCE_TYPES } from '../client/registered';
import type { StepwellConnection } from './connection';

const NAME_MAX = 80;

export interface StepwellActivityProps {
  readonly connection: StepwellConnection;
  /** One that is made of the place in the app. Another name is another activity: the one before is deleted. */
  readonly activityName?: string;
  /** What becomes of the activity when it leaves the stack. It is deleted. */
  readonly removalPolicy?: RemovalPolicy;
}

/** An activity in a deployed Stepwell; `activity` is what tasks as StepFunctionsInvokeActivity take. */
export class StepwellActivity extends Construct implements ITaggableV2 {
  readonly activityArn: string;
  readonly activityName: string;
  readonly cdkTagManager = new TagManager(TagType.MAP, RESOURCE_TYPES.activity);

  constructor(scope: Construct, id: string, props: StepwellActivityProps) {
    super(scope, id);
    const { connection, activityName, removalPolicy } = props;
    const resource = new CustomResource(this, 'Resource', {
      serviceToken: connection.function.functionArn,
      resourceType: RESOURCE_TYPES.activity,
      properties: {
        Endpoint: connection.endpoint,
        Region: connection.region,
        Name: activityName ?? Names.uniqueResourceName(this, { maxLength: NAME_MAX, allowedSpecialCharacters: '-_' }),
        Tags: Lazy.any({ produce: () => this.cdkTagManager.renderTags() }),
      },
      ...(removalPolicy && { removalPolicy }),
    });
    this.activityArn = resource.getAttString('Arn');
    this.activityName = resource.getAttString('Name');
  }

  get activity(): sfn.IActivity {
    const id = 'Activity';
    return (
      (this.node.tryFindChild(id) as sfn.IActivity | undefined) ??
      sfn.Activity.fromActivityArn(this, id, this.activityArn)
    );
  }
}
