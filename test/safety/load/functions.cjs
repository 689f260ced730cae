const { randomUUID } = require('node:crypto');

/** Local functions of the load. Each answer names its invocation, so that one that is recorded twice shows. */
exports.local = async () => ({ invocation: randomUUID() });

exports.flaky = async () => {
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 100));
  if (Math.random() < 0.5) throw Object.assign(new Error('not this time'), { name: 'Flaky' });
  return { invocation: randomUUID() };
};
