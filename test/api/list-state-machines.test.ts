import { DescribeStateMachineCommand, ListStateMachinesCommand } from '@aws-sdk/client-sfn';
import { describePages } from './describe-pages';
import { PASS, uniqueName, useService } from './service';

describe('ListStateMachines', () => {
  const service = useService();
  const send = (page: { maxResults?: number; nextToken?: string } = {}) =>
    service.client.send(new ListStateMachinesCommand(page));
  const all = async () => (await send({ maxResults: 1_000 })).stateMachines!;

  test.each(['STANDARD', 'EXPRESS'] as const)('each with ARN, name, type (%s) and date, as described', async (type) => {
    const stateMachineArn = await service.createMachine(PASS, { type });
    const { name, creationDate } = await service.client.send(new DescribeStateMachineCommand({ stateMachineArn }));
    expect(await all()).toContainEqual({ stateMachineArn, name, type, creationDate });
  });

  test('by name, in byte order', async () => {
    const prefix = uniqueName('order');
    const rests = ['Z', 'a', '_', '-', '10', '2', 'ä', 'z', '\uff21'];
    for (const rest of rests) await service.createMachine(PASS, { name: `${prefix}${rest}` });
    const names = (await all()).map(({ name }) => name!).filter((name) => name.startsWith(prefix));
    expect(names).toEqual(['-', '10', '2', 'Z', '_', 'a', 'z', 'ä', '\uff21'].map((rest) => prefix + rest));
  });

  describePages(async () => {
    await service.createMachine();
    return async (page) => {
      const { stateMachines, nextToken } = await send(page);
      return { count: stateMachines!.length, nextToken };
    };
  });
});
