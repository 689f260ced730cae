"""Calls ListActivities by boto3. Prints `allowed`, or as JSON what it was refused with. `--unsigned`: without a signature."""

import json
import sys

import boto3
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

config = Config(signature_version=UNSIGNED) if "--unsigned" in sys.argv else None
try:
    boto3.client("stepfunctions", config=config).list_activities()
    print("allowed")
except ClientError as error:
    told = error.response
    print(json.dumps({"code": told["Error"]["Code"], "message": told["Error"]["Message"]}))
