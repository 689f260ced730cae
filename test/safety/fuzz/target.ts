import { once } from 'node:events';
import { ServerProcess, type ServerSettings } from '../server';
import { complaintOf } from './answer-rules';
import { type Answer, Connections, type Request } from './connections';

/** How long the loop was held, in milliseconds, and what the process computed in that time. */
export interface Hold {
  heldMs: number;
  cpuMs: number;
}

/** Something that no request may bring about. Two of one kind are one finding. */
export class Offence extends Error {
  constructor(
    readonly kind: string,
    detail: string,
  ) {
    super(`${kind}: ${detail}`);
  }
}

/** Beyond this a server that has not answered has hung up in all but name. */
const ANSWER_MAX_MS = 20_000;

/** The server under attack. It is started again when an attack ends it, so that the others have one too. */
export class Target {
  readonly connections = new Connections(ANSWER_MAX_MS);
  sent = 0;
  private server: ServerProcess | undefined;
  private count = 0;

  constructor(private readonly settings: ServerSettings) {}

  async start(): Promise<void> {
    const nodeFlags = ['--require', require.resolve('./loop-probe.cjs')];
    const { server, url } = await ServerProcess.start({ ...this.settings, nodeFlags });
    this.server = server;
    this.connections.url = new URL(url);
  }

  async stop(): Promise<void> {
    this.connections.close();
    await this.server?.kill();
  }

  /** For names: each is used once, so that an attack can be repeated. */
  unique(): string {
    return `n${++this.count}`;
  }

  /** Sends a request and holds its answer against the rules for all answers. Throws Offence. */
  async send(request: Request): Promise<Answer> {
    this.sent++;
    const answer = await this.connections.send(request).catch((error) => {
      throw new Offence('no answer', `${(error as Error).message} ${this.isUp ? '' : '(and the server has ended)'}`);
    });
    const complaint = complaintOf(request, answer);
    if (complaint) throw new Offence(complaint, `${answer.status} ${answer.body.slice(0, 500)}`);
    return answer;
  }

  /** How long its event loop was held since this was asked last. */
  async longestHold(): Promise<Hold> {
    const { child } = this.server!;
    const told = once(child, 'message');
    child.send('tell');
    return (await told)[0] as Hold;
  }

  get isUp(): boolean {
    return this.server?.isRunning ?? false;
  }

  /** What it said as it ended, if it has. */
  async revive(): Promise<string | undefined> {
    if (this.isUp) return undefined;
    const words = this.server?.complaints.join('\n');
    await this.start();
    return words;
  }
}
