"""Templates without a fault, for tests/test_doctor*.py: those edit one line each. And what all of them do with one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from lambdabridge.doctor import checks
from lambdabridge.doctor.doctor import examine

SAM_HTTP = """\
Transform: AWS::Serverless-2016-10-31
Globals:
  Function:
    {Runtime: python3.13, Timeout: 29, MemorySize: 1024}
Resources:
  Function:
    Properties:
      CodeUri: src/
      Handler: app.handler
      Architectures: [arm64]
      Environment:
        Variables: {STAGE: dev}
      Events:
        Root: {Type: HttpApi, Properties: {Path: /, Method: ANY}}
        Proxy: {Type: HttpApi, Properties: {Path: "/{proxy+}", Method: ANY}}
    Type: AWS::Serverless::Function
"""
SAM_REST = (
    SAM_HTTP.replace("HttpApi", "Api").replace("Method: ANY", "Method: ANY, RestApiId: !Ref Api")
    + """\
  Api:
    Type: AWS::Serverless::Api
    Properties:
      StageName: prod
      OpenApiVersion: 3.0.1
      BinaryMediaTypes: ["*~1*"]
"""
)
FUNCTION = """\
Resources:
  Function:
    Type: AWS::Lambda::Function
    Properties:
      Code: src
      Handler: app.handler
      Role: arn:aws:iam::123456789012:role/r
      Runtime: python3.13
      Timeout: 29
      MemorySize: 1024
"""
HTTP = (
    FUNCTION
    + """\
  Api:
    Type: AWS::ApiGatewayV2::Api
    Properties: {Name: web, ProtocolType: HTTP}
  Integration:
    Type: AWS::ApiGatewayV2::Integration
    Properties:
      ApiId: !Ref Api
      IntegrationType: AWS_PROXY
      IntegrationUri: !GetAtt Function.Arn
      PayloadFormatVersion: "2.0"
  Route:
    Type: AWS::ApiGatewayV2::Route
    Properties: {ApiId: !Ref Api, RouteKey: $default, Target: !Sub "integrations/${Integration}"}
  Stage:
    Type: AWS::ApiGatewayV2::Stage
    Properties: {ApiId: !Ref Api, StageName: $default, AutoDeploy: true}
  Permission:
    Type: AWS::Lambda::Permission
    Properties:
      Action: lambda:InvokeFunction
      FunctionName: !Ref Function
      Principal: apigateway.amazonaws.com
      SourceArn: !Sub arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/*/*
"""
)
_INTEGRATION = (
    "{Type: AWS_PROXY, IntegrationHttpMethod: POST, Uri: !Sub "
    '"arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Function.Arn}/invocations"}'
)
ROOT_METHOD = f"""\
  RootMethod:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !GetAtt Api.RootResourceId
      AuthorizationType: NONE
      HttpMethod: ANY
      Integration: {_INTEGRATION}
"""
REST = (
    FUNCTION
    + """\
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties: {Name: web, BinaryMediaTypes: ["*/*"]}
  Proxy:
    Type: AWS::ApiGateway::Resource
    Properties: {RestApiId: !Ref Api, ParentId: !GetAtt Api.RootResourceId, PathPart: "{proxy+}"}
"""
    + ROOT_METHOD.replace("RootMethod", "ProxyMethod").replace("!GetAtt Api.RootResourceId", "!Ref Proxy")
    + ROOT_METHOD
    + """\
  Deployment:
    Type: AWS::ApiGateway::Deployment
    DependsOn: ProxyMethod
    Properties: {RestApiId: !Ref Api}
  Stage:
    Type: AWS::ApiGateway::Stage
    Properties: {RestApiId: !Ref Api, DeploymentId: !Ref Deployment, StageName: prod}
  Permission:
    Type: AWS::Lambda::Permission
    Properties:
      Action: lambda:InvokeFunction
      FunctionName: !Ref Function
      Principal: apigateway.amazonaws.com
      SourceArn: !Sub arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/*/*/*
"""
)
MAPPING = """\
  Mapping:
    Type: AWS::ApiGatewayV2::ApiMapping
    Properties: {ApiId: !Ref Api, DomainName: x.example, Stage: $default, ApiMappingKey: shop}
"""
URL = (
    FUNCTION
    + """\
  Url:
    Type: AWS::Lambda::Url
    Properties: {AuthType: NONE, TargetFunctionArn: !Ref Function}
  MayInvokeUrl:
    Type: AWS::Lambda::Permission
    Properties: {FunctionName: !Ref Function, Principal: "*", Action: lambda:InvokeFunctionUrl, FunctionUrlAuthType: NONE}
  MayInvoke:
    Type: AWS::Lambda::Permission
    Properties: {FunctionName: !Ref Function, Principal: "*", Action: lambda:InvokeFunction, InvokedViaFunctionUrl: true}
"""
)

TODAY = date(2026, 11, 21)
NOWHERE: Mapping[str, str] = {}
ROOT = Path(__file__).parent.parent
Found = list[tuple[str, str, int | None]]


def project(folder: Path, template: str, name: str = "template.yaml") -> Path:
    """Write a template and the code that it names."""
    (folder / "src").mkdir(exist_ok=True)
    (folder / "src" / "app.py").write_text("def handler(event, context): ...\n")
    (folder / "src" / "requirements.txt").write_text("flask\nlambdabridge\n")
    (folder / name).write_text(template)
    return folder / name


def found(place: Path, today: date = TODAY) -> Found:
    """Return what the checks of templates find: check, resource, line."""
    report = examine(place, {}, NOWHERE, today, [check.name for check in checks.MACHINE])
    return [(one.check, one.subject, one.line) for one in report.findings]


def edited(template: str, *edits: tuple[str, str]) -> str:
    for old, new in edits:
        assert template.count(old) == 1, old
        template = template.replace(old, new)
    return template


def files(folder: Path, contents: Mapping[str, str]) -> None:
    for name, text in contents.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def in_cdk(template: str) -> str:
    """Return a template as CDK writes one: JSON, with each construct's path."""
    import yaml

    class Loader(yaml.SafeLoader):
        pass

    Loader.add_multi_constructor(
        "!", lambda loader, suffix, node: {f"Fn::{suffix}" if suffix != "Ref" else "Ref": node.value}
    )
    data = yaml.load(template, Loader)
    for name, resource in data["Resources"].items():
        resource["Metadata"] = {"aws:cdk:path": f"Web/{name}/Resource"}
    return json.dumps(data, indent=1)
