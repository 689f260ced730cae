"""The journey, by boto3. Prints as JSON what it saw; seen.ts says what the members are."""

import json
import re
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone
from pathlib import Path

import boto3
from botocore.exceptions import ClientError

ROLE_ARN = "arn:aws:iam::123456789012:role/orders"
DEFINITION = Path(__file__).with_name("orders.asl.json").read_text("utf-8")
INPUT = '{"order": 7, "to": "Łódź, 東京 😀"}'
ANSWER = '{"granted": true}'

sfn = boto3.client("stepfunctions")
seen = {}


def arn(kind, name):
    return f"arn:aws:states:us-east-1:123456789012:{kind}:{name}"


def answer(response):
    return {member: value for member, value in response.items() if member != "ResponseMetadata"}


def ended(execution_arn):
    for _ in range(1000):
        execution = answer(sfn.describe_execution(executionArn=execution_arn))
        if execution["status"] != "RUNNING":
            return execution
        time.sleep(0.02)
    raise AssertionError(f"still {execution}")


def wait_until_gone(state_machine_arn):
    """It is DELETING for a moment."""
    for _ in range(1000):
        try:
            sfn.list_executions(stateMachineArn=state_machine_arn)
        except sfn.exceptions.StateMachineDoesNotExist:
            return
        time.sleep(0.02)
    raise AssertionError(f"still there: {state_machine_arn}")


def pages(call, member, **words):
    """By maxResults and nextToken."""
    found = []
    while True:
        page = call(**words)
        found.append(page[member])
        if "nextToken" not in page:
            return found
        words["nextToken"] = page["nextToken"]


def paginated(call, config, **words):
    """By boto3's own paginator."""
    return sfn.get_paginator(call).paginate(PaginationConfig=config, **words).build_full_result()


def refusal(call, **words):
    try:
        response = call(**words)
    except ClientError as error:
        code, message = error.response["Error"]["Code"], error.response["Error"]["Message"]
        assert isinstance(error, getattr(sfn.exceptions, code)), f"{code} arrives as {type(error)}"
        return {"code": code, "message": message}
    raise AssertionError(f"not refused: {response}")


activity_arn = arn("activity", "approve")
machine_arn = arn("stateMachine", "orders")
first, second, third = (arn("execution", f"orders:{name}") for name in ("first", "second", "third"))

seen["createdActivity"] = answer(sfn.create_activity(name="approve"))
sfn.create_activity(name="pack")
seen["describedActivity"] = answer(sfn.describe_activity(activityArn=activity_arn))
seen["createdMachine"] = answer(
    sfn.create_state_machine(
        name="orders", definition=DEFINITION, roleArn=ROLE_ARN, tags=[{"key": "team", "value": "shop"}]
    )
)
sfn.create_state_machine(name="returns", definition=DEFINITION, roleArn=ROLE_ARN)
seen["describedMachine"] = answer(sfn.describe_state_machine(stateMachineArn=machine_arn))

with ThreadPoolExecutor() as pool:
    polling = pool.submit(sfn.get_activity_task, activityArn=activity_arn, workerName="worker 1")
    time.sleep(0.5)
    seen["started"] = answer(sfn.start_execution(stateMachineArn=machine_arn, name="first", input=INPUT))
    seen["task"] = answer(polling.result())
token = seen["task"]["taskToken"]
seen["heartbeat"] = answer(sfn.send_task_heartbeat(taskToken=token))
seen["success"] = answer(sfn.send_task_success(taskToken=token, output=ANSWER))
answered_twice = refusal(sfn.send_task_success, taskToken=token, output=ANSWER)
seen["succeeded"] = ended(first)

