import { REGION, runAws, type Target } from './real-clients';
import type { Refusal, Told } from './seen';

type Outcome = { answer: unknown } | { refusal: Refusal };

/** `aws stepfunctions`. Answers are dates where the CLI shows seconds since 1970, as it does by default. */
export class AwsCli {
  constructor(private readonly target: Target) {}

  async call<Answer>(action: string, input: object = {}, ...more: string[]): Promise<Told<Answer>> {
    const outcome = await this.outcome(action, input, ...more);
    if ('refusal' in outcome) throw new Error(`aws stepfunctions ${action}: ${JSON.stringify(outcome.refusal)}`);
    return outcome.answer as Told<Answer>;
  }

  async refusal(action: string, input: object = {}, ...more: string[]): Promise<Refusal> {
    const outcome = await this.outcome(action, input, ...more);
    if ('answer' in outcome) throw new Error(`not refused: ${JSON.stringify(outcome.answer)}`);
    return outcome.refusal;
  }

  /** The members of `input` become options: `stateMachineArn` is `--state-machine-arn`. */
  async outcome(action: string, input: object = {}, ...more: string[]): Promise<Outcome> {
    const { url, region = REGION } = this.target;
    const where = ['--endpoint-url', url, '--region', region, '--output', 'json'];
    const words = ['stepfunctions', action, ...options(input), ...more, ...where];
    const { status, stdout, stderr } = await runAws(words, this.target);
    if (status === 0) return { answer: stdout === '' ? {} : JSON.parse(stdout, asDates) };
    const found = /An error occurred \((\w+)\) when calling the \w+ operation: (.*?)\n*$/s.exec(stderr);
    if (!found) throw new Error(`aws ${words.join(' ')}: ${stderr}`);
    return { refusal: { code: found[1]!, message: found[2]! } };
  }
}

const options = (input: object): string[] =>
  Object.entries(input).flatMap(([member, value]) => {
    const name = member.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    if (typeof value === 'boolean') return [value ? `--${name}` : `--no-${name}`];
    return [`--${name}`, typeof value === 'object' ? JSON.stringify(value) : String(value)];
  });

const asDates = (member: string, value: unknown): unknown =>
  /^timestamp$|Date$/.test(member) && typeof value === 'number'
    ? new Date(Math.round(value * 1000)).toISOString()
    : value;
