"""Templates: what SAM's, CloudFormation's and CDK's resources say, as AWS's references describe them."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from lambdabridge.errors import ConfigurationError
from lambdabridge.gateway.template.reading import read_stack
from lambdabridge.gateway.template.stack import Api, Cors, Function, Route, Stack

HERE = "python{}.{}".format(*sys.version_info)
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
    Runtime: HERE
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
    Properties: {CodeUri: never, Handler: n.h, Events: {X: {Type: HttpApi, Properties: {Path: /never}}}}
  Table:
    Type: AWS::Serverless::SimpleTable
""".replace("HERE", HERE)


def stack_of(folder: Path, text: str, name: str = "template.yaml", **parameters: str) -> Stack:
    for code in ("src", "hook", "never"):
        (folder / code).mkdir(exist_ok=True)
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
            runtime=HERE,
        ),
        "Hook": Function(
            "Hook", str(tmp_path / "hook"), "hook.handler", {"STAGE": "dev", "TABLE": "global"}, 3.0, 1024, runtime=HERE
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
                "Runtime": HERE,
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
    function = Function("Fn1", str(tmp_path / "asset.1"), "index.handler", {"A": "Table"}, 10.0, 128, runtime=HERE)
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
                Route("GET /users", "", unserved="its integration (HTTP_PROXY) is not run here"),
            ],
            ("*/*",),
        ),
        "Http": Api("Http", "http", "$default", [Route("$default", "Fn1")], cors=Cors(["*"])),
        "Url": Api("Url", "function-url", "", [Route("$default", "Fn1")]),
    }
    assert stack.notes == [
        "Helper: its runtime is nodejs22.x, and only Python is run here.",
        "Sockets is a WebSocket API, which is not served here.",
        "Rest: GET /users: its integration (HTTP_PROXY) is not run here.",
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
    assert stack_of(tmp_path, OPENAPI).apis["Api"].routes == [
        Route("ANY /", "Fn", payload="1.0"),
        Route("GET /away", "", unserved="its integration (HTTP_PROXY) is not run here"),
    ]


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


NAMES = """
Resources:
  Named: {Type: AWS::DynamoDB::Table, Properties: {TableName: !Sub "${AWS::StackName}-items"}}
  Table: {Type: AWS::DynamoDB::Table}
  Files: {Type: AWS::S3::Bucket, Properties: {BucketName: files-of-ada}}
  Jobs: {Type: AWS::SQS::Queue, Properties: {QueueName: jobs}}
  News: {Type: AWS::SNS::Topic}
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: .
      Handler: a.h
      Environment:
        Variables:
          NAMED: !Ref Named
          TABLE: !Ref Table
          ARN: !GetAtt Named.Arn
          STREAM: !GetAtt Named.StreamArn
          BUCKET: !Sub "s3://${Files}/"
          QUEUE: !Ref Jobs
          QUEUE_NAME: !GetAtt Jobs.QueueName
          QUEUE_ARN: !Sub "${Jobs.Arn}"
          TOPIC: !Ref News
      Events: {All: {Type: HttpApi}}
"""


def test_what_the_template_names_is_called_so(tmp_path: Path) -> None:
    assert stack_of(tmp_path, NAMES).functions["Fn"].environment == {
        "NAMED": "local-items",
        "TABLE": "Table",
        "ARN": "arn:aws:dynamodb:us-east-1:123456789012:table/local-items",
        "STREAM": "<Named.StreamArn>",
        "BUCKET": "s3://files-of-ada/",
        "QUEUE": "https://sqs.us-east-1.amazonaws.com/123456789012/jobs",
        "QUEUE_NAME": "jobs",
        "QUEUE_ARN": "arn:aws:sqs:us-east-1:123456789012:jobs",
        "TOPIC": "arn:aws:sns:us-east-1:123456789012:News",
    }


def one(**members: Any) -> str:
    """Build a template with the function F, of these properties; members with a Type are further resources."""
    others = {name: member for name, member in members.items() if isinstance(member, dict) and "Type" in member}
    own = {"CodeUri": "src", "Handler": "a.h", "Events": {"E": {"Type": "HttpApi", "Properties": {"Path": "/f"}}}}
    own |= {name: member for name, member in members.items() if name not in others}
    return json.dumps({"Resources": {"F": {"Type": "AWS::Serverless::Function", "Properties": own}, **others}})


def other(**properties: Any) -> dict[str, Any]:
    own = {"CodeUri": "src", "Handler": "a.h", "Events": {"E": {"Type": "HttpApi", "Properties": {"Path": "/g"}}}}
    return {"Type": "AWS::Serverless::Function", "Properties": own | properties}


@pytest.mark.parametrize(
    ("properties", "why"),
    [
        ({"Runtime": "nodejs22.x"}, "its runtime is nodejs22.x, and only Python is run here"),
        ({"PackageType": "Image"}, "it is a container image, which is not run here"),
        ({"InlineCode": "x"}, "its code stands in the template, and only code in a folder is run here"),
        ({"CodeUri": "nowhere/"}, "its code's folder nowhere/ does not exist"),
        ({"CodeUri": "template.yaml"}, "its code template.yaml is a file, and only code in a folder is run here"),
        ({"CodeUri": "s3://bucket/key"}, "its code is in S3, not in a folder here"),
    ],
    ids=["other language", "image", "inline", "no folder", "archive", "S3"],
)
def test_a_function_that_is_not_run_leaves_the_others(tmp_path: Path, properties: dict[str, Any], why: str) -> None:
    stack = stack_of(tmp_path, one(G=other(**properties)))
    assert [*stack.functions] == ["F"]
    assert stack.apis["ServerlessHttpApi"].routes == [Route("ANY /f", "F"), Route("ANY /g", "", unserved=f"G: {why}")]
    assert stack.notes == [f"G: {why}."]


JWT = {"DefaultAuthorizer": "J", "Authorizers": {"J": {"JwtConfiguration": {"issuer": "x"}}}}
ON_API = {"E": {"Type": "HttpApi", "Properties": {"Path": "/f", "ApiId": {"Ref": "A"}}}}
OPEN = {"E": {"Type": "HttpApi", "Properties": {"Path": "/f", "ApiId": {"Ref": "A"}, "Auth": {"Authorizer": "NONE"}}}}
KEY = {"E": {"Type": "Api", "Properties": {"Path": "/f", "Method": "get", "Auth": {"ApiKeyRequired": True}}}}
NOBODY = "is not run here: every request gets through without one."


@pytest.mark.parametrize(
    ("text", "notes"),
    [
        (
            one(A={"Type": "AWS::Serverless::HttpApi", "Properties": {"Auth": JWT}}, Events=ON_API),
            [f"A: its authorizer (JWT) {NOBODY}"],
        ),
        (one(A={"Type": "AWS::Serverless::HttpApi", "Properties": {"Auth": JWT}}, Events=OPEN), []),
        (one(Events=KEY), [f"ServerlessRestApi: its authorizer (API key) {NOBODY}"]),
        (one(Events={}, FunctionUrlConfig={"AuthType": "AWS_IAM"}), [f"FUrl: its authorizer (AWS_IAM) {NOBODY}"]),
        (one(Layers=["x"]), ["F: its layers are not put in place here."]),
        (one(Runtime="python2.7"), ["F wants python2.7; it runs on {}.{} here.".format(*sys.version_info)]),
        (
            one(N={"Type": "AWS::Serverless::Application", "Properties": {}}),
            ["N is a nested stack, which is not read here."],
        ),
        (
            one(G=other(Events={"E": {"Type": "HttpApi", "Properties": {"Path": "/f"}}})),
            ["ServerlessHttpApi: ANY /f is a route to F and G; the first one is served."],
        ),
    ],
    ids=["JWT", "none on an event", "API key", "URL", "layers", "runtime", "nested", "twice"],
)
def test_what_is_left_out_is_said(tmp_path: Path, text: str, notes: list[str]) -> None:
    assert stack_of(tmp_path, text).notes == notes


URIS: dict[str, Any] = {
    "alias": {"Ref": "Live"},
    "version": {"Fn::Sub": "arn:aws:apigateway:x:lambda:path/2015-03-31/functions/${V1}/invocations"},
    "SAM's alias": {"Ref": "F.Alias"},
    "SAM's version": {"Fn::Sub": "${F.Version}"},
    "name": "arn:aws:lambda:us-east-1:123456789012:function:shop-f",
}


@pytest.mark.parametrize("uri", URIS.values(), ids=URIS)
def test_a_function_is_found(tmp_path: Path, uri: Any) -> None:
    resources = {
        "Live": {"Type": "AWS::Lambda::Alias", "Properties": {"FunctionName": {"Ref": "F"}, "Name": "live"}},
        "V1": {"Type": "AWS::Lambda::Version", "Properties": {"FunctionName": {"Fn::GetAtt": ["F", "Arn"]}}},
        "A": {
            "Type": "AWS::ApiGatewayV2::Api",
            "Properties": {
                "Body": {
                    "x-amazon-apigateway-cors": {"allowOrigins": ["https://a.example"]},
                    "paths": {
                        "/x": {"get": {"x-amazon-apigateway-integration": {"type": "aws_proxy", "uri": uri}}},
                        "/y": {"get": {"x-amazon-apigateway-integration": {"type": "aws_proxy", "uri": "?"}}},
                    },
                }
            },
        },
    }
    stack = stack_of(tmp_path, one(Events={}, FunctionName="shop-f", **resources))
    why = "its integration names no function of this template"
    routes = [Route("GET /x", "F", payload="1.0"), Route("GET /y", "", unserved=why)]
    assert stack.apis["A"] == Api("A", "http", "$default", routes, cors=Cors(["https://a.example"]))
    assert stack.notes == [f"A: GET /y: {why}."]


LISTS = """
Parameters: {O: {Type: CommaDelimitedList, Default: "https://a.example, https://b.example"}}
Resources:
  A: {Type: AWS::Serverless::HttpApi, Properties: {CorsConfiguration: {AllowOrigins: !Ref O}, StageVariables: {v: 1}}}
  F:
    Type: AWS::Serverless::Function
    Properties: {CodeUri: src, Handler: a.h, Events: {E: {Type: HttpApi, Properties: {ApiId: !Ref A}}}}
"""


def test_lists_and_stage_variables(tmp_path: Path) -> None:
    cors = Cors(["https://a.example", "https://b.example"])
    routes = [Route("$default", "F")]
    assert stack_of(tmp_path, LISTS).apis == {
        "A": Api("A", "http", "$default", routes, cors=cors, variables={"v": "1"})
    }


BODIES: dict[str, dict[str, Any]] = {
    "DefinitionUri": {"DefinitionUri": "api.json"},
    "AWS::Include": {
        "DefinitionBody": {"Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": "api.json"}}}
    },
}


