// A function of a user: twice the number that it is given.
exports.handler = async ({ number }) => ({ number: number * 2 });
