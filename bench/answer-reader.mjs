const END_OF_HEAD = '\r\n\r\n';

/** Puts HTTP answers together from what a socket gives: { status, body, isLast }, one after the other. */
export class AnswerReader {
  #bytes = Buffer.alloc(0);
  #head;

  /** True once a part of an answer has come. */
  get hasBegun() {
    return this.#head !== undefined || this.#bytes.length > 0;
  }

  /** Takes what came; gives the answer when that completes it. */
  read(chunk) {
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
    this.#head ??= this.#readHead();
    if (!this.#head) return undefined;
    const body = this.#body(this.#head);
    return body && this.#finish(body);
  }

  /** The connection was closed: some servers mark the end of an answer like that. */
  close() {
    const { isChunked, length } = this.#head ?? { isChunked: true };
    return isChunked || length !== undefined ? undefined : this.#finish(this.#bytes);
  }

  #readHead() {
    const end = this.#bytes.indexOf(END_OF_HEAD);
    if (end < 0) return undefined;
    const [first, ...lines] = this.#bytes.latin1Slice(0, end).split('\r\n');
    this.#bytes = this.#bytes.subarray(end + END_OF_HEAD.length);
    const head = { status: Number(first.split(' ')[1]), isChunked: false, isLast: first.startsWith('HTTP/1.0') };
    for (const line of lines) {
      const colon = line.indexOf(':');
      const value = line.slice(colon + 1).trim();
      switch (line.slice(0, colon).toLowerCase()) {
        case 'content-length':
          head.length = Number(value);
          break;
        case 'transfer-encoding':
          head.isChunked = value.toLowerCase() === 'chunked';
          break;
        case 'connection':
          head.isLast = value.toLowerCase() === 'close';
      }
    }
    return head;
  }

  #body({ isChunked, length }) {
    if (isChunked) return this.#joinChunks();
    return this.#bytes.length >= length ? this.#bytes.subarray(0, length) : undefined;
  }

  #joinChunks() {
    const parts = [];
    for (let at = 0; ; ) {
      const endOfSize = this.#bytes.indexOf('\r\n', at);
      if (endOfSize < 0) return undefined;
      const start = endOfSize + 2;
      const end = start + Number.parseInt(this.#bytes.latin1Slice(at, endOfSize), 16);
      if (this.#bytes.length < end + 2) return undefined;
      if (start === end) return Buffer.concat(parts);
      parts.push(this.#bytes.subarray(start, end));
      at = end + 2;
    }
  }

  #finish(body) {
    const { status, isLast } = this.#head;
    this.#head = undefined;
    this.#bytes = Buffer.alloc(0);
    return { status, body, isLast };
  }
}
