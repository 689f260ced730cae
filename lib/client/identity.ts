import { randomUUID } from 'node:crypto';
import type { Caller } from './caller';

/** Whose ARNs a service gives. */
export interface Identity {
  partition: string;
  region: string;
  account: string;
}

/**
 * Learnt from the ARN of anything that is there. On a service that has nothing yet, from an activity that is made for
 * it and removed at once: the API has no action that says it.
 */
export async function identityOf(api: Caller): Promise<Identity> {
  const { stateMachines } = await api.call<{ stateMachines: { stateMachineArn: string }[] }>('ListStateMachines', {
    maxResults: 1,
  });
  if (stateMachines[0]) return identityIn(stateMachines[0].stateMachineArn);
  const { activities } = await api.call<{ activities: { activityArn: string }[] }>('ListActivities', { maxResults: 1 });
  if (activities[0]) return identityIn(activities[0].activityArn);
  const { activityArn } = await api.call<{ activityArn: string }>('CreateActivity', { name: `who-${randomUUID()}` });
  await api.call('DeleteActivity', { activityArn });
  return identityIn(activityArn);
}

function identityIn(arn: string): Identity {
  const [, partition = '', , region = '', account = ''] = arn.split(':');
  return { partition, region, account };
}
