// A handler as an ES module, with top-level await.
const greeting = await Promise.resolve('hello');

export const handler = async ({ name }) => `${greeting} ${name}`;

export default { byDefault: async () => 'a member of the default export' };
