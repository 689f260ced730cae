import { handleRegistration } from '../lib/host/lambda-registration';

/** CloudFormation's requests for the machines and activities of other stacks. */
export const handler = handleRegistration;
