/**
 * The rooms and their arrows (ARCHITECTURE.md). test/architecture.test.ts runs this and fails on any other arrow.
 * A room may import from the rooms in its row, and from itself.
 */
const MAY_IMPORT = {
  'lib/asl': { rooms: [], why: 'The language knows nothing of executions and does no I/O.' },
  'lib/engine': { rooms: ['lib/asl'], why: 'The interpreter is a function of its arguments.' },
  'lib/ports': { rooms: ['lib/engine'], why: 'Ports are types: what we ask of the world.' },
  'lib/runtime': { rooms: ['lib/ports', 'lib/engine', 'lib/asl'], why: 'The runtime names no SDK and no backend.' },
  'lib/api': {
    rooms: ['lib/runtime', 'lib/ports', 'lib/engine', 'lib/asl'],
    why: 'The protocol knows no backend.',
  },
  'lib/adapters/cloudwatch': {
    rooms: ['lib/ports', 'lib/engine'],
    why: 'Adapters know neither each other nor the language.',
  },
  'lib/adapters/dynamodb': {
    rooms: ['lib/ports', 'lib/engine'],
    why: 'Adapters know neither each other nor the language.',
  },
  'lib/adapters/embedded': {
    rooms: ['lib/ports', 'lib/engine'],
    why: 'Adapters know neither each other nor the language.',
  },
  'lib/adapters/lambda': {
    rooms: ['lib/ports', 'lib/engine'],
    why: 'Adapters know neither each other nor the language.',
  },
  'lib/adapters/services': {
    rooms: ['lib/ports', 'lib/engine'],
    why: 'Adapters know neither each other nor the language.',
  },
  'lib/adapters/sqs': {
    rooms: ['lib/ports', 'lib/engine'],
    why: 'Adapters know neither each other nor the language.',
  },
  'lib/client': {
    rooms: ['lib/adapters/lambda/(sha256)'],
    why: 'A client knows the public API, and nothing of what is behind it.',
  },
  'lib/host': {
    rooms: ['lib/client', 'lib/api', 'lib/runtime', 'lib/adapters', 'lib/ports', 'lib/engine', 'lib/asl'],
    why: 'The composition roots put the parts together; nothing imports them.',
  },
  'lib/cli': {
    rooms: ['lib/host', 'lib/client', 'lib/api', 'lib/runtime', 'lib/adapters', 'lib/ports', 'lib/engine', 'lib/asl'],
    why: 'The command is one of the users of what the host puts together.',
  },
  'lib/cdk': {
    rooms: [
      'lib/host/(lambda-settings|lambda-metrics|aws|log)',
      'lib/client/(registered|substitutions)',
      'lib/adapters/(dynamodb/tables|sqs/specifications)',
    ],
    why: 'The stack knows what the code describes of itself: names, tables, queues, variables.',
  },
  lambdas: { rooms: ['lib/host/lambda-'], why: 'Functions unwrap, call and wrap.' },
  bin: { rooms: ['lib/cli', 'lib/host', 'lib/cdk'], why: 'Entry points only start what the host offers.' },
};

const arrows = Object.entries(MAY_IMPORT).map(([room, { rooms, why }]) => ({
  name: `arrows-from-${room.replaceAll('/', '-')}`,
  comment: why,
  severity: 'error',
  from: { path: `^${room}/` },
  to: {
    path: '^(lib|bin|lambdas)/',
    pathNot: [room, ...rooms].map((allowed) => `^${allowed}${/[-)]$/.test(allowed) ? '' : '/'}`),
  },
}));

const PURE = {
  name: 'pure-rooms',
  comment:
    'lib/asl and lib/engine do no I/O and read no clock: no module of Node, and no library but the evaluators of JSONPath and JSONata, and the regular expressions of the latter.',
  severity: 'error',
  from: { path: '^lib/(asl|engine)/' },
  to: { dependencyTypes: ['core', 'npm'], pathNot: 'node_modules/(jsonpath-plus|jsonata|re2js)/' },
};

module.exports = {
  forbidden: [
    ...arrows,
    PURE,
    {
      name: 'cdk-for-its-app-only',
      comment: 'Whoever serves must not need the CDK, nor the functions what deploys them.',
      severity: 'error',
      from: { pathNot: '^(lib/cdk/|bin/app\\.ts|test/)' },
      to: { path: '^lib/cdk/|node_modules/(aws-cdk-lib|constructs|cdk-nag)/' },
    },
    {
      name: 'no-sqlite-in-functions',
      comment: 'A function that is deployed has neither a disk nor threads to start.',
      severity: 'error',
      from: { path: '^lambdas/' },
      to: { path: '^lib/adapters/embedded/|^lib/host/(embedded|functions|definition-check)\\.ts', reachable: true },
    },
    {
      name: 'no-cycles',
      comment: 'A cycle is two files that are one.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-orphans',
      comment: 'A file that nobody imports is dead.',
      severity: 'error',
      from: { orphan: true, path: '^lib/' },
      to: {},
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
  },
};
