import { CreateStateMachineCommand, DescribeStateMachineCommand, type IncludedData } from '@aws-sdk/client-sfn';
import { describeArn } from './describe-arn';
import { invalid, PASS, ROLE_ARN, refusal, refusalOf, uniqueName, useService, violation } from './service';

describe('DescribeStateMachine', () => {
  const service = useService();
  const send = (stateMachineArn: string | undefined, includedData?: IncludedData) =>
    service.client.send(new DescribeStateMachineCommand({ stateMachineArn, includedData }));

  test('answers what was created, with the defaults of what was left out', async () => {
    const name = uniqueName('machine');
    const definition = JSON.stringify(PASS);
    const created = await service.client.send(new CreateStateMachineCommand({ name, definition, roleArn: ROLE_ARN }));
    const { $metadata: _, ...answer } = await send(created.stateMachineArn);
    expect(answer).toEqual({
      stateMachineArn: created.stateMachineArn,
      name,
      status: 'ACTIVE',
      definition,
      roleArn: ROLE_ARN,
      type: 'STANDARD',
      creationDate: created.creationDate,
      loggingConfiguration: { level: 'OFF', includeExecutionData: false },
      tracingConfiguration: { enabled: false },
      encryptionConfiguration: { type: 'AWS_OWNED_KEY' },
    });
  });

  test('with METADATA_ONLY an empty object for the definition', async () => {
    const stateMachineArn = await service.createMachine();
    const answer = await send(stateMachineArn, 'METADATA_ONLY');
    expect(answer).toMatchObject({ stateMachineArn, status: 'ACTIVE', roleArn: ROLE_ARN });
    expect(answer.definition).toBe('{}');
  });

  test('with ALL_DATA the definition too', async () => {
    const stateMachineArn = await service.createMachine();
    expect((await send(stateMachineArn, 'ALL_DATA')).definition).toBe(JSON.stringify(PASS));
  });

  test('any other includedData: ValidationException', async () => {
    expect(await refusalOf(send(service.arn('stateMachine', 'x'), 'SOME' as IncludedData))).toEqual(
      invalid(violation('includedData', 'satisfy enum value set: [ALL_DATA, METADATA_ONLY]', 'SOME')),
    );
  });

  test.each([
    ['one that never was', () => service.arn('stateMachine', uniqueName('none'))],
    ['a version that never was', () => service.arn('stateMachine', `${uniqueName('none')}:1`)],
    ['one of another region', () => 'arn:aws:states:mars-north-1:123456789012:stateMachine:x'],
  ])('%s: StateMachineDoesNotExist', async (_, arn) => {
    const stateMachineArn = arn();
    expect(await refusalOf(send(stateMachineArn))).toMatchObject({ name: 'StateMachineDoesNotExist' });
  });

  test('the message names the ARN', async () => {
    const arn = service.arn('stateMachine', uniqueName('none'));
    expect(await refusalOf(send(arn))).toEqual(
      refusal('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`),
    );
  });

  describeArn(service, { member: 'stateMachineArn', type: 'stateMachine', send });
});
