/** Where CloudWatch keeps what the functions report; names that begin with AWS are AWS's own. */
export const METRIC_NAMESPACE = 'Stepwell';