@pytest.mark.parametrize("properties", BODIES.values(), ids=BODIES)
def test_a_document_beside_the_template(tmp_path: Path, properties: dict[str, Any]) -> None:
    integration = {"type": "aws_proxy", "uri": {"Fn::Sub": "${F.Arn}"}}
    document = {"paths": {"/x": {"get": {"x-amazon-apigateway-integration": integration}}}}
    (tmp_path / "api.json").write_text(json.dumps(document))
    text = one(Events={}, A={"Type": "AWS::Serverless::Api", "Properties": properties})
    assert stack_of(tmp_path, text).apis["A"].routes == [Route("GET /x", "F", payload="1.0")]


def test_cdk_out(tmp_path: Path) -> None:
    """Without asset metadata, and with a nested stack's template beside it."""
    function = {
        "Type": "AWS::Lambda::Function",
        "Properties": {"Code": {"S3Bucket": "b", "S3Key": "123.zip"}, "Handler": "a.h"},
        "Metadata": {"aws:cdk:path": "Shop/Web/Resource"},
    }
    url = {"Type": "AWS::Lambda::Url", "Properties": {"AuthType": "NONE", "TargetFunctionArn": {"Ref": "Web1"}}}
    mocks = {"Type": "AWS::ApiGateway::RestApi", "Properties": {}}
    only = method("GET", {"Fn::GetAtt": ["Rest", "RootResourceId"]}, Type="MOCK")
    resources = {"Web1": function, "Url": url, "Rest": mocks, "M": only}
    (tmp_path / "Shop.template.json").write_text(json.dumps({"Resources": resources}))
    (tmp_path / "ShopMore.nested.template.json").write_text("{}")
    with pytest.raises(ConfigurationError, match=r"not in a folder here \(for a CDK app run `cdk synth`\)"):
        read_stack(tmp_path)
    (tmp_path / "asset.123").mkdir()
    files = {"123": {"source": {"path": "asset.123", "packaging": "zip"}}}
    (tmp_path / "Shop.assets.json").write_text(json.dumps({"files": files}))
    stack = read_stack(tmp_path)
    assert stack.functions == {"Web1": Function("Web1", str(tmp_path / "asset.123"), "a.h", title="Web")}
    assert [*stack.apis] == ["Url"]
    assert stack.notes == ["Rest is not served: no function is behind its routes."]


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
            "F: it is a container image, which is not run here.",
        ),
        ("Resources: {A: {Type: AWS::Serverless::Api, Properties: [1]}}", {}, "can't be read"),
        ("{Conditions: {A: {Condition: A}}, Resources: {F: {Condition: A}}}", {}, "something in it refers to itself."),
        ("Resources: {F: {Condition: Nope}}", {}, "The template has no condition 'Nope'."),
        ("{Parameters: [1], Resources: {}}", {}, "The template's Parameters are [1]; expected a mapping."),
        ("{Parameters: {A: 1}, Resources: {}}", {}, "The template's parameter A is 1; expected a mapping."),
        (
            "{Parameters: {A: {Type: String}, B: {Type: String}}, Resources: {}}",
            {},
            "The template's parameter A has no default: give --parameter A=VALUE, and likewise B.",
        ),
        (
            "{Parameters: {A: {Type: String, AllowedValues: [a, b]}}, Resources: {}}",
            {"A": "c"},
            "The template's parameter A is 'c'; it allows: a, b.",
        ),
        (one(MemorySize=64), {}, "F: MemorySize is 64; expected a whole number from 128 to 10240."),
        (one(Timeout="abc"), {}, "F: Timeout is 'abc'; expected a whole number from 1 to 900."),
        (one(Environment={"Variables": {"A": "x\0"}}), {}, "F: no function can have the environment variable 'A'"),
        (one(Environment={"Variables": [1]}), {}, "F: its environment variables are [1]; expected a mapping."),
        (
            one(A={"Type": "AWS::Serverless::Api", "Properties": {"StageName": "$default"}}),
            {},
            "A: its stage is '$default'; expected a name of letters, digits, _ and -.",
        ),
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
