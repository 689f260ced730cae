import type { ServiceResult, Services } from '../../lib/ports/services';
import type { Clients } from './clients';
import type { SimulatedFunctions } from './functions';
import { isRefusing } from './machines';
import type { SimulatedProcess } from './process';
import { job, type World } from './world';

const CALL_MS = [5, 1_500] as const;
const DELIVERED_MS = [1, 9_000] as const;
const ONE_FAILS_OF = 8;

/**
 * A service that takes messages for somebody who answers with their token, now and then before the call itself is
 * answered. A call may land though its answer, or its caller, is lost: the message is then sent again.
 */
export class SimulatedServices {
  constructor(
    private readonly world: World,
    private readonly functions: SimulatedFunctions,
    private readonly clients: () => Clients,
  ) {}

  portOf(process: SimulatedProcess): Services {
    const { world, functions } = this;
    return {
      call: ({ parameters }) => {
        const held = job.getStore()?.held;
        const calledMs = world.nowMs;
        return new Promise((resolve) => {
          process.whenAwake(() => {
            if (world.hit('dies before', 'services.call')) return process.die('before services.call');
            functions.note(process, held, calledMs);
            const result = this.take(parameters);
            world.after(world.dice.between(...CALL_MS), () => {
              if (world.hit('dies after', 'services.call')) return process.die('after services.call');
              process.whenAwake(() => resolve(result));
            });
          });
        });
      },
    };
  }

  private take(parameters: string): ServiceResult {
    const { world } = this;
    const { MessageBody } = JSON.parse(parameters) as { MessageBody: string };
    const { token, input } = JSON.parse(MessageBody) as { token?: string; input: unknown };
    const text = JSON.stringify(input);
    if (isRefusing(text, ONE_FAILS_OF)) return { error: 'E', cause: 'it would not' };
    world.count('services called');
    if (token !== undefined && !world.hit('worker dies')) {
      world.after(world.dice.between(...DELIVERED_MS), () => {
        const clients = this.clients();
        void clients.busy(() => clients.doTask(token, text));
      });
    }
    return { output: '{"MessageId":"1"}', response: { status: 200, headers: {} } };
  }
}
