/** A Lambda function that answers what it got. */
exports.echo = async (event) => event;
