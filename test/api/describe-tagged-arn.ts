import { invalid, refusal, refusalOf, type TestService, uniqueName, violation } from './service';

/** What the actions on tags say to an ARN that names neither a state machine nor an activity that is there. */
export function describeTaggedArn(service: TestService, send: (arn: string | undefined) => Promise<unknown>): void {
  describe('resourceArn', () => {
    test('is required', async () => {
      expect(await refusalOf(send(undefined))).toEqual(invalid(violation('resourceArn', 'not be null', null)));
    });

    test('has 1 to 256 characters', async () => {
      const long = service.arn('stateMachine', 'x'.repeat(256)).slice(0, 257);
      expect(await refusalOf(send(''))).toEqual(
        invalid(violation('resourceArn', 'have length greater than or equal to 1', '')),
      );
      expect(await refusalOf(send(long))).toEqual(
        invalid(violation('resourceArn', 'have length less than or equal to 256', long)),
      );
    });

    test.each(['x', 'arn:', 'arn:aws:states'])('%s is no ARN: InvalidArn', async (arn) => {
      expect(await refusalOf(send(arn))).toEqual(refusal('InvalidArn', `Invalid Arn: 'Invalid ARN prefix: ${arn}'`));
    });

    test('of an execution: InvalidArn', async () => {
      expect(await refusalOf(send(service.arn('execution', 'x:y')))).toEqual(
        refusal('InvalidArn', "Invalid Arn: 'Resource type not valid in this context: execution'"),
      );
    });

    test.each([
      ['a state machine that is not there', () => service.arn('stateMachine', uniqueName('none'))],
      ['an activity that is not there', () => service.arn('activity', uniqueName('none'))],
      ['a version', () => service.arn('stateMachine', `${uniqueName('none')}:1`)],
      ['a state machine of another region', () => 'arn:aws:states:mars-north-1:123456789012:stateMachine:x'],
    ])('of %s: ResourceNotFound, which names it', async (_, arnOf) => {
      const arn = arnOf();
      expect(await refusalOf(send(arn))).toEqual(refusal('ResourceNotFound', `Resource not found: '${arn}'`));
      await expect(send(arn)).rejects.toMatchObject({ resourceName: arn });
    });
  });
}
