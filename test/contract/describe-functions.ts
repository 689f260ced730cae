import type { Functions } from '../../lib/ports/functions';

export const arnOf = (name: string): string => `arn:aws:lambda:us-east-1:123456789012:function:${name}`;

export interface OpenFunctions {
  functions: Functions;
  close(): Promise<void>;
}

/**
 * The contract of the port Functions. The adapter is opened over these functions: `echo` answers its event, `reject`
 * fails with the type OrderRejected and the message of its event, `missing` is not there.
 */
export function describeFunctions(name: string, open: () => Promise<OpenFunctions>): void {
  describe(`functions: ${name}`, () => {
    let opened: OpenFunctions;
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(() => opened.close());
    const invoke = (name: string, payload: string) => opened.functions.invoke(arnOf(name), payload);

    test.each([
      '{}',
      '{"a":[1,"two",null,true],"b":{"c":-0.5}}',
      '[]',
      '"text"',
      '0',
      'false',
      JSON.stringify('ü – \u2028 \u{1f4a1}'),
    ])('the function gets the payload %s, and its answer comes back', async (payload) => {
      const result = await invoke('echo', payload);
      expect(result).toEqual({ payload: expect.any(String) });
      expect(JSON.parse((result as { payload: string }).payload)).toEqual(JSON.parse(payload));
    });

    test('a payload of null is sent as none: the function sees {}', async () => {
      expect(await invoke('echo', 'null')).toEqual({ payload: '{}' });
    });

    test('a large payload comes through whole', async () => {
      const payload = JSON.stringify({ text: 'ä'.repeat(250_000) });
      const result = await invoke('echo', payload);
      expect((result as { payload: string }).payload === payload).toBe(true);
    });

    test('a function that fails: its error type, and the whole report as the cause', async () => {
      const result = await invoke('reject', '{"message":"no such \\"order\\""}');
      expect(result).toEqual({ error: 'OrderRejected', cause: expect.any(String) });
      const report = JSON.parse((result as { cause: string }).cause);
      expect(report).toMatchObject({ errorType: 'OrderRejected', errorMessage: 'no such "order"' });
    });

    test('a function that is not there: Lambda.ResourceNotFoundException, with its ARN', async () => {
      const result = await invoke('missing', '{}');
      expect(result).toEqual({
        error: 'Lambda.ResourceNotFoundException',
        cause: expect.stringContaining(arnOf('missing')),
      });
    });

    test('many at once each get their own answer', async () => {
      const numbers = Array.from({ length: 40 }, (_, index) => index);
      const results = await Promise.all(numbers.map((number) => invoke('echo', String(number))));
      expect(results).toEqual(numbers.map((number) => ({ payload: String(number) })));
    });

    test('a failure leaves the next invocation as it is', async () => {
      await invoke('reject', '{"message":"x"}');
      expect(await invoke('echo', '1')).toEqual({ payload: '1' });
    });
  });
}
