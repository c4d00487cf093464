"""Templates: what SAM's, CloudFormation's and CDK's resources say, as AWS's references describe them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lambdabridge.errors import ConfigurationError
from lambdabridge.gateway.template.reading import read_stack
from lambdabridge.gateway.template.stack import Api, Cors, Function, Route, Stack

SAM = """
AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Parameters:
  Table: {Type: String, Default: items}
  Wide: {Type: String, Default: "no"}
Conditions:
  IsWide: !Equals [!Ref Wide, "yes"]
Globals:
  Function:
    Runtime: python3.13
    Timeout: 29
    MemorySize: 1024
    Environment:
      Variables: {STAGE: dev, TABLE: global}
  HttpApi:
    CorsConfiguration: {AllowOrigins: ["https://a.example"], AllowMethods: [GET], MaxAge: 600, AllowCredentials: true}
Resources:
  Web:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: src/
      Handler: app.handler
      Environment:
        Variables:
          TABLE: !Sub "${Table}-${AWS::Region}"
      Events:
        All: {Type: HttpApi}
        One:
          Type: HttpApi
          Properties: {Path: "/users/{id}", Method: get, PayloadFormatVersion: "1.0", TimeoutInMillis: 5000}
        Root: {Type: Api, Properties: {Path: /, Method: ANY, RestApiId: !Ref Rest}}
        Rest: {Type: Api, Properties: {Path: "/{proxy+}", Method: any, RestApiId: !Ref Rest}}
        Tick: {Type: Schedule, Properties: {Schedule: rate(1 hour)}}
  Rest:
    Type: AWS::Serverless::Api
    Properties:
      StageName: !If [IsWide, wide, narrow]
      BinaryMediaTypes: ["image~1png", "*~1*"]
      Cors: "'*'"
  Hook:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: hook
      Handler: hook.handler
      Timeout: 3
      FunctionUrlConfig: {AuthType: NONE, Cors: {AllowOrigins: ["*"]}}
  Never:
    Type: AWS::Serverless::Function
    Condition: IsWide
    Properties: {CodeUri: never, Handler: n.h, Events: {X: {Type: HttpApi}}}
  Table:
    Type: AWS::Serverless::SimpleTable
