// Handlers of local functions, in the form of CommonJS.

exports.echo = async (event) => event;

exports.handler = async () => 'the default export name';

exports.describe = async (event, context) => ({
  event,
  context: {
    ...context,
    remaining: context.getRemainingTimeInMillis(),
    getRemainingTimeInMillis: undefined,
  },
});

exports.nothing = async () => {};

class OrderRejected extends Error {
  constructor(message) {
    super(message);
    this.name = 'OrderRejected';
  }
}

exports.reject = async ({ message }) => {
  throw new OrderRejected(message);
};

exports.throwAtOnce = () => {
  throw new TypeError('thrown at once');
};

exports.throwText = async () => {
  throw 'just text';
};

exports.throwObject = async () => {
  throw { code: 7 };
};

exports.throwNothing = async () => {
  throw undefined;
};

exports.callBack = (event, _context, callback) => {
  setImmediate(() => callback(null, { calledBack: event }));
};

exports.callBackError = (_event, _context, callback) => {
  setImmediate(() => callback(new OrderRejected('by callback')));
};

exports.callBackAndThrow = (_event, _context, _callback) => {
  throw new OrderRejected('before the callback');
};

exports.sleep = async ({ ms }) => {
  await new Promise((resolve) => setTimeout(resolve, ms));
  return 'awake';
};

exports.spin = async ({ isSpinning }) => {
  while (isSpinning);
  return 'not spinning';
};

exports.exit = async ({ code }) => {
  if (code !== undefined) process.exit(code);
  return 'still here';
};

exports.throwLater = async ({ isThrowing }) => {
  if (!isThrowing) return 'in peace';
  setTimeout(() => {
    throw new OrderRejected('outside the handler');
  }, 1);
  await new Promise(() => {});
};

let calls = 0;
exports.count = async () => ++calls;

let running = 0;
exports.overlap = async () => {
  running++;
  await new Promise((resolve) => setTimeout(resolve, 5));
  const overlapping = running;
  running--;
  return overlapping;
};

exports.notAFunction = 'text';
