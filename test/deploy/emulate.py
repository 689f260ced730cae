"""Starts MiniStack with three corrections, so that the template is deployed to the letter.

On AWS the reference to a secret is its ARN, and the functions' policies name it; here it is the name. An alarm of
several metrics is refused here; it is stood in for by an alarm of the first of them. On AWS who may send, delete or
change a message may do so in batches, for which there are no actions; here they are actions of their own.
"""

from ministack.app import main
from ministack.core import iam_actions
from ministack.services.cloudformation import provisioners

secret = provisioners._RESOURCE_HANDLERS["AWS::SecretsManager::Secret"]
create_secret, delete_secret = secret["create"], secret["delete"]
metric_alarm = provisioners._cw_metric_alarm_record
action_of_target = iam_actions._action_from_target


def create_secret_by_arn(*arguments):
    _, attributes = create_secret(*arguments)
    return attributes["Arn"], attributes


def delete_secret_by_arn(arn, properties):
    # The name has six characters and a dash behind it.
    delete_secret(arn.split(":")[6][:-7], properties)


def alarm_of_first_metric(name, properties):
    for metric in properties.get("Metrics", []):
        if "MetricStat" in metric:
            stat = metric["MetricStat"]
            properties = {**properties, **stat["Metric"], "Statistic": stat["Stat"], "Period": stat["Period"]}
            del properties["Metrics"]
            break
    return metric_alarm(name, properties)


def action_without_batch(headers):
    action = action_of_target(headers)
    is_queues = headers.get("x-amz-target", "").startswith("AmazonSQS.")
    return action.removesuffix("Batch") if is_queues and action else action


secret["create"], secret["delete"] = create_secret_by_arn, delete_secret_by_arn
provisioners._cw_metric_alarm_record = alarm_of_first_metric
iam_actions._action_from_target = action_without_batch
main()
