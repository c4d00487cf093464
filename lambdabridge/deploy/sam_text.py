"""The blocks that a SAM template, samconfig.toml and the Makefile are made of; sam.py puts them together.

One block for each part that an API has or has not. @name@ is filled in.
"""

from __future__ import annotations

HEAD = """\
# Written by @command@
# Yours from here on: change what you like.
#
#   sam build@config@ && sam deploy@config@
#   lambdabridge serve --template @template@
AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Description: @title@ behind @api@

Parameters:
  PythonRuntime: # `lambdabridge build` reads both here, and builds for them
    Type: String
    Default: python@python@
  Architecture:
    Type: String
    Default: @arch@
    AllowedValues: [arm64, x86_64]
  LogRetentionDays:
    Type: Number
    Default: 30
"""
ACCESS_LOGS_PARAMETER = """\
  AccessLogs: # "on" also sets API Gateway's role for logs (AccountRole, below), for the whole account and region
    Type: String
    Default: "off"
    AllowedValues: ["off", "on"]

Conditions:
  HasAccessLogs: !Equals [!Ref AccessLogs, "on"]
"""
FUNCTION = """\

Resources:
  Function:
    Type: AWS::Serverless::Function
    Metadata:
      BuildMethod: makefile # `sam build` runs build-Function in the Makefile@root@
    Properties:
      CodeUri: @code@
      Handler: @handler@
      Runtime: !Ref PythonRuntime
      Architectures: [!Ref Architecture]
      MemorySize: @memory@ # CPU comes with memory, so that more of it starts faster
      Timeout: @timeout@ # seconds@waits@
      Role: !GetAtt FunctionRole.Arn
      Tracing: Active # X-Ray
      LoggingConfig:
        LogGroup: !Ref FunctionLogs
@environment@\
"""
EVENTS = """\
      Events: # {proxy+} does not match /: it takes both
        Root:
          Type: @event@
          Properties: {@member@: !Ref Api, Path: /, Method: ANY@more@}
        Proxy:
          Type: @event@
          Properties: {@member@: !Ref Api, Path: "/{proxy+}", Method: ANY@more@}
"""
URL_CONFIG = """\
      FunctionUrlConfig:
        AuthType: NONE # public, as a website is; AWS_IAM lets only signed requests through
"""
HTTP_API = """\

  Api:
    Type: AWS::Serverless::HttpApi
    Properties:
      DefaultRouteSettings: # of all clients together: requests a second, and at once; more get 429
        ThrottlingRateLimit: 100
        ThrottlingBurstLimit: 200
      AccessLogSettings:
        DestinationArn: !GetAtt AccessLogGroup.Arn
        Format: >-
@format@
@cors@\

  AccessLogGroup:
    Type: AWS::Logs::LogGroup
    Properties:
      # under /aws/vendedlogs/, API Gateway may write without adding to the region's policy for logs, which can get full
      LogGroupName: !Sub /aws/vendedlogs/apigateway/${AWS::StackName}
      RetentionInDays: !Ref LogRetentionDays
"""
REST_API = """\

  Api:
    Type: AWS::Serverless::Api
    Properties:
      StageName: prod # begins the path of every URL, except behind a domain of your own
      OpenApiVersion: 3.0.1 # or SAM makes a second stage, named Stage
      EndpointConfiguration: {Type: REGIONAL}
      BinaryMediaTypes: ["*~1*"] # */*: without it uploads are damaged, and binary answers come as base64 text
      TracingEnabled: true
      MethodSettings:
        - ResourcePath: /*
          HttpMethod: "*"
          ThrottlingRateLimit: 100 # of all clients together: requests a second, and at once; more get 429
          ThrottlingBurstLimit: 200
      AccessLogSetting: !If
        - HasAccessLogs
        - DestinationArn: !GetAtt AccessLogGroup.Arn
          Format: >-
@format@
        - !Ref AWS::NoValue
@cors@\

  AccessLogGroup:
    Type: AWS::Logs::LogGroup
    Condition: HasAccessLogs
    Properties:
      LogGroupName: !Sub /aws/apigateway/${AWS::StackName}
      RetentionInDays: !Ref LogRetentionDays
"""
ACCOUNT_ROLE = """\
    DependsOn: AccountSettings

  # A REST API's access logs need a role that the account has once for each region. It stays when this stack goes, as other
  # REST APIs write with it. If your account has one, delete both resources, and the DependsOn above.
  AccountSettings:
    Type: AWS::ApiGateway::Account
    Condition: HasAccessLogs
    DeletionPolicy: Retain
    UpdateReplacePolicy: Retain
    Properties: {CloudWatchRoleArn: !GetAtt AccountRole.Arn}

  AccountRole:
    Type: AWS::IAM::Role
    Condition: HasAccessLogs
    DeletionPolicy: Retain
    UpdateReplacePolicy: Retain
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - {Effect: Allow, Action: "sts:AssumeRole", Principal: {Service: apigateway.amazonaws.com}}
      ManagedPolicyArns:
        - !Sub arn:${AWS::Partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs
"""
ROLE = """\

  FunctionLogs:
    Type: AWS::Logs::LogGroup
    Properties:
      LogGroupName: !Sub /aws/lambda/${AWS::StackName}
      RetentionInDays: !Ref LogRetentionDays

  FunctionRole: # what the function may do: what your application asks of other services goes here
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - {Effect: Allow, Action: "sts:AssumeRole", Principal: {Service: lambda.amazonaws.com}}
      Policies:
        - PolicyName: logs-and-traces
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Action: ["logs:CreateLogStream", "logs:PutLogEvents"]
                Resource: !GetAtt FunctionLogs.Arn # its own log group, and no other
              - Effect: Allow
                Action: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"]
                Resource: "*" # X-Ray has no narrower one
"""
SECRET = """\

  @resource@:
    Type: AWS::SecretsManager::Secret
    Properties:
      Description: !Sub @variable@ of ${AWS::StackName}
      GenerateSecretString: {PasswordLength: 64, ExcludePunctuation: true} # made once, when the stack is
"""
OUTPUTS = """\

Outputs:
  Url:
    Value: @url@
"""
URLS = {
    "http": "!Sub https://${Api}.execute-api.${AWS::Region}.${AWS::URLSuffix}/",
    "rest": "!Sub https://${Api}.execute-api.${AWS::Region}.${AWS::URLSuffix}/prod/",
    "function-url": "!GetAtt FunctionUrl.FunctionUrl",
}
FORMAT = """\
{"time": "$context.requestTime", "id": "$context.requestId", "ip": "$context.identity.sourceIp",
"method": "$context.httpMethod", "path": "$context.path", "status": "$context.status",
"bytes": "$context.responseLength", "ms": "$context.responseLatency", "error": "$context.integrationErrorMessage"}"""
"""One line of an access log: variables that HTTP and REST APIs have alike.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html
"""
SAMCONFIG = """\
# What `sam` takes for granted in this folder; `sam deploy --guided` asks for everything, and writes it here.
version = 0.1

[default.global.parameters]
stack_name = "@name@"

[default.validate.parameters]
template_file = "@template@"
lint = true

[default.build.parameters]
template_file = "@template@"
build_in_source = true # make runs in this folder: nothing is copied first

[default.deploy.parameters]
capabilities = "CAPABILITY_IAM" # the stack makes the function's role
resolve_s3 = true # a bucket for the code, made once for the account and region
confirm_changeset = true
"""
MAKEFILE = """\
# `sam build` runs this: it installs what the function needs, leaves out what it never loads, and compiles.
build-Function:
\tlambdabridge build@options@ --function Function --output "$(ARTIFACTS_DIR)" $(BUILD_OPTIONS)
"""
