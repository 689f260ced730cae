/**
 * How AWS's SDK for Java writes a service, from its id: `SFN` is `Sfn`, `DynamoDB` is `DynamoDb`, `CloudWatch Logs` is
 * `CloudWatchLogs`. Names of errors begin with it (page "AWS SDK integrations").
 */
export function serviceNameOf(serviceId: string): string {
  return serviceId
    .replace(/[^A-Za-z0-9]+/g, ' ')
    .replace(/(?<=[a-z])(?=[A-Z][A-Za-z0-9])/g, ' ')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .replace(/([0-9])([A-Za-z])/g, '$1 $2')
    .trim()
    .split(/ +/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase())
    .join('');
}
