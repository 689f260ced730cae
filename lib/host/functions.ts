import { createLambdaEndpoint } from '../adapters/lambda/endpoint';
import { type FunctionHandler, type FunctionModule, LocalFunctions } from '../adapters/lambda/local';
import type { Functions } from '../ports/functions';

export interface FunctionPlaces {
  region: string;
  functions: ReadonlyMap<string, FunctionModule | FunctionHandler>;
  /** Where the others are: a Lambda Invoke endpoint, `aws` for AWS itself; undefined for nowhere. */
  lambdaEndpoint: string | undefined;
}

/** Lambda functions of a process: its own modules, and whatever a Lambda endpoint has. */
export function createFunctions(places: FunctionPlaces, requestId: () => string): LocalFunctions {
  return new LocalFunctions({ functions: places.functions, others: otherFunctions(places), requestId });
}

function otherFunctions({ lambdaEndpoint, region }: FunctionPlaces): Functions {
  if (lambdaEndpoint !== undefined) {
    const url = lambdaEndpoint === 'aws' ? undefined : lambdaEndpoint;
    return createLambdaEndpoint({ url, credentials: undefined, region });
  }
  return {
    async invoke(functionArn) {
      const cause = `Function not found: ${functionArn}. Give it with --function NAME=FILE#EXPORT, or say with --lambda-endpoint where functions are.`;
      return { error: 'Lambda.ResourceNotFoundException', cause };
    },
  };
}