"""


def stack_of(folder: Path, text: str, name: str = "template.yaml", **parameters: str) -> Stack:
    (folder / name).write_text(text)
    return read_stack(folder / name, parameters)


def test_sam(tmp_path: Path) -> None:
    stack = stack_of(tmp_path, SAM)
    assert stack.functions == {
        "Web": Function(
            "Web",
            str(tmp_path / "src"),
            "app.handler",
            {"STAGE": "dev", "TABLE": "items-us-east-1"},
            29.0,
            1024,
        ),
        "Hook": Function(
            "Hook", str(tmp_path / "hook"), "hook.handler", {"STAGE": "dev", "TABLE": "global"}, 3.0, 1024
        ),
    }
    preflight = {
        "Access-Control-Allow-Methods": "DELETE,GET,HEAD,OPTIONS,PATCH,POST,PUT",
        "Access-Control-Allow-Origin": "*",
    }
    assert stack.apis == {
        "HookUrl": Api("HookUrl", "function-url", "", [Route("$default", "Hook", 3.0)], cors=Cors(["*"])),
        "Rest": Api(
            "Rest",
            "rest",
            "narrow",
            [
                Route("ANY /", "Web"),
                Route("ANY /{proxy+}", "Web"),
                Route("OPTIONS /", "", mock=(200, preflight)),
                Route("OPTIONS /{proxy+}", "", mock=(200, preflight)),
            ],
            ("image/png", "*/*"),
        ),
        "ServerlessHttpApi": Api(
            "ServerlessHttpApi",
            "http",
            "$default",
            [Route("$default", "Web"), Route("GET /users/{id}", "Web", 5.0, payload="1.0")],
            cors=Cors(["https://a.example"], ["GET"], max_age=600, allow_credentials=True),
        ),
    }
    assert stack.notes == []


def test_parameters(tmp_path: Path) -> None:
    stack = stack_of(tmp_path, SAM, Wide="yes", Table="other")
    assert stack.apis["Rest"].stage == "wide"
    assert stack.functions["Web"].environment["TABLE"] == "other-us-east-1"
    assert "Never" in stack.functions


def invocation(function: str) -> dict[str, Any]:
    """Build the URI as CDK writes it."""
    arn = {"Fn::GetAtt": [function, "Arn"]}
    parts = [
        "arn:",
        {"Ref": "AWS::Partition"},
        ":apigateway:",
        {"Ref": "AWS::Region"},
        ":lambda:path/2015-03-31/functions/",
    ]
    return {"Fn::Join": ["", [*parts, arn, "/invocations"]]}


def method(name: str, resource: Any, **integration: Any) -> dict[str, Any]:
    members = {"RestApiId": {"Ref": "Rest"}, "ResourceId": resource, "HttpMethod": name, "Integration": integration}
    return {"Type": "AWS::ApiGateway::Method", "Properties": members}


CDK: dict[str, Any] = {
    "Resources": {
        "Fn1": {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "Code": {"S3Bucket": {"Fn::Sub": "cdk-${AWS::AccountId}"}, "S3Key": "1.zip"},
                "Handler": "index.handler",
                "Runtime": "python3.13",
                "Timeout": 10,
                "Environment": {"Variables": {"A": {"Ref": "Table"}}},
            },
            "Metadata": {"aws:asset:path": "asset.1"},
        },
        "Rest": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": "r", "BinaryMediaTypes": ["*/*"]}},
        "Deployment": {"Type": "AWS::ApiGateway::Deployment", "Properties": {"RestApiId": {"Ref": "Rest"}}},
        "Stage": {
            "Type": "AWS::ApiGateway::Stage",
            "Properties": {"RestApiId": {"Ref": "Rest"}, "StageName": "prod", "DeploymentId": {"Ref": "Deployment"}},
        },
        "Users": {
            "Type": "AWS::ApiGateway::Resource",
            "Properties": {
                "RestApiId": {"Ref": "Rest"},
                "ParentId": {"Fn::GetAtt": ["Rest", "RootResourceId"]},
                "PathPart": "users",
            },
        },
        "User": {
            "Type": "AWS::ApiGateway::Resource",
            "Properties": {"RestApiId": {"Ref": "Rest"}, "ParentId": {"Ref": "Users"}, "PathPart": "{id}"},
        },
        "M1": method("ANY", {"Fn::GetAtt": ["Rest", "RootResourceId"]}, Type="AWS_PROXY", Uri=invocation("Fn1")),
        "M2": method("GET", {"Ref": "User"}, Type="AWS_PROXY", Uri=invocation("Fn1"), TimeoutInMillis=5000),
        "M3": method(
            "OPTIONS",
            {"Ref": "User"},
            Type="MOCK",
            IntegrationResponses=[
                {
                    "StatusCode": "204",
                    "ResponseParameters": {"method.response.header.Access-Control-Allow-Origin": "'*'"},
                }
            ],
        ),
        "M4": method("GET", {"Ref": "Users"}, Type="HTTP_PROXY", Uri="https://example.com"),
        "Http": {
            "Type": "AWS::ApiGatewayV2::Api",
            "Properties": {"ProtocolType": "HTTP", "CorsConfiguration": {"AllowOrigins": ["*"]}},
        },
        "HttpStage": {
            "Type": "AWS::ApiGatewayV2::Stage",
            "Properties": {"ApiId": {"Ref": "Http"}, "StageName": "$default", "AutoDeploy": True},
        },
        "Integration": {
            "Type": "AWS::ApiGatewayV2::Integration",
            "Properties": {
                "ApiId": {"Ref": "Http"},
                "IntegrationType": "AWS_PROXY",
                "IntegrationUri": {"Fn::GetAtt": ["Fn1", "Arn"]},
                "PayloadFormatVersion": "2.0",
            },
        },
        "Route": {
            "Type": "AWS::ApiGatewayV2::Route",
            "Properties": {
                "ApiId": {"Ref": "Http"},
                "RouteKey": "$default",
                "Target": {"Fn::Join": ["", ["integrations/", {"Ref": "Integration"}]]},
            },
        },
        "Url": {
            "Type": "AWS::Lambda::Url",
            "Properties": {"AuthType": "NONE", "TargetFunctionArn": {"Fn::GetAtt": ["Fn1", "Arn"]}},
        },
        "Sockets": {"Type": "AWS::ApiGatewayV2::Api", "Properties": {"ProtocolType": "WEBSOCKET"}},
        "Helper": {
            "Type": "AWS::Lambda::Function",
            "Properties": {"Handler": "index.handler", "Runtime": "nodejs22.x", "Code": {"ZipFile": "x"}},
        },
        "Table": {"Type": "AWS::DynamoDB::Table"},
    }
}


def test_cdk(tmp_path: Path) -> None:
    (tmp_path / "asset.1").mkdir()
    (tmp_path / "Shop.template.json").write_text(json.dumps(CDK))
    stack = read_stack(tmp_path)  # as cdk.out
    function = Function("Fn1", str(tmp_path / "asset.1"), "index.handler", {"A": "Table"}, 10.0, 128)
    assert stack.functions == {"Fn1": function}
    assert stack.apis == {
        "Rest": Api(
            "Rest",
            "rest",
            "prod",
            [
                Route("ANY /", "Fn1", payload="1.0"),
                Route("GET /users/{id}", "Fn1", 5.0, payload="1.0"),
                Route("OPTIONS /users/{id}", "", mock=(204, {"Access-Control-Allow-Origin": "*"})),
            ],
            ("*/*",),
        ),
        "Http": Api("Http", "http", "$default", [Route("$default", "Fn1")], cors=Cors(["*"])),
        "Url": Api("Url", "function-url", "", [Route("$default", "Fn1")]),
    }
    assert stack.notes == [
        "M4: its integration runs no function and is not served here.",
        "Sockets is a WebSocket API, which is not served here.",
    ]


OPENAPI = """
Resources:
  Api:
    Type: AWS::Serverless::Api
    Properties:
      StageName: v1
      DefinitionBody:
        openapi: 3.0.1
        paths:
          /:
            x-amazon-apigateway-any-method:
              x-amazon-apigateway-integration:
                type: aws_proxy
                uri: !Sub "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Fn.Arn}/invocations"
          /away:
            get:
              x-amazon-apigateway-integration: {type: http_proxy, uri: "https://example.com"}
  Fn:
    Type: AWS::Serverless::Function
    Properties: {CodeUri: ., Handler: a.h}
