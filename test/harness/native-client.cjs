// Stands in for the native HTTP client of aws-lambda-ric: its three calls, over Node's own client. Loaded before it:
//   node --require native-client.cjs aws-lambda-ric/index.mjs
const Module = require('node:module');
const http = require('node:http');

const NATIVE = './rapid-client.node';
const PATH = '/2018-06-01/runtime/invocation/';
const [hostname, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(':');
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

const call = (method, path, body = '') =>
  new Promise((resolve, reject) => {
    const headers =
      body === '' ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const request = http.request({ hostname, port, path: PATH + path, method, agent, headers }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => resolve({ bodyJson: Buffer.concat(chunks).toString(), headers: response.headers }));
    });
    request.on('error', reject);
    request.end(body);
  });

// The runtime does not wait for these two: the next event is asked for when they are through.
let posted = Promise.resolve();
const client = {
  initializeClient() {},
  async next() {
    await posted;
    return call('GET', 'next');
  },
  done(id, body) {
    posted = call('POST', `${id}/response`, body);
  },
  error(id, body) {
    posted = call('POST', `${id}/error`, body);
  },
};

const load = Module._load;
Module._load = function (request, ...rest) {
  return request === NATIVE ? client : load.call(this, request, ...rest);
};
