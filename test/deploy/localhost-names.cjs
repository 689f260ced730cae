// For functions in the emulated account: its gateway has names under localhost, which not every machine finds.
const dns = require('node:dns');

const { lookup } = dns;
dns.lookup = (name, options, found) =>
  name.endsWith('.localhost') ? lookup('127.0.0.1', options, found) : lookup(name, options, found);
