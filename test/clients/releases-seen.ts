import { arn, ROLE_ARN } from './seen';

const MACHINE = arn('stateMachine', 'releases');
const ONE = `${MACHINE}:1`;
const TWO = `${MACHINE}:2`;
const LIVE = `${MACHINE}:live`;
const date = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const revisionId = expect.stringMatching(/^[0-9a-f-]{36}$/);
const REVISION_AND_INITIAL =
  /^Failed to publish .* revision INITIAL\. The current State Machine revision is [0-9a-f-]{36}\.$/;
const says = (word: string) => expect.stringContaining(`"Result": "${word}"`);

/** What releases.json is answered, call by call. */
export const RELEASES_SEEN: object[] = [
  { result: 'OK', diagnostics: [], truncated: false },
  {
    result: 'FAIL',
    diagnostics: [
      { severity: 'ERROR', code: 'SCHEMA_VALIDATION_FAILED', message: 'Value cannot be empty', location: '/States' },
    ],
  },
  { stateMachineArn: MACHINE, creationDate: date, stateMachineVersionArn: ONE },
  { code: 'MissingRequiredParameter', message: expect.stringContaining('must be specified') },
  { updateDate: date, revisionId },
  {
    stateMachineArn: MACHINE,
    definition: says('two Łódź'),
    revisionId,
    loggingConfiguration: {
      level: 'OFF',
      includeExecutionData: true,
      destinations: [{ cloudWatchLogsLogGroup: { logGroupArn: expect.stringContaining('releases') } }],
    },
    tracingConfiguration: { enabled: true },
  },
  { stateMachineVersionArn: TWO, creationDate: date },
  { code: 'ConflictException', message: expect.stringMatching(REVISION_AND_INITIAL) },
  { stateMachineArn: ONE, definition: says('one'), description: 'first', roleArn: ROLE_ARN },
  {
    stateMachineVersions: [
      { stateMachineVersionArn: TWO, creationDate: date },
      { stateMachineVersionArn: ONE, creationDate: date },
    ],
  },
  { stateMachineAliasArn: LIVE, creationDate: date },
  {
    code: 'ValidationException',
    message: 'Sum of routing configuration weights must equal 100. Received: [50, 49]',
  },
  { executionArn: arn('execution', 'releases:by-alias'), startDate: date },
  { output: '"one"', stateMachineArn: MACHINE, stateMachineVersionArn: ONE, stateMachineAliasArn: LIVE },
  { stateMachineArn: MACHINE, name: 'releases', definition: says('one'), updateDate: date },
  { updateDate: date },
  {
    stateMachineAliasArn: LIVE,
    name: 'live',
    description: 'Łódź',
    routingConfiguration: [{ stateMachineVersionArn: TWO, weight: 100 }],
    creationDate: date,
    updateDate: date,
  },
  { executionArn: arn('execution', 'releases:moved'), startDate: date },
  { output: '"two Łódź"', stateMachineVersionArn: TWO, stateMachineAliasArn: LIVE },
  {
    code: 'ConflictException',
    message:
      'Version to be deleted must not be referenced by an alias. Current list of aliases referencing this version: [live]',
  },
  { stateMachineAliases: [{ stateMachineAliasArn: LIVE, creationDate: date }] },
  {},
  { code: 'ResourceNotFound', message: 'Request references a resource that does not exist.' },
  {},
  { stateMachineVersions: [{ stateMachineVersionArn: ONE, creationDate: date }] },
  {},
];
