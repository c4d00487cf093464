"""Flask application on AWS Lambda, behind a REST API: a CDK app.

Written by lambdabridge init app:app --cdk --api rest --name flask-rest --cors https://example.com --secret \
    SECRET_KEY --output infra/rest.py
Yours from here on: change what you like.

    pip install aws-cdk-lib
    cd infra && npx aws-cdk@2 bootstrap --app "python rest.py"      (once for an account and region)
    cd infra && npx aws-cdk@2 deploy --app "python rest.py"
    cd infra && npx aws-cdk@2 synth --quiet --app "python rest.py" && lambdabridge serve --template cdk.out
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import aws_cdk as cdk
import jsii
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_secretsmanager as secretsmanager

PROJECT = Path(__file__).resolve().parents[1]
ACCESS_LOG = json.dumps(
    {
        "time": "$context.requestTime",
        "id": "$context.requestId",
        "ip": "$context.identity.sourceIp",
        "method": "$context.httpMethod",
        "path": "$context.path",
        "status": "$context.status",
        "bytes": "$context.responseLength",
        "ms": "$context.responseLatency",
        "error": "$context.integrationErrorMessage",
    }
)


@jsii.implements(cdk.ILocalBundling)
class Build:
    """`lambdabridge build`, in place of a Docker image."""

    def __init__(self, python: str, architecture: str) -> None:
        target = ["--python", python, "--arch", architecture, "--exclude", "/infra"]
        self._command = [sys.executable, "-m", "lambdabridge", "build", *target]

    def try_bundle(self, output_dir: str, *_: object, **__: object) -> bool:
        """Make the folder that is deployed."""
        subprocess.run([*self._command, "--output", output_dir], cwd=PROJECT, stdout=sys.stderr, check=True)
        return True


class Service(cdk.Stack):
    """The function, what it may do, and the API in front of it."""

    def __init__(self, scope: cdk.App, name: str) -> None:
        super().__init__(scope, name, description="Flask application behind a REST API")
        function = self.make_function(name)
        cdk.CfnOutput(self, "Url", value=self.make_api(function, name))

    def make_function(self, name: str) -> lambda_.Function:
        """Return the function; `cdk deploy -c python=3.12 -c architecture=x86_64` changes what it runs on."""
        python = self.node.try_get_context("python") or "3.13"
        architecture = self.node.try_get_context("architecture") or "arm64"
        runtime = lambda_.Runtime(f"python{python}", lambda_.RuntimeFamily.PYTHON)
        log_group = logs.LogGroup(
            self,
            "FunctionLogs",
            log_group_name=f"/aws/lambda/{name}",
            retention=logs.RetentionDays.ONE_MONTH,
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        # what the function may do: its log group and X-Ray; what your application asks of other services goes here
        role = iam.Role(self, "FunctionRole", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        log_group.grant_write(role)
        return lambda_.Function(
            self,
            "Function",
            code=lambda_.Code.from_asset(
                str(PROJECT),
                asset_hash_type=cdk.AssetHashType.OUTPUT,
                bundling=cdk.BundlingOptions(image=runtime.bundling_image, local=Build(python, architecture)),
            ),
            handler="lambdabridge.handler",
            runtime=runtime,
            architecture=lambda_.Architecture.ARM_64 if architecture == "arm64" else lambda_.Architecture.X86_64,
            memory_size=1024,  # CPU comes with memory, so that more of it starts faster
            timeout=cdk.Duration.seconds(29),  # a REST API waits 29
            tracing=lambda_.Tracing.ACTIVE,
            log_group=log_group,
            role=role,
            environment={
                "LAMBDABRIDGE_APP": "app:handler",
                "SECRET_KEY": self.make_secret("SecretKey"),
            },
        )

    def make_secret(self, name: str) -> str:
        """Return a random value that Secrets Manager makes once, as a reference that CloudFormation resolves."""
        random = secretsmanager.SecretStringGenerator(password_length=64, exclude_punctuation=True)
        return secretsmanager.Secret(self, name, generate_secret_string=random).secret_value.unsafe_unwrap()

    def make_api(self, function: lambda_.Function, name: str) -> str:
        """Return the URL of a REST API; `cdk deploy -c access_logs=on` gives it access logs.

        They need a role that an account has once for each region: that makes and sets it, for all REST APIs there.
        """
        with_logs = self.node.try_get_context("access_logs") == "on"
        api = apigateway.LambdaRestApi(
            self,
            "Api",
            rest_api_name=name,
            handler=function,  # behind ANY on / and on /{proxy+}
            integration_options=apigateway.LambdaIntegrationOptions(allow_test_invoke=False),
            endpoint_types=[apigateway.EndpointType.REGIONAL],
            binary_media_types=["*/*"],  # without it uploads are damaged, and binary answers come as base64 text
            cloud_watch_role=with_logs,
            deploy_options=apigateway.StageOptions(
                stage_name="prod",  # begins the path of every URL, except behind a domain of your own
                tracing_enabled=True,
                throttling_rate_limit=100,  # of all clients together: requests a second, and at once; more get 429
                throttling_burst_limit=200,
                access_log_destination=self.make_access_logs(name) if with_logs else None,
                access_log_format=apigateway.AccessLogFormat.custom(ACCESS_LOG) if with_logs else None,
            ),
            # the API answers preflights; Access-Control-Allow-Origin on other answers is the application's
            default_cors_preflight_options=apigateway.CorsOptions(
                allow_origins=["https://example.com"],
                allow_methods=apigateway.Cors.ALL_METHODS,
                allow_headers=["authorization", "content-type"],
                max_age=cdk.Duration.minutes(10),
            ),
        )
        return api.url

    def make_access_logs(self, name: str) -> apigateway.LogGroupLogDestination:
        """Return a log group of their own."""
        log_group = logs.LogGroup(
            self,
            "AccessLogs",
            log_group_name=f"/aws/apigateway/{name}",
            retention=logs.RetentionDays.ONE_MONTH,
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        return apigateway.LogGroupLogDestination(log_group)


app = cdk.App()
Service(app, "flask-rest")
app.synth()
