"""The table of checks: name, severity, what looks, AWS's fact, the page that has it.

Three kinds, by what they look at: a template (subject.py), a package (package.py), this machine (machine.py). One that needs
to be two severities is two checks.
"""

from __future__ import annotations

from lambdabridge.doctor import (
    apis,
    cdk,
    functions,
    handlers,
    machine,
    missing,
    native,
    package,
    permissions,
    requirements,
    routes,
    runtimes,
    sam,
)
from lambdabridge.doctor.findings import Check

_LAMBDA = "https://docs.aws.amazon.com/lambda/latest/dg/"
_GATEWAY = "https://docs.aws.amazon.com/apigateway/latest/developerguide/"
_SAM = "https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/"
_CDK = "https://docs.aws.amazon.com/cdk/v2/guide/"
_QUOTAS = _LAMBDA + "gettingstarted-limits.html"
_RUNTIMES = _LAMBDA + "lambda-runtimes.html"
_PERMISSIONS = _LAMBDA + "services-apigateway.html#apigateway-permissions"
_PACKAGES = _LAMBDA + "python-package.html"

TEMPLATE = (
    Check("template-value", "error", functions.unread,
          "CloudFormation or Lambda refuses this value.", _QUOTAS),
    Check("template-unread", "warning", functions.unreadable,
          "What can't be read here can't be checked; AWS may refuse it as well.",
          "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html"),
    Check("root-route", "error", routes.root_route,
          "A {proxy+} matches no empty path: / is answered by the gateway, 403 by a REST API and 404 by an HTTP API.",
          _GATEWAY + "api-gateway-set-up-simple-proxy.html"),
    Check("methods", "warning", routes.methods,
          "A method without a route never reaches the application, which may have an answer to it: HEAD, OPTIONS, 405.",
          _GATEWAY + "http-api-develop-routes.html"),
    Check("binary-media-types", "warning", apis.binary_media_types,
          "Without binary media types a REST API takes each body for text: uploads lose the bytes that are no UTF-8, "
          "and images and compressed responses reach the client as base64 text.",
          _GATEWAY + "api-gateway-payload-encodings.html"),
    Check("binary-media-types-some", "note", apis.some_binary_media_types,
          "A response is binary only if the first type in the request's Accept header matches one of them, whatever "
          "its own type is.",
          _GATEWAY + "api-gateway-payload-encodings-workflow.html"),
    Check("payload-missing", "warning", apis.payload_missing,
          "AWS asks for a payload format version in CloudFormation and OpenAPI; only the console and SAM have a "
          "default, 2.0.",
          _GATEWAY + "http-api-develop-integrations-lambda.html"),
    Check("payload-1.0", "note", apis.payload_1,
          "1.0 is the format of REST APIs. lambdabridge serves it too; 2.0 is what AWS's console and SAM take, and "
          "smaller.",
          _GATEWAY + "http-api-develop-integrations-lambda.html"),
    Check("timeout-gateway", "warning", routes.timeout,
          "A REST API waits 29 seconds by default, an HTTP API 30 at most. Then the client gets 504 or 503, while "
          "the function runs on and is paid for.",
          _GATEWAY + "api-gateway-execution-service-limits-table.html"),
    Check("timeout-short", "warning", functions.timeout_default,
          "The default is 3 seconds. A cold start on little memory, or one slow query, is more; the client gets 502 "
          "or 500.",
          _LAMBDA + "configuration-timeout.html"),
    Check("memory", "warning", functions.memory,
          "CPU comes with memory: 1,769 MB are one vCPU. Imports are CPU time, and so most of a cold start.",
          _LAMBDA + "configuration-memory.html"),
    Check("concurrency-zero", "error", functions.concurrency,
          "A reserved concurrency of 0 throttles every invocation.", _LAMBDA + "configuration-concurrency.html"),
    Check("runtime-missing", "error", runtimes.missing,
          "A function from a .zip archive needs a runtime.", _RUNTIMES),
    Check("runtime-unsupported", "error", runtimes.too_old,
          "pip finds no lambdabridge for it.", _RUNTIMES),
    Check("runtime-unknown", "warning", runtimes.unknown,
          "Lambda refuses a runtime that it does not have; a newer one may be unknown here only.", _RUNTIMES),
    Check("runtime-closed", "error", runtimes.closed,
          "After deprecation Lambda first refuses new functions of a runtime, and later updates of those that are "
          "there.",
          _RUNTIMES + "#runtime-support-policy"),
    Check("runtime-ended", "warning", runtimes.ended,
          "A deprecated runtime gets no security updates and no support.", _RUNTIMES + "#runtime-support-policy"),
    Check("runtime-ending", "warning", runtimes.ending,
          "A deprecated runtime gets no security updates; AWS gives notice 180 days before.",
          _RUNTIMES + "#runtime-support-policy"),
    Check("snapstart-version", "warning", functions.snap_start,
          "SnapStart works for published versions and the aliases of them, not for $LATEST.",
          _LAMBDA + "snapstart.html"),
    Check("snapstart-runtime", "error", functions.snap_start_runtime,
          "SnapStart has Python 3.12 and later.", _LAMBDA + "snapstart.html#snapstart-runtimes"),
    Check("environment-size", "error", functions.environment_size,
          "All environment variables together may have 4 KB.", _QUOTAS),
    Check("environment-reserved", "error", functions.environment_reserved,
          "Lambda refuses a function that sets a reserved variable.",
          _LAMBDA + "configuration-envvars.html#configuration-envvars-runtime"),
    Check("permission-missing", "error", permissions.missing,
          "API Gateway invokes a function that the function's resource-based policy lets it invoke; else the client "
          "gets 500.",
          _PERMISSIONS),
    Check("permission-narrow", "error", permissions.narrow,
          "SourceArn is arn:...:api-id/stage/METHOD/path: a request of which it does not match ends as a 500.",
          _PERMISSIONS),
    Check("permission-wide", "warning", permissions.wide,
          "Without a SourceArn that names an API, other APIs, and those of other accounts, may invoke the function "
          "and skip your authorizers.",
          "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-permission.html"),
    Check("url-permission", "error", permissions.url,
          "Since October 2025 a new function URL needs both lambda:InvokeFunctionUrl and lambda:InvokeFunction; else "
          "it answers 403. SAM and CDK add both.",
          _LAMBDA + "urls-auth.html"),
    Check("url-public", "note", functions.public_url,
          "With AuthType NONE Lambda lets every request in that the policy lets in: everybody's.",
          _LAMBDA + "urls-auth.html"),
    Check("sam-stage", "note", apis.sam_stage,
          "Without OpenApiVersion SAM makes a second stage, for compatibility.", _SAM + "sam-resource-api.html"),
    Check("cors-twice", "warning", apis.cors,
          "With CORS configured, an HTTP API ignores the function's CORS headers, and a function URL overrides them.",
          _GATEWAY + "http-api-cors.html"),
    Check("base-path", "warning", apis.base_path,
          "With payload format 2.0 rawPath does not have the API mapping's path; links and redirects come out "
          "without it.",
          _GATEWAY + "http-api-develop-integrations-lambda.html"),
    Check("code-missing", "error", handlers.code, "The package is made from this folder.", _PACKAGES),
    Check("handler", "error", handlers.handler,
          "Lambda imports the module and takes the attribute: Runtime.ImportModuleError or HandlerNotFound at every "
          "start.",
          _LAMBDA + "python-handler.html"),
    Check("handler-broken", "error", handlers.broken,
          "Lambda fails to import it: Runtime.UserCodeSyntaxError.", _LAMBDA + "python-handler.html"),
    Check("app-missing", "error", handlers.app_missing,
          "lambdabridge.handler is made of what that variable names, at init.", _LAMBDA + "configuration-envvars.html"),
    Check("app", "error", handlers.app,
          "The application is imported at init; where that fails, every request does.",
          _LAMBDA + "python-handler.html"),
    Check("app-unused", "warning", handlers.app_unused,
          "LAMBDABRIDGE_APP is read by Handler: lambdabridge.handler alone.", _LAMBDA + "python-handler.html"),
    Check("requirements-lambdabridge", "error", requirements.lambdabridge,
          "`sam build` packs what requirements.txt has, and nothing of this machine's environment.",
          _SAM + "serverless-sam-cli-using-build.html"),
    Check("requirements-absent", "error", missing.absent,
          "Only what is listed is installed into the package: Runtime.ImportModuleError, at every start.", _PACKAGES),
    Check("requirements-framework", "warning", missing.unnamed,
          "Only what is listed, and what that needs, is installed into the package: else Runtime.ImportModuleError, at "
          "every start.",
          _PACKAGES),
    Check("requirements-extras", "warning", requirements.extras,
          "What is deployed needs the standard library only; these extras are for a developer's machine.", _PACKAGES),
    Check("requirements-needless", "note", requirements.needless,
          "Each package in the zip is time to deploy and, where it is imported, to start.", _PACKAGES),
)  # fmt: skip

