import { refusal, refusalOf, type TestService, uniqueName } from './service';

/** For actions on an execution: ARNs of none that is here. */
export function describeAbsentExecution(service: TestService, send: (executionArn: string) => Promise<unknown>): void {
  test.each([
    ['of a state machine that never was', () => service.arn('execution', `${uniqueName('none')}:x`)],
    ['of another region', () => 'arn:aws:states:mars-north-1:123456789012:execution:x:y'],
  ])('an execution %s: ExecutionDoesNotExist', async (_, arn) => {
    const executionArn = arn();
    expect(await refusalOf(send(executionArn))).toEqual(
      refusal('ExecutionDoesNotExist', `Execution Does Not Exist: '${executionArn}'`),
    );
  });
}
