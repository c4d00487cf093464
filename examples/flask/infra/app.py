"""Flask application on AWS Lambda, behind an HTTP API: a CDK app.

Written by lambdabridge init app:app --cdk --name flask --cors https://example.com --secret SECRET_KEY
Yours from here on: change what you like.

    pip install aws-cdk-lib
    cd infra && npx aws-cdk@2 bootstrap      (once for an account and region)
    cd infra && npx aws-cdk@2 deploy
    cd infra && npx aws-cdk@2 synth --quiet && lambdabridge serve --template cdk.out
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import aws_cdk as cdk
import jsii
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_apigatewayv2_integrations as integrations
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
        super().__init__(scope, name, description="Flask application behind an HTTP API")
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
            timeout=cdk.Duration.seconds(29),  # an HTTP API waits 30
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
        """Return the URL of an HTTP API."""
        api = apigateway.HttpApi(
            self,
            "Api",
            api_name=name,
            create_default_stage=False,
            # in place of what the application says
            cors_preflight=apigateway.CorsPreflightOptions(
                allow_origins=["https://example.com"],
                allow_methods=[apigateway.CorsHttpMethod.ANY],
                allow_headers=["authorization", "content-type"],
                max_age=cdk.Duration.minutes(10),
            ),
        )
        integration = integrations.HttpLambdaIntegration("Integration", function)  # payload 2.0
        for path in ("/", "/{proxy+}"):  # {proxy+} does not match /: it takes both
            api.add_routes(path=path, methods=[apigateway.HttpMethod.ANY], integration=integration)
        access_logs = logs.LogGroup(
            self,
            "AccessLogs",
            # under /aws/vendedlogs/, API Gateway may write without adding to the region's policy for logs
            log_group_name=f"/aws/vendedlogs/apigateway/{name}",
            retention=logs.RetentionDays.ONE_MONTH,
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        apigateway.CfnStage(
            self,
            "Stage",
            api_id=api.api_id,
            stage_name="$default",
            auto_deploy=True,
            default_route_settings=apigateway.CfnStage.RouteSettingsProperty(
                throttling_rate_limit=100,  # of all clients together: requests a second, and at once; more get 429
                throttling_burst_limit=200,
            ),
            access_log_settings=apigateway.CfnStage.AccessLogSettingsProperty(
                destination_arn=access_logs.log_group_arn, format=ACCESS_LOG
            ),
        )
        return f"{api.api_endpoint}/"


app = cdk.App()
Service(app, "flask")
app.synth()