PACKAGE = (
    Check("size-unzipped", "error", package.too_large,
          "A package may be 250 MB unzipped, with its layers.", _QUOTAS),
    Check("size-zipped", "note", package.too_large_zipped,
          "50 MB zipped is the limit of a direct upload; SAM and CDK upload to S3.", _QUOTAS),
    Check("native-platform", "error", native.platform,
          "Lambda runs Amazon Linux (glibc): anything else fails to load, ImportError.",
          _PACKAGES + "#python-package-native-libraries"),
    Check("native-architecture", "error", native.architecture,
          "A module for another instruction set fails to load, ImportError; Lambda's default is x86_64.",
          _LAMBDA + "foundation-arch.html"),
    Check("native-python", "error", native.python,
          "An extension module is found by the Python in its name: for another one it is as if it were not there.",
          _PACKAGES),
    Check("native-glibc", "error", native.glibc,
          "Python 3.10 and 3.11 run on Amazon Linux 2 (glibc 2.26), 3.12 and later on Amazon Linux 2023 (2.34).",
          _RUNTIMES),
    Check("bytecode", "warning", package.bytecode,
          "SAM, CDK and Serverless date every file in the zip anew, so that Python rejects bytecode that names a "
          "timestamp, and /var/task is read-only: it compiles at each cold start. Outside of AWS, with Flask, "
          "Starlette, FastAPI and Django, that was measured to take 1.6 to 3 times as long.",
          "https://github.com/aws/aws-lambda-builders/issues/924"),
    Check("packed-needless", "note", package.needless,
          "Each package in the zip is time to deploy and, where it is imported, to start.", _PACKAGES),
    Check("packed-imports", "error", missing.packed,
          "Only the package, its layers and the runtime are there to import from: Runtime.ImportModuleError, at every "
          "start.",
          _PACKAGES),
    Check("packed-lambdabridge", "error", package.no_lambdabridge,
          "Runtime.ImportModuleError: No module named 'lambdabridge', at every start.", _PACKAGES),
)  # fmt: skip

