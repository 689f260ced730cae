// The floor under the workloads `tasks` and `functions`: a server that does the least that Node must do for them.
// HTTP, JSON, and one durable row for each change of an execution, written in a thread, all that wait in one
// transaction; no language, no engine, no API. Measured as a peer it says what this machine allows at most:
//   npm run bench -- --only tasks,functions --peer floor='node bench/floor.mjs PORT DATA LAMBDAPORT'
import http from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, receiveMessageOnPort, Worker, workerData } from 'node:worker_threads';

if (isMainThread) serve(...process.argv.slice(2));
else write(workerData);

function serve(port, folder, lambdaPort) {
  const store = new Worker(fileURLToPath(import.meta.url), { workerData: join(folder, 'floor.db') });
  const written = [];
  let rows = [];
  store.on('message', (count) => {
    for (const resolve of written.splice(0, count)) resolve();
  });
  /** About as many bytes as a commit of ours. */
  const commit = (execution, slot, body) => {
    if (rows.push([execution, slot, body + 'x'.repeat(400)]) === 1) {
      setImmediate(() => {
        store.postMessage(rows);
        rows = [];
      });
    }
    return new Promise((resolve) => {
      written.push(resolve);
    });
  };
  const actions = createActions(commit, lambdaPort);
  const server = http.createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', async () => {
      const action = request.headers['x-amz-target']?.split('.')[1];
      const answer = await actions[action]?.(JSON.parse(Buffer.concat(chunks).toString()));
      const body = JSON.stringify(answer ?? {});
      response.writeHead(200, [
        'Content-Type',
        'application/x-amz-json-1.0',
        'Content-Length',
        Buffer.byteLength(body),
      ]);
      response.end(body);
    });
  });
  server.listen(Number(port), '127.0.0.1');
}

function createActions(commit, lambdaPort) {
  const arn = (type, name) => `arn:aws:states:us-east-1:123456789012:${type}:${name}`;
  const agent = new http.Agent({ keepAlive: true });
  const kinds = new Map();
  const executions = new Map();
  const offered = [];
  const polls = [];
  let count = 0;

  const end = async (execution, output) => {
    await commit(execution.arn, 9, output);
    Object.assign(execution, { status: 'SUCCEEDED', output });
  };
  const invoke = (execution) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(execution.input) };
    const url = `http://127.0.0.1:${lambdaPort}/2015-03-31/functions/floor/invocations`;
    const request = http.request(url, { method: 'POST', agent, headers }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => end(execution, Buffer.concat(chunks).toString()));
    });
    request.end(execution.input);
  };

  return {
    ListStateMachines: () => ({ stateMachines: [] }),
    CreateActivity: ({ name }) => ({ activityArn: arn('activity', name) }),
    CreateStateMachine({ name, definition }) {
      const kind = /:activity:/.test(definition)
        ? 'Activity'
        : /:lambda:/.test(definition)
          ? 'LambdaFunction'
          : undefined;
      kinds.set(arn('stateMachine', name), kind);
      return { stateMachineArn: arn('stateMachine', name), creationDate: 1.7e9 };
    },
    async StartExecution({ stateMachineArn, input }) {
      const kind = kinds.get(stateMachineArn);
      const execution = { arn: arn('execution', `x:${count++}`), kind, input, status: 'RUNNING' };
      executions.set(execution.arn, execution);
      await commit(execution.arn, 1, input);
      if (kind === 'LambdaFunction') invoke(execution);
      else if (kind === 'Activity') (polls.shift() ?? ((one) => offered.push(one)))(execution);
      else await end(execution, input);
      return { executionArn: execution.arn, startDate: 1.7e9 };
    },
    async GetActivityTask() {
      const execution = offered.shift() ?? (await new Promise((resolve) => polls.push(resolve)));
      await commit(execution.arn, 5, execution.input);
      return { taskToken: execution.arn, input: execution.input };
    },
    SendTaskSuccess: async ({ taskToken, output }) => end(executions.get(taskToken), output),
    DescribeExecution({ executionArn }) {
      const { status, input, output } = executions.get(executionArn);
      return { executionArn, status, input, output, startDate: 1.7e9, stopDate: 1.7e9 };
    },
    GetExecutionHistory({ executionArn }) {
      const { kind } = executions.get(executionArn);
      const task = ['Scheduled', 'Started', 'Succeeded'].map((word) => `${kind}${word}`);
      const types = ['ExecutionStarted', 'TaskStateEntered', ...task, 'TaskStateExited', 'ExecutionSucceeded'];
      const events = types.map((type, index) => ({ id: index + 1, previousEventId: index, timestamp: 1.7e9, type }));
      return { events };
    },
  };
}

function write(path) {
  const database = open(path);
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  database.exec('CREATE TABLE journal (run TEXT, slot INTEGER, body TEXT, PRIMARY KEY (run, slot)) WITHOUT ROWID');
  const [begin, insert, commit] = ['BEGIN IMMEDIATE', 'INSERT INTO journal VALUES (?, ?, ?)', 'COMMIT'].map((sql) =>
    database.prepare(sql),
  );
  parentPort.on('message', (first) => {
    const rows = [first];
    for (let next = receiveMessageOnPort(parentPort); next; next = receiveMessageOnPort(parentPort))
      rows.push(next.message);
    begin.run();
    for (const row of rows.flat()) insert.run(...row);
    commit.run();
    parentPort.postMessage(rows.flat().length);
  });
}

/** As the service does: Node's own SQLite where it has one. */
function open(path) {
  const require = createRequire(import.meta.url);
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 13)) return new (require('node:sqlite').DatabaseSync)(path);
  return new (require('libsql'))(path);
}
