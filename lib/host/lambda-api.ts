import type { ApiResponse } from '../api/request';
import { headersFrom, type RestEvent, type RestResult, requestOf, resultOf } from './lambda-http';
import { createLambdaHost, type InvocationContext, type KeysOf, NotOpened } from './lambda-service';
import { isStreamed, VARIABLES } from './lambda-settings';
import { bySyncFunction } from './lambda-sync';

/** What Lambda's runtime puts into the global scope. */
interface ResponseStreaming {
  streamifyResponse(
    handler: (event: RestEvent, stream: NodeJS.WritableStream, context: InvocationContext) => Promise<void>,
  ): unknown;
  HttpResponseStream: {
    from(
      stream: NodeJS.WritableStream,
      head: { statusCode: number; headers: Record<string, string> },
    ): NodeJS.WritableStream;
  };
}

type BufferedHandler = (event: RestEvent, context: InvocationContext) => Promise<RestResult>;

/** What clients get while the service cannot be opened. SDKs try again. */
const UNAVAILABLE: ApiResponse = {
  status: 503,
  headers: ['Content-Type', 'application/x-amz-json-1.0'],
  body: JSON.stringify({
    __type: 'com.amazon.coral.service#ServiceUnavailable',
    message: 'The service is temporarily unavailable',
  }),
};

/** The handler behind API Gateway. It streams where calls may take longer than API Gateway waits for a whole answer. */
export function createApiHandler(keysOf: KeysOf): BufferedHandler {
  const invoke = createLambdaHost({ keysOf, elsewhere: bySyncFunction });
  const answer = async (event: RestEvent, context: InvocationContext): Promise<ApiResponse> => {
    try {
      return await invoke(context, ({ service }) => service.api(requestOf(event)));
    } catch (error) {
      if (error instanceof NotOpened) return UNAVAILABLE;
      throw error;
    }
  };
  if (!isStreamed(Number(process.env[VARIABLES.pollSeconds]))) {
    return async (event, context) => resultOf(await answer(event, context));
  }
  const { awslambda } = globalThis as unknown as { awslambda: ResponseStreaming };
  return awslambda.streamifyResponse(async (event, stream, context) => {
    // Nothing is sent before the answer is known: the status comes first.
    const { status, headers, body } = await answer(event, context);
    const response = awslambda.HttpResponseStream.from(stream, { statusCode: status, headers: headersFrom(headers) });
    // The head goes out with the first write, and an end with a text is none.
    response.write(body);
    response.end();
  }) as BufferedHandler;
}