MACHINE = (
    Check("sam-absent", "warning", sam.no_sam, "sam build and sam deploy are the SAM CLI's.",
          _SAM + "install-sam-cli.html"),
    Check("sam-old", "error", sam.old_sam, "Each runtime came with a version of the SAM CLI.",
          "https://github.com/aws/aws-sam-cli/releases"),
    Check("sam-python", "error", sam.no_python,
          "sam build installs with the pip of a Python of the runtime's version: Binary validation failed for python.",
          _SAM + "serverless-sam-cli-using-build.html"),
    Check("sam-pip", "error", sam.no_pip,
          "sam build runs that Python's pip, which uv's environments don't have: Failed to find a Python runtime "
          "containing pip.",
          _SAM + "serverless-sam-cli-using-build.html"),
    Check("make-absent", "error", sam.no_make, "sam build runs make build-<function>.",
          _SAM + "building-custom-runtimes.html"),
    Check("make-target", "error", sam.no_target,
          "sam build runs make build-<function>, in the function's own folder.",
          _SAM + "building-custom-runtimes.html"),
    Check("make-lambdabridge", "error", sam.no_lambdabridge,
          "make runs its recipe with the PATH that sam was started with.",
          _SAM + "building-custom-runtimes.html"),
    Check("build-stale", "warning", sam.stale,
          "sam deploy without --template-file takes .aws-sam/build/template.yaml where there is one, and not template.yaml.",
          _SAM + "sam-cli-command-reference-sam-deploy.html"),
    Check("node-absent", "error", cdk.no_node, "CDK runs on Node.js, also for apps in Python.",
          _CDK + "prerequisites.html"),
    Check("cdk-absent", "note", cdk.no_cdk, "cdk deploy is the CDK command line's.", _CDK + "cli.html"),
    Check("cdk-version", "error", cdk.wrong_cdk,
          "A command line refuses a stack of a newer schema. npm's aws-cdk 3.0.0 is older than the current 2.x, and "
          "refuses it.",
          _CDK + "versioning.html"),
    Check("aws-region", "note", machine.no_region, "A deployment needs a region.",
          "https://docs.aws.amazon.com/sdkref/latest/guide/feature-region.html"),
    Check("aws-credentials", "note", machine.no_credentials, "A deployment needs credentials.",
          "https://docs.aws.amazon.com/sdkref/latest/guide/access.html"),
    Check("cfn-lint-absent", "note", machine.no_lint,
          "cfn-lint knows the schema of every resource; sam validate --lint runs it.",
          "https://github.com/aws-cloudformation/cfn-lint"),
)  # fmt: skip

CHECKS = TEMPLATE + PACKAGE + MACHINE