"""


def test_openapi_body(tmp_path: Path) -> None:
    assert stack_of(tmp_path, OPENAPI).apis["Api"].routes == [Route("ANY /", "Fn", payload="1.0")]


FUNCTIONS = """
Parameters: {N: {Type: String, Default: a}}
Mappings: {M: {x: {y: mapped}}}
Resources:
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: .
      Handler: a.h
      Environment:
        Variables:
          JOIN: !Join ["-", [a, !Ref N]]
          SELECT: !Select [1, !Split [",", "a,b,c"]]
          SUB: !Sub ["${x}/${N}/${!Literal}", {x: !Ref AWS::Region}]
          MAP: !FindInMap [M, x, y]
          IMPORT: !ImportValue other
          ATTRIBUTE: !GetAtt Table.StreamArn
          NUMBER: 7
          DATE: 2020-01-02
          NONE: !Ref AWS::NoValue
      Events: {All: {Type: HttpApi}}
"""


def test_intrinsic_functions(tmp_path: Path) -> None:
    assert stack_of(tmp_path, FUNCTIONS, N="b").functions["Fn"].environment == {
        "JOIN": "a-b",
        "SELECT": "b",
        "SUB": "us-east-1/b/${Literal}",
        "MAP": "mapped",
        "IMPORT": '<Fn::ImportValue "other">',
        "ATTRIBUTE": "<Table.StreamArn>",
        "NUMBER": "7",
        "DATE": "2020-01-02",
    }


@pytest.mark.parametrize(
    ("text", "parameters", "sentence"),
    [
        ("a: [", {}, "is not YAML"),
        ("just text", {}, "is no CloudFormation template: it has no Resources"),
        ("Resources: {}", {}, "has no API or function URL with a function behind it"),
        (SAM, {"Nope": "1"}, "The template has no parameter 'Nope'; its parameters are: Table, Wide."),
        (
            "Resources: {F: {Type: AWS::Serverless::Function, Properties: {PackageType: Image, Events: {A: {Type: Api}}}}}",
            {},
            "F is a container image, which is not run here.",
        ),
        ("Resources: {A: {Type: AWS::Serverless::Api, Properties: [1]}}", {}, "can't be read"),
    ],
)
def test_what_can_not_be_served_is_one_sentence(
    tmp_path: Path, text: str, parameters: dict[str, str], sentence: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        stack_of(tmp_path, text, **parameters)
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="can't be read: No such file"):
        read_stack(tmp_path / "template.yaml")
    with pytest.raises(ConfigurationError, match="it has none: name the file"):
        read_stack(tmp_path)
