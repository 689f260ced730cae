import fc from 'fast-check';
import { activityArn, executionArn, machineArn } from '../wire';
import { FIXTURES } from './actions';
import type { Attack } from './attack';
import { actionRequest } from './connections';
import { Offence, type Target } from './target';
import { anyOddText } from './texts';

/** Task tokens and page tokens that we did not issue, or not for this. */

/** Real tokens, made when the fuzz begins. */
export class Tokens {
  task = '';
  page = '';

  async collect(target: Target): Promise<void> {
    const input = { activityArn: activityArn(FIXTURES.activity) };
    this.task = JSON.parse((await target.send(actionRequest('GetActivityTask', input))).body).taskToken;
    const history = { executionArn: executionArn(FIXTURES.machine, FIXTURES.execution), maxResults: 1 };
    this.page = JSON.parse((await target.send(actionRequest('GetExecutionHistory', history))).body).nextToken;
    if (!this.task || !this.page) throw new Error('there are no tokens');
  }
}

/** What else a token can be made into. Each result differs from the token. */
const CHANGES: Record<string, (token: string, at: number) => string> = {
  'a character': (token, at) => {
    const place = at % token.length;
    return token.slice(0, place) + (token[place] === 'A' ? 'B' : 'A') + token.slice(place + 1);
  },
  'cut off': (token, at) => token.slice(0, at % token.length),
  'cut off in front': (token, at) => token.slice(1 + (at % token.length)),
  'something behind': (token) => `${token}A`,
  padding: (token) => `${token}==`,
  'a line break': (token) => `${token}\n`,
  twice: (token) => token + token,
  'the other alphabet': (token) => `+/${token}`,
  capitals: (token) => token.toUpperCase(),
  'bytes after NUL': (token) => `${token}\u0000`,
};

const REFUSED = /#(InvalidToken|ValidationException|TaskTimedOut|TaskDoesNotExist)"/;

const token = (real: () => string): fc.Arbitrary<string> =>
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc
        .tuple(fc.constantFrom(...Object.values(CHANGES)), fc.nat(2000))
        .map(([change, at]) => change(real(), at)),
    },
    { weight: 1, arbitrary: anyOddText },
    { weight: 1, arbitrary: fc.base64String({ maxLength: 1500 }) },
  );

const answers = fc.constantFrom(
  (taskToken: string) => actionRequest('SendTaskSuccess', { taskToken, output: '{}' }),
  (taskToken: string) => actionRequest('SendTaskSuccess', { taskToken, output: 'no json' }),
  (taskToken: string) => actionRequest('SendTaskFailure', { taskToken }),
  (taskToken: string) => actionRequest('SendTaskHeartbeat', { taskToken }),
);

const pages = fc.constantFrom(
  (nextToken: string) => actionRequest('ListActivities', { nextToken }),
  (nextToken: string) => actionRequest('ListStateMachines', { nextToken }),
  (nextToken: string) => actionRequest('ListExecutions', { stateMachineArn: machineArn(FIXTURES.machine), nextToken }),
  (nextToken: string) =>
    actionRequest('GetExecutionHistory', {
      executionArn: executionArn(FIXTURES.machine, FIXTURES.execution),
      nextToken,
    }),
);

type Use = (token: string) => ReturnType<typeof actionRequest>;

const refused = (what: fc.Arbitrary<[Use, string]>): Attack<[Use, string]> => ({
  what,
  show: ([use, text]) => JSON.stringify(use(text)).slice(0, 1500),
  async run(target, [use, text]) {
    const { status, body } = await target.send(use(text));
    if (status !== 400 || !REFUSED.test(body))
      throw new Offence('a forged token is taken', `${status} ${body.slice(0, 200)}`);
  },
});

export const taskTokens = (tokens: Tokens) =>
  refused(
    fc.tuple(
      answers,
      token(() => tokens.task),
    ),
  );
export const pageTokens = (tokens: Tokens) =>
  refused(
    fc.tuple(
      pages,
      token(() => tokens.page),
    ),
  );
