"""What Ref and Fn::GetAtt give of resources that a template names itself: a table's name, a queue's URL, a bucket's ARN.

Only of what an application asks by such a name; functions and APIs are found again by their logical ids (cloudformation.py).
Where the template leaves the name to CloudFormation, the logical id stands for it.
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
"""

from __future__ import annotations

from typing import NamedTuple

_HERE = "us-east-1:123456789012"
_NAME = "{name}"


class Form(NamedTuple):
    """How a type's name is given and shown.

    member  the property that names it
    ref     what Ref gives
    arn     what Fn::GetAtt Arn gives; "": not known here
    name    the attribute that has the name alone, where Ref has more
    """

    member: str
    ref: str = _NAME
    arn: str = ""
    name: str = ""


_TABLE = Form("TableName", arn=f"arn:aws:dynamodb:{_HERE}:table/{{name}}")
_TOPIC = f"arn:aws:sns:{_HERE}:{{name}}"
_MACHINE = f"arn:aws:states:{_HERE}:stateMachine:{{name}}"
FORMS = {
    "AWS::DynamoDB::Table": _TABLE,
    "AWS::DynamoDB::GlobalTable": _TABLE,
    "AWS::Serverless::SimpleTable": _TABLE,
    "AWS::S3::Bucket": Form("BucketName", arn="arn:aws:s3:::{name}"),
    "AWS::SQS::Queue": Form(
        "QueueName",
        "https://sqs.us-east-1.amazonaws.com/123456789012/{name}",
        f"arn:aws:sqs:{_HERE}:{{name}}",
        "QueueName",
    ),
    "AWS::SNS::Topic": Form("TopicName", _TOPIC, _TOPIC, "TopicName"),
    "AWS::SSM::Parameter": Form("Name"),
    "AWS::Logs::LogGroup": Form("LogGroupName", arn=f"arn:aws:logs:{_HERE}:log-group:{{name}}:*"),
    "AWS::Events::EventBus": Form("Name", arn=f"arn:aws:events:{_HERE}:event-bus/{{name}}"),
    "AWS::Kinesis::Stream": Form("Name", arn=f"arn:aws:kinesis:{_HERE}:stream/{{name}}"),
    "AWS::KinesisFirehose::DeliveryStream": Form(
        "DeliveryStreamName", arn=f"arn:aws:firehose:{_HERE}:deliverystream/{{name}}"
    ),
    "AWS::StepFunctions::StateMachine": Form("StateMachineName", _MACHINE, _MACHINE, "Name"),
    "AWS::IAM::Role": Form("RoleName", arn="arn:aws:iam::123456789012:role/{name}"),
}


def ref(form: Form, name: str) -> str:
    """Return what Ref gives of a resource of this name."""
    return form.ref.format(name=name)


def attribute(form: Form, name: str, wanted: str) -> str:
    """Return what Fn::GetAtt gives; "" for what is not known here."""
    if wanted == form.name or (wanted == "TableName" and form is _TABLE):
        return name
    if wanted in ("Arn", "TopicArn"):
        return form.arn.format(name=name)
    return ref(form, name) if wanted == "QueueUrl" else ""
