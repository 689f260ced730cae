import net from 'node:net';
import { AnswerReader } from './answer-reader.mjs';

/**
 * Calls a server of the API on loopback. Connections are opened when they are needed, kept, and used most recent first,
 * so n callers use n of them. Raw sockets, because a client of node:http costs as much as a fast server does. The
 * signature is a dummy: some servers want to see one, to know which service is meant.
 */
export class Client {
  #port;
  #free = [];
  #busy = new Set();
  #isClosed = false;

  constructor(port) {
    this.#port = port;
  }

  async call(action, body = {}) {
    if (this.#isClosed) throw new Error('the client is closed');
    const connection = this.#free.pop() ?? new Connection(this.#port);
    this.#busy.add(connection);
    try {
      return resultOf(action, await connection.send(this.#request(action, JSON.stringify(body))));
    } finally {
      this.#busy.delete(connection);
      this.#free.push(connection);
    }
  }

  /** Calls under way fail. */
  close() {
    this.#isClosed = true;
    for (const connection of [...this.#free, ...this.#busy]) connection.close();
  }

  #request(action, body) {
    return [
      'POST / HTTP/1.1',
      `Host: 127.0.0.1:${this.#port}`,
      'Content-Type: application/x-amz-json-1.0',
      `X-Amz-Target: AWSStepFunctions.${action}`,
      'X-Amz-Date: 20260101T000000Z',
      'Authorization: AWS4-HMAC-SHA256 Credential=bench/20260101/us-east-1/states/aws4_request, SignedHeaders=host, Signature=0',
      `Content-Length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ].join('\r\n');
  }
}

/** Throws what the server refuses, with the error's name and message. */
function resultOf(action, { status, body }) {
  const text = body.toString();
  let result;
  try {
    result = JSON.parse(text || '{}');
  } catch {
    const words = text.replaceAll(/<[^>]*>|\s+/g, ' ').trim();
    throw new Error(`${action}: HTTP ${status}, no JSON: ${words.slice(0, 60)}`);
  }
  if (status === 200) return result;
  throw new Error(`${action}: HTTP ${status} ${result.__type}: ${result.message ?? result.Message}`);
}

/** A kept connection, with one call under way at most. */
class Connection {
  #port;
  #socket;
  #pending;
  #isClosed = false;

  constructor(port) {
    this.#port = port;
  }

  async send(request) {
    const isReused = this.#socket !== undefined;
    try {
      return await this.#exchange(request);
    } catch (error) {
      // A server closes a connection that was idle for some seconds, perhaps just when it is wanted again.
      if (!isReused || error.isAnswerBegun || this.#isClosed) throw error;
      return this.#exchange(request);
    }
  }

  close() {
    this.#isClosed = true;
    this.#socket?.destroy();
  }

  #exchange(request) {
    return new Promise((resolve, reject) => {
      this.#pending = { resolve, reject };
      this.#socket ??= this.#open();
      this.#socket.write(request);
    });
  }

  #open() {
    const reader = new AnswerReader();
    const socket = net.connect({ host: '127.0.0.1', port: this.#port, noDelay: true });
    let problem = new Error('the server closed the connection');
    const settle = (answer) => {
      if (answer.isLast) socket.destroy();
      if (answer.isLast) this.#socket = undefined;
      this.#pending?.resolve(answer);
      this.#pending = undefined;
    };
    socket.on('data', (chunk) => {
      const answer = reader.read(chunk);
      if (answer) settle(answer);
    });
    socket.on('error', (error) => {
      problem = error;
    });
    socket.on('close', () => {
      // It may have been replaced already, by the next call's.
      if (this.#socket !== socket) return;
      this.#socket = undefined;
      const answer = reader.close();
      if (answer) return settle(answer);
      this.#pending?.reject(Object.assign(problem, { isAnswerBegun: reader.hasBegun }));
      this.#pending = undefined;
    });
    return socket;
  }
}
