"""What is in the emulated account, and what its functions wrote, by boto's core. Prints JSON.

    account.py resources          every resource of the kinds that a deployment makes, as KIND NAME
    account.py messages           how many messages are in queues and in hands: delayed ones do not count
    account.py logs               every line in every log group, as GROUP LINE
    account.py invoke NAME        invokes a function with {}; prints its answer
    account.py create-function NAME FILE
    account.py delete-queue NAME
    account.py create-secret NAME TEXT
    account.py delete-secret NAME
    account.py stranger           the code of the error that somebody gets who may do nothing
"""

import io
import json
import sys
import zipfile
from pathlib import Path

from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.session import Session

CONFIG = Config(retries={"total_max_attempts": 1}, read_timeout=120)


def client(service):
    return Session().create_client(service, config=CONFIG)


def names(service, operation, members, name):
    """The names in all pages of a list; what is a text is one itself."""
    made = client(service)
    pages = made.get_paginator(operation).paginate() if made.can_paginate(operation) else [getattr(made, operation)()]
    for page in pages:
        for member in page.get(members) or []:
            yield member if isinstance(member, str) else member[name]


def stacks():
    for stack in client("cloudformation").describe_stacks()["Stacks"]:
        if stack["StackStatus"] != "DELETE_COMPLETE":
            yield stack["StackName"]


KINDS = {
    "stack": stacks,
    "table": lambda: names("dynamodb", "list_tables", "TableNames", None),
    "queue": lambda: names("sqs", "list_queues", "QueueUrls", None),
    "function": lambda: names("lambda", "list_functions", "Functions", "FunctionName"),
    "queue mapping": lambda: names("lambda", "list_event_source_mappings", "EventSourceMappings", "EventSourceArn"),
    "log group": lambda: names("logs", "describe_log_groups", "logGroups", "logGroupName"),
    "metric filter": lambda: names("logs", "describe_metric_filters", "metricFilters", "filterName"),
    "role": lambda: names("iam", "list_roles", "Roles", "RoleName"),
    "rest api": lambda: names("apigateway", "get_rest_apis", "items", "name"),
    "secret": lambda: names("secretsmanager", "list_secrets", "SecretList", "Name"),
    "alarm": lambda: names("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
    "dashboard": lambda: names("cloudwatch", "list_dashboards", "DashboardEntries", "DashboardName"),
    "rule": lambda: names("events", "list_rules", "Rules", "Name"),
    "topic": lambda: names("sns", "list_topics", "Topics", "TopicArn"),
    "bucket": lambda: names("s3", "list_buckets", "Buckets", "Name"),
}


def resources():
    return sorted(f"{kind} {name}" for kind, found in KINDS.items() for name in found())


def messages():
    sqs = client("sqs")
    counts = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    total = 0
    for url in names("sqs", "list_queues", "QueueUrls", None):
        found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=counts)["Attributes"]
        total += sum(int(found[count]) for count in counts)
    return total


def logs():
    made = client("logs")
    lines = []
    for group in names("logs", "describe_log_groups", "logGroups", "logGroupName"):
        for page in made.get_paginator("filter_log_events").paginate(logGroupName=group):
            lines += [f"{group} {event['message']}" for event in page["events"]]
    return lines


def create_function(name, file):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("index.js", Path(file).read_text())
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
    role = client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    made = client("lambda").create_function(
        FunctionName=name,
        Runtime="nodejs24.x",
        Handler="index.handler",
        Role=role,
        Code={"ZipFile": archive.getvalue()},
    )
    return made["FunctionArn"]


def invoke(name):
    answer = client("lambda").invoke(FunctionName=name, Payload=b"{}")
    return {"error": answer.get("FunctionError"), "payload": answer["Payload"].read().decode()}


def delete_queue(name):
    made = client("sqs")
    made.delete_queue(QueueUrl=made.get_queue_url(QueueName=name)["QueueUrl"])


def create_secret(name, text):
    return client("secretsmanager").create_secret(Name=name, SecretString=text)["ARN"]


def delete_secret(name):
    client("secretsmanager").delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)


def stranger():
    """What somebody is told who has no grant."""
    iam = client("iam")
    iam.create_user(UserName="stranger")
    key = iam.create_access_key(UserName="stranger")["AccessKey"]
    session = Session()
    session.set_credentials(key["AccessKeyId"], key["SecretAccessKey"])
    try:
        session.create_client("dynamodb", config=CONFIG).list_tables()
        return None
    except ClientError as error:
        return error.response["Error"]["Code"]


COMMANDS = {
    "resources": resources,
    "messages": messages,
    "logs": logs,
    "invoke": invoke,
    "create-function": create_function,
    "delete-queue": delete_queue,
    "create-secret": create_secret,
    "delete-secret": delete_secret,
    "stranger": stranger,
}

print(json.dumps(COMMANDS[sys.argv[1]](*sys.argv[2:])))
