import { invalid, refusal, refusalOf, type TestService, violation } from './service';

interface ArnMember {
  member: string;
  /** What the action's ARN has to be of. */
  type: 'stateMachine' | 'activity' | 'execution';
  send(arn: string | undefined): Promise<unknown>;
}

/** What every action says to an ARN that cannot be one of what it wants. */
export function describeArn(service: TestService, { member, type, send }: ArnMember): void {
  describe(`${member}`, () => {
    test('is required', async () => {
      expect(await refusalOf(send(undefined))).toEqual(invalid(violation(member, 'not be null', null)));
    });

    test('has 1 to 256 characters', async () => {
      const long = service.arn(type, 'x'.repeat(256)).slice(0, 257);
      expect(await refusalOf(send(''))).toEqual(
        invalid(violation(member, 'have length greater than or equal to 1', '')),
      );
      expect(await refusalOf(send(long))).toEqual(
        invalid(violation(member, 'have length less than or equal to 256', long)),
      );
    });

    test.each(['x', 'orders', ':', 'arn:', 'arn:aws:states', 'ARN:aws:states:us-east-1:123456789012:activity:x', ' '])(
      '%p is no ARN: InvalidArn',
      async (arn) => {
        expect(await refusalOf(send(arn))).toEqual(refusal('InvalidArn', `Invalid Arn: 'Invalid ARN prefix: ${arn}'`));
      },
    );

    if (type === 'execution') {
      test.each(['orders', 'orders:', ':x'])(
        'an execution ARN that ends in %p has too few parts: InvalidArn',
        async (rest) => {
          const arn = service.arn(type, rest);
          expect(await refusalOf(send(arn))).toEqual(
            refusal('InvalidArn', `Invalid Arn: 'Invalid ARN prefix: ${arn}'`),
          );
        },
      );
    }

    if (member === 'stateMachineArn') {
      test('an ARN of a Map state in a machine: ValidationException', async () => {
        const arn = service.arn('stateMachine', 'orders/each');
        expect(await refusalOf(send(arn))).toEqual(
          refusal(
            'ValidationException',
            `Must specify a state machine ARN without a Map state's label. Received: ${arn}`,
          ),
        );
      });
    }

    const others = (['stateMachine', 'activity', 'execution', 'express', 'mapRun'] as const).filter(
      (other) => other !== type,
    );
    test.each(others)('an ARN of type %s is of the wrong kind: InvalidArn', async (other) => {
      const rest = { execution: ':x', express: ':x:1234', mapRun: '/label:1234' }[other as string] ?? '';
      expect(await refusalOf(send(service.arn(other, `orders${rest}`)))).toEqual(
        refusal('InvalidArn', `Invalid Arn: 'Resource type not valid in this context: ${other}'`),
      );
    });
  });
}