seen["history"] = sfn.get_execution_history(executionArn=first)["events"]
seen["reversedHistory"] = sfn.get_execution_history(executionArn=first, reverseOrder=True)["events"]
seen["historyWithoutData"] = sfn.get_execution_history(executionArn=first, includeExecutionData=False)["events"]
seen["historyPages"] = pages(sfn.get_execution_history, "events", executionArn=first, maxResults=10)
seen["paginatedHistory"] = paginated("get_execution_history", {"PageSize": 4}, executionArn=first)["events"]
stopped = paginated("get_execution_history", {"PageSize": 2, "MaxItems": 5}, executionArn=first)
resumed = paginated("get_execution_history", {"StartingToken": stopped["NextToken"]}, executionArn=first)
seen["resumedHistory"] = [stopped["events"], resumed["events"]]

sfn.start_execution(stateMachineArn=machine_arn, name="second")
seen["secondTask"] = answer(sfn.get_activity_task(activityArn=activity_arn))
seen["failure"] = answer(
    sfn.send_task_failure(
        taskToken=seen["secondTask"]["taskToken"], error="Order.Rejected", cause="no stock in Łódź"
    )
)
seen["failed"] = ended(second)
seen["failedHistory"] = sfn.get_execution_history(executionArn=second)["events"]
sfn.start_execution(stateMachineArn=machine_arn, name="third", input="{}")
seen["stop"] = answer(sfn.stop_execution(executionArn=third, error="Customer", cause="changed her mind"))
seen["aborted"] = answer(sfn.describe_execution(executionArn=third))

machine = {"stateMachineArn": machine_arn}
one = {"PageSize": 1}
seen["executions"] = sfn.list_executions(**machine)["executions"]
seen["failedExecutions"] = sfn.list_executions(**machine, statusFilter="FAILED")["executions"]
seen["executionPages"] = pages(sfn.list_executions, "executions", **machine, maxResults=2)
seen["paginatedExecutions"] = paginated("list_executions", one, **machine)["executions"]
seen["machines"] = paginated("list_state_machines", one)["stateMachines"]
seen["activities"] = paginated("list_activities", one)["activities"]
seen["activityPages"] = pages(sfn.list_activities, "activities", maxResults=1)

seen["tags"] = [sfn.list_tags_for_resource(resourceArn=machine_arn)["tags"]]
sfn.tag_resource(resourceArn=machine_arn, tags=[{"key": "city", "value": "Łódź"}])
seen["tags"].append(sfn.list_tags_for_resource(resourceArn=machine_arn)["tags"])
sfn.untag_resource(resourceArn=machine_arn, tagKeys=["team"])
seen["tags"].append(sfn.list_tags_for_resource(resourceArn=machine_arn)["tags"])

seen["refusals"] = [
    answered_twice,
    refusal(sfn.start_execution, **machine, name="first", input='{"order": 8}'),
    refusal(sfn.get_execution_history, executionArn=arn("execution", "orders:none")),
    refusal(sfn.create_activity, name="two words"),
    refusal(sfn.send_task_success, taskToken="nonsense", output=ANSWER),
    refusal(sfn.list_executions, **machine, maxResults=1001),
    refusal(sfn.start_execution, **machine, input="nonsense"),
    refusal(sfn.create_state_machine, name="empty", definition="{}", roleArn=ROLE_ARN),
    refusal(sfn.describe_activity, activityArn="nonsense"),
]
sfn.delete_state_machine(**machine)
wait_until_gone(machine_arn)
seen["refusals"].append(refusal(sfn.describe_state_machine, **machine))
sfn.delete_activity(activityArn=activity_arn)
seen["refusals"].append(refusal(sfn.describe_activity, activityArn=activity_arn))


def release_step(step):
    call = getattr(sfn, re.sub(r"(?<!^)(?=[A-Z])", "_", step["action"]).lower())
    if "refused" in step:
        return refusal(call, **step["input"])
    for _ in range(1000):
        response = answer(call(**step["input"]))
        if "until" not in step or response[step["until"][0]] == step["until"][1]:
            return response
        time.sleep(0.02)
    raise AssertionError(f"still {response}")


seen["releases"] = [release_step(step) for step in json.loads(Path(__file__).with_name("releases.json").read_text("utf-8"))]


def told(value):
    assert isinstance(value, datetime), f"{value!r} is no date"
    return value.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


print(json.dumps(seen, default=told))
