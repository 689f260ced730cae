import { createLambdaEndpoint } from '../adapters/lambda/endpoint';
import { type FunctionHandler, type FunctionModule, LocalFunctions } from '../adapters/lambda/local';
import type { Functions } from '../ports/functions';
import { placeOf, type ServicePlaces } from './services';

export interface FunctionPlaces extends ServicePlaces {
  functions: ReadonlyMap<string, FunctionModule | FunctionHandler>;
}

/** Where functions are that are not here. */
export const functionsPlaceOf = (places: FunctionPlaces, environment: NodeJS.ProcessEnv): string | undefined =>
  places.lambdaEndpoint ?? placeOf(places, 'lambda', environment);

/** Lambda functions of a process: its own modules, and whatever is where Lambda is. */
export function createFunctions(
  places: FunctionPlaces,
  environment: NodeJS.ProcessEnv,
  requestId: () => string,
): LocalFunctions {
  const others = otherFunctions(functionsPlaceOf(places, environment), places.region);
  return new LocalFunctions({ functions: places.functions, others, requestId });
}

function otherFunctions(place: string | undefined, region: string): Functions {
  if (place !== undefined) {
    const url = place === 'aws' ? undefined : place;
    return createLambdaEndpoint({ url, credentials: undefined, region });
  }
  return {
    async invoke(functionArn) {
      const cause = `Function not found: ${functionArn}. Give it with --function NAME=FILE#EXPORT, or say with --lambda-endpoint where functions are.`;
      return { error: 'Lambda.ResourceNotFoundException', cause };
    },
  };
}
