import type { Machine } from '../../ports/registry';
import type { Runtime } from '../../runtime';
import { defineAction, page, seconds } from '../action';
import { pagePosition, pageSize, pageToken } from '../page-token';

/** By name. Machines that are being deleted are left out. */
export const listStateMachines = defineAction({
  shape: () => page,

  async handle(runtime, { maxResults, nextToken }) {
    const { arns } = runtime.settings;
    const after = pagePosition<string>(runtime, 'ListStateMachines', [], nextToken) ?? '';
    const size = pageSize(maxResults);
    const found = await activeMachines(runtime, after, size + 1);
    const shown = found.slice(0, size);
    return {
      stateMachines: shown.map(({ name, type, creationMs }) => ({
        stateMachineArn: arns.machine(name),
        name,
        type,
        creationDate: seconds(creationMs),
      })),
      nextToken: found.length > size ? pageToken(runtime, 'ListStateMachines', [], shown.at(-1)!.name) : undefined,
    };
  },
});

async function activeMachines({ ports }: Runtime, afterName: string, count: number): Promise<Machine[]> {
  const active: Machine[] = [];
  for (let after = afterName; active.length < count; ) {
    const found = await ports.registry.machines(after, count);
    active.push(...found.filter((machine) => machine.status === 'ACTIVE'));
    if (found.length < count) break;
    after = found.at(-1)!.name;
  }
  return active.slice(0, count);
}
