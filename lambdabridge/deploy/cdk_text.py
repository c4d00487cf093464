"""The blocks that a CDK app is made of; cdk.py puts them together.

One block for each part that an API has or has not. @name@ is filled in.
"""

from __future__ import annotations

HEAD = '''\
"""@title@ on AWS Lambda, behind @api@: a CDK app.

Written by @command@
Yours from here on: change what you like.

    pip install aws-cdk-lib
    @bootstrap@      (once for an account and region)
    @deploy@
    @synth@ && lambdabridge serve --template cdk.out
"""

from __future__ import annotations

@json@\
import subprocess
import sys
from pathlib import Path

import aws_cdk as cdk
import jsii
@imports@\
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
@secretsmanager@\

PROJECT = Path(__file__).resolve().parents[@depth@]
@log@

@jsii.implements(cdk.ILocalBundling)
class Build:
    """`lambdabridge build`, in place of a Docker image."""

    def __init__(self, python: str, architecture: str) -> None:
        target = ["--python", python, "--arch", architecture, "--exclude", "/@own@"]
        self._command = [sys.executable, "-m", "lambdabridge", "build", @words@*target]

    def try_bundle(self, output_dir: str, *_: object, **__: object) -> bool:
        """Make the folder that is deployed."""
        subprocess.run([*self._command, "--output", output_dir], cwd=PROJECT, stdout=sys.stderr, check=True)
        return True


class Service(cdk.Stack):
    """The function, what it may do, and the API in front of it."""

    def __init__(self, scope: cdk.App, name: str) -> None:
        super().__init__(scope, name, description="@title@ behind @api@")
        function = self.make_function(name)
        cdk.CfnOutput(self, "Url", value=self.make_api(function, name))

    def make_function(self, name: str) -> lambda_.Function:
        """Return the function; `cdk deploy -c python=3.12 -c architecture=x86_64` changes what it runs on."""
        python = self.node.try_get_context("python") or "@python@"
        architecture = self.node.try_get_context("architecture") or "@arch@"
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
            handler=@handler@,
            runtime=runtime,
            architecture=lambda_.Architecture.ARM_64 if architecture == "arm64" else lambda_.Architecture.X86_64,
            memory_size=@memory@,  # CPU comes with memory, so that more of it starts faster
            timeout=cdk.Duration.seconds(@timeout@),@waits@
            tracing=lambda_.Tracing.ACTIVE,
            log_group=log_group,
            role=role,
@environment@\
        )
'''
SECRET = '''\

    def make_secret(self, name: str) -> str:
        """Return a random value that Secrets Manager makes once, as a reference that CloudFormation resolves."""
        random = secretsmanager.SecretStringGenerator(password_length=64, exclude_punctuation=True)
        return secretsmanager.Secret(self, name, generate_secret_string=random).secret_value.unsafe_unwrap()
'''
HTTP_API = '''\

    def make_api(self, function: lambda_.Function, name: str) -> str:
        """Return the URL of an HTTP API."""
        api = apigateway.HttpApi(
            self,
            "Api",
            api_name=name,
            create_default_stage=False,
@cors@\
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
'''
REST_API = '''\

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
@cors@\
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
'''
FUNCTION_URL = '''\

    def make_api(self, function: lambda_.Function, name: str) -> str:
        """Return the URL of the function: public, as a website is; AWS_IAM lets only signed requests through."""
        return function.add_function_url(
            auth_type=lambda_.FunctionUrlAuthType.NONE,
@cors@\
        ).url
'''
END = """\


app = cdk.App()
Service(app, "@name@")
app.synth()
"""
ACCESS_LOG = """\
ACCESS_LOG = json.dumps(
    {
@lines@
    }
)
"""
