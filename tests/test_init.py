"""`lambdabridge init` in a folder: what it writes, what the gateway reads of it, what it refuses."""

from __future__ import annotations

import ast
import json
import sys
from pathlib import Path

import pytest

from lambdabridge.cli import main
from lambdabridge.gateway.template.files import parse
from lambdabridge.gateway.template.reading import read_stack
from lambdabridge.gateway.template.stack import Api, Cors, Function, Route

APP = "from flask import Flask\napp = Flask(__name__)\n"
ORIGIN = "https://example.com"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with a Flask application, which is the current one."""
    folder = tmp_path / "my_shop.2"
    folder.mkdir()
    (folder / "app.py").write_text(APP)
    (folder / "requirements.txt").write_text("flask\n")
    monkeypatch.chdir(folder)
    return folder


def files(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_sam(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init"]) == 0
    assert capsys.readouterr().out == (
        "Found Flask application `app` in app.py.\n"
        "  lambda_function.py: written\n"
        "  template.yaml: written\n"
        "  samconfig.toml: written\n"
        "  Makefile: written\n"
        "  .gitignore: written\n"
        "Next:\n"
        "  sam build && sam deploy\n"
    )
    written = files(project)
    assert written["lambda_function.py"] == 'from lambdabridge import bridge\n\nhandler = bridge("app:app")\n'
    assert written["Makefile"].splitlines()[1:] == [
        "build-Function:",
        '\tlambdabridge build --function Function --output "$(ARTIFACTS_DIR)" $(BUILD_OPTIONS)',
    ]
    assert 'stack_name = "my-shop-2"' in written["samconfig.toml"]
    assert main(["init"]) == 0  # again, with the handler that it wrote
    assert "written" not in capsys.readouterr().out
    assert files(project) == written


def test_cdk(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "--cdk"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "Found Flask application `app` in app.py.",
        "  lambda_function.py: written",
        "  infra/app.py: written",
        "  infra/cdk.json: written",
        "  .gitignore: written",
        "Next:",
        "  pip install aws-cdk-lib",
        "  cd infra && npx aws-cdk@2 deploy",
    ]
    assert json.loads((project / "infra/cdk.json").read_text()) == {"app": "python app.py"}
    assert 'Service(app, "my-shop-2")' in (project / "infra/app.py").read_text()


ROUTES = [Route("ANY /", "Function"), Route("ANY /{proxy+}", "Function")]
CORS = Cors([ORIGIN], ["*"], ["authorization", "content-type"], max_age=600)
PREFLIGHT = {
    "Access-Control-Allow-Methods": "DELETE,GET,HEAD,OPTIONS,PATCH,POST,PUT",
    "Access-Control-Allow-Headers": "authorization,content-type",
    "Access-Control-Allow-Origin": ORIGIN,
    "Access-Control-Max-Age": "600",
}
MOCKS = [Route(f"OPTIONS {path}", "", mock=(200, PREFLIGHT)) for path in ("/", "/{proxy+}")]
APIS = {
    "http": ([], Api("Api", "http", "$default", ROUTES)),
    "http, cors": (["--cors", ORIGIN], Api("Api", "http", "$default", ROUTES, cors=CORS)),
    "rest": (["--api", "rest"], Api("Api", "rest", "prod", ROUTES, ("*/*",))),
    "rest, cors": (["--api", "rest", "--cors", ORIGIN], Api("Api", "rest", "prod", ROUTES + MOCKS, ("*/*",))),
    "function-url": (
        ["--api", "function-url"],
        Api("FunctionUrl", "function-url", "", [Route("$default", "Function", 29.0)]),
    ),
    "function-url, cors": (
        ["--api", "function-url", "--cors", ORIGIN],
        Api("FunctionUrl", "function-url", "", [Route("$default", "Function", 29.0)], cors=CORS),
    ),
}


@pytest.mark.parametrize("name", APIS)
def test_a_template_is_what_the_gateway_serves(name: str, project: Path) -> None:
    words, api = APIS[name]
    assert main(["init", *words]) == 0
    stack = read_stack(project)
    function = Function("Function", str(project), "lambda_function.handler", {}, 29.0, 1024, runtime="python3.13")
    assert (stack.functions, stack.apis) == ({"Function": function}, {api.name: api})
    if "rest" in words:
        logged = read_stack(project, {"AccessLogs": "on"})
        assert logged.apis == stack.apis


def test_options_are_in_the_template(project: Path) -> None:
    words = ["--python", "3.14", "--arch", "x86_64", "--memory", "512", "--timeout", "10", "--name", "shop"]
    words += ["--secret", "SECRET_KEY", "--secret", "API"]
    assert main(["init", "app:app", *words, "--env", 'A1=x: "y" @z@', "--output", "template-dev.yaml"]) == 0
    function = read_stack("template-dev.yaml").functions["Function"]
    assert (function.timeout, function.memory, function.runtime) == (10.0, 512, "python3.14")
    assert function.environment == {
        "A1": 'x: "y" @z@',
        "SECRET_KEY": "{{resolve:secretsmanager:SecretKey}}",
        "API": "{{resolve:secretsmanager:ApiSecret}}",
    }
    template = parse(project / "template-dev.yaml")
    assert {name: entry["Type"] for name, entry in template["Resources"].items()} == {
        "Function": "AWS::Serverless::Function",
        "Api": "AWS::Serverless::HttpApi",
        "AccessLogGroup": "AWS::Logs::LogGroup",
        "FunctionLogs": "AWS::Logs::LogGroup",
        "FunctionRole": "AWS::IAM::Role",
        "SecretKey": "AWS::SecretsManager::Secret",
        "ApiSecret": "AWS::SecretsManager::Secret",
    }
    assert template["Parameters"]["Architecture"]["Default"] == "x86_64"
    config = (project / "samconfig-dev.toml").read_text()
    assert config.count('template_file = "template-dev.yaml"') == 2
    assert "--template template-dev.yaml --function Function" in (project / "Makefile").read_text()


def test_the_role_may_do_no_more_than_it_must(project: Path) -> None:
    assert main(["init"]) == 0
    role = parse(project / "template.yaml")["Resources"]["FunctionRole"]["Properties"]
    assert "ManagedPolicyArns" not in role
    statements = [statement for policy in role["Policies"] for statement in policy["PolicyDocument"]["Statement"]]
    assert [(statement["Action"], statement["Resource"]) for statement in statements] == [
        (["logs:CreateLogStream", "logs:PutLogEvents"], {"Fn::GetAtt": "FunctionLogs.Arn"}),
        (["xray:PutTraceSegments", "xray:PutTelemetryRecords"], "*"),
    ]


@pytest.mark.parametrize("api", ["http", "rest", "function-url"])
@pytest.mark.parametrize(
    "more", [[], ["--cors", ORIGIN, "--secret", "SECRET_KEY", "--env", "AB='c'"]], ids=["plain", "all"]
)
def test_a_cdk_app_is_python(api: str, more: list[str], project: Path) -> None:
    assert main(["init", "--cdk", "--api", api, *more, "--output", "deploy/aws/stack.py"]) == 0
    text = (project / "deploy/aws/stack.py").read_text()
    tree = ast.parse(text)
    imported = {alias.asname for node in tree.body if isinstance(node, ast.ImportFrom) for alias in node.names} - {None}
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert imported <= names
    assert "parents[2]" in text
    assert not (project / "deploy/aws/cdk.json").exists()  # --app names it
    assert [line for line in text.splitlines() if "@" in line and "aws-cdk@2" not in line] == [
        "@jsii.implements(cdk.ILocalBundling)"
    ]


HANDLERS = {
    "in the application's module": (
        {"app.py": APP + "from lambdabridge import bridge\nhandler = bridge(app)\n"},
        ("lambdabridge.handler", {"LAMBDABRIDGE_APP": "app:handler"}),
    ),
    "in a file of its own": (
        {"entry.py": "from lambdabridge import bridge\non_aws = bridge('app:app', base_path='/shop')\n"},
        ("entry.on_aws", {}),
    ),
    "none, and the file's name is taken": (
        {"lambda_function.py": "def lambda_handler(event, context): ...\n"},
        ("lambdabridge.handler", {"LAMBDABRIDGE_APP": "app:app"}),
    ),
}


@pytest.mark.parametrize("name", HANDLERS)
def test_the_handler_that_there_is(name: str, project: Path) -> None:
    more, (handler, environment) = HANDLERS[name]
    for file, text in more.items():
        (project / file).write_text(text)
    before = files(project)
    assert main(["init", "app:app"]) == 0
    function = read_stack(project).functions["Function"]
    assert (function.handler, function.environment) == (handler, environment)
    assert before.items() <= files(project).items()
    assert ("lambda_function.py" in files(project)) == ("lambda_function.py" in before)


def test_code_in_src(project: Path) -> None:
    (project / "src").mkdir()
    (project / "app.py").rename(project / "src/app.py")
    assert main(["init"]) == 0
    assert read_stack(project).functions["Function"].code == str(project / "src")
    assert parse(project / "template.yaml")["Resources"]["Function"]["Metadata"] == {
        "BuildMethod": "makefile",
        "ProjectRootDirectory": ".",
    }
    recipe = (project / "Makefile").read_text().splitlines()[-1]
    assert recipe.startswith("\tlambdabridge build src --requirements requirements.txt --template template.yaml ")
    assert (project / "src/lambda_function.py").exists()


def test_what_is_there_is_added_to(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "Makefile").write_text("all:\n\techo hello")
    (project / "Makefile").chmod(0o755)
    (project / ".gitignore").write_bytes(b"*.log\r\n")
    assert main(["init"]) == 0
    said = capsys.readouterr().out
    assert "  Makefile: the target build-Function added\n  .gitignore: .aws-sam/ added\n" in said
    assert (project / "Makefile").read_text().startswith("all:\n\techo hello\n\n# `sam build`")
    assert (project / ".gitignore").read_bytes() == b"*.log\r\n.aws-sam/\n"
    assert (project / "Makefile").stat().st_mode & 0o777 == 0o755
    for there in (b".aws-sam/\r\n", b".aws-sam/"):
        (project / ".gitignore").write_bytes(there)
        assert main(["init"]) == 0
        assert (project / ".gitignore").read_bytes() == there
    (project / "Makefile").write_text("rebuild-Function:\n\techo\n# build-Function: no\n")
    assert main(["init"]) == 0
    assert "\nbuild-Function:\n" in (project / "Makefile").read_text()


def test_nothing_is_written_over(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "samconfig.toml").write_text("mine\n")
    before = files(project)
    assert main(["init"]) == 2
    assert capsys.readouterr().err == (
        "lambdabridge: samconfig.toml exists and differs from what init would write. Nothing was written: --output FILE "
        "takes another name for the template, --force writes over, --print shows it.\n"
    )
    assert main(["init", "--print"]) == 0
    assert "--- samconfig.toml\n# What" in capsys.readouterr().out
    assert files(project) == before
    assert main(["init", "--output", "template-aws.yaml"]) == 0
    assert (project / "samconfig.toml").read_text() == "mine\n"
    assert main(["init", "--force"]) == 0
    assert "  samconfig.toml: written over\n" in capsys.readouterr().out


def test_a_file_in_the_way_leaves_all_as_it_was(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "infra").write_text("")
    before = files(project)
    assert main(["init", "--cdk"]) == 2
    assert capsys.readouterr().err == f"lambdabridge: {project}/infra/app.py can't be read: Not a directory.\n"
    assert files(project) == before


NOTES: dict[str, tuple[dict[str, str | None], list[str], str]] = {
    "requirements": (
        {"requirements.txt": None, "app.py": "import httpx\n" + APP},
        [],
        "requirements.txt names flask alone: add what else your application needs, for httpx.",
    ),
    "requirements of no framework": (
        {"requirements.txt": None, "app.py": "import httpx\ndef app(environ, start_response): ...\n"},
        [],
        "There is no requirements.txt: the build installs what it lists, so write one first, for httpx.",
    ),
    "requirements elsewhere": (
        {"requirements.txt": None, "requirements-dev.txt": "flask\n"},
        [],
        "There is no requirements.txt, which is what the build installs: make one of requirements-dev.txt",
    ),
    "cors": (
        {},
        ["--api", "rest", "--cors", "*"],
        "The API answers preflights; Access-Control-Allow-Origin on other answers is the application's.",
    ),
    "allowed hosts": (
        {"app.py": "from django.core.wsgi import get_wsgi_application\napp = get_wsgi_application()\n"},
        [],
        "Django's ALLOWED_HOSTS has to have '.amazonaws.com' (a function URL: '.on.aws') or your domain.",
    ),
}


@pytest.mark.parametrize("name", NOTES)
def test_what_is_left_to_do_is_said(name: str, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    more, words, note = NOTES[name]
    for file, text in more.items():
        (project / file).unlink() if text is None else (project / file).write_text(text)
    assert main(["init", *words]) == 0
    assert note in capsys.readouterr().out.splitlines()


@pytest.mark.skipif(sys.version_info < (3, 11), reason="Python 3.10 reads no pyproject.toml")
def test_requirements_are_written_where_there_are_none(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "requirements.txt").unlink()
    assert main(["init"]) == 0
    assert "  requirements.txt: written\n" in capsys.readouterr().out
    assert (project / "requirements.txt").read_text() == "flask\nlambdabridge\n"
    (project / "requirements.txt").write_text("")
    assert main(["init", "--force"]) == 0
    assert (project / "requirements.txt").read_text() == ""  # it is the developer's
    (project / "requirements.txt").unlink()
    (project / "pyproject.toml").write_text('[project]\ndependencies = ["flask>=3"]\n')
    assert main(["init"]) == 0
    assert not (project / "requirements.txt").exists()  # the build reads that
    (project / "src").mkdir()
    (project / "app.py").rename(project / "src/app.py")
    (project / "lambda_function.py").unlink()
    assert main(["init", "--force"]) == 0
    assert (project / "src/requirements.txt").read_text().splitlines()[1:] == ["flask>=3"]


HOSTILE = {
    "quotes": "a\"\"\"b'''c",
    "a Windows path": r"C:\Users\N{x}",
    "lines": "a\nResources: {}\r\n\u2028\u2029\x85 x",
    "YAML": "!Ref x: {y} #z & *a | > % @name@ `q`",
    "a Sub": "${AWS::Region} ${!x} {{resolve:ssm:x}}",
    "beyond 16 bits": "\U0001f600\x7f\x1b",
    "spaces": "  a  b ",
    "nothing": "",
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("api", ["http", "rest", "function-url"])
def test_a_value_arrives_as_it_was_given(name: str, api: str, project: Path) -> None:
    words = [
        "--api",
        api,
        "--env",
        f"A1={HOSTILE[name]}",
        "--env",
        "NO=on",
        "--secret",
        "API",
        "--secret",
        "API_SECRET",
    ]
    assert main(["init", *words]) == 0
    function = read_stack("template.yaml").functions["Function"]
    assert (function.environment["A1"], function.environment["NO"]) == (HOSTILE[name], "on")
    assert function.environment["API_SECRET"] == "{{resolve:secretsmanager:ApiSecret2}}"
    assert main(["init", "--cdk", *words]) == 0
    tree = ast.parse((project / "infra/app.py").read_text())
    dicts = [node for node in ast.walk(tree) if isinstance(node, ast.Dict)]
    given = {
        ast.unparse(key): value for node in dicts for key, value in zip(node.keys, node.values, strict=True) if key
    }
    assert ast.literal_eval(given["'A1'"]) == HOSTILE[name]


def test_a_folder_s_name_is_quoted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = tmp_path / "api: $HOME's"
    code.mkdir()
    (code / "app.py").write_text(APP)
    monkeypatch.chdir(tmp_path)
    assert main(["init", "--name", "x"]) == 0
    assert read_stack(tmp_path).functions["Function"].code == str(code)
    assert """build 'api: $$HOME'"'"'s' --template""" in (tmp_path / "Makefile").read_text()
    assert main(["init", "--cdk", "--name", "x"]) == 0
    assert '"build", "api: $HOME\'s", *target' in (tmp_path / "infra/app.py").read_text()


def test_another_template_is_not_overlooked(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "template.yml").write_text("Resources: {}\n")
    assert main(["init"]) == 2
    assert capsys.readouterr().err == (
        "lambdabridge: template.yml is a template already, and `sam` would take template.yaml in its place: --output FILE "
        "takes another name.\n"
    )
    assert main(["init", "--output", "template-web.yaml"]) == 0


def test_hosts_that_are_allowed_need_no_note(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "app.py").write_text("from django.core.wsgi import get_wsgi_application\napp = get_wsgi_application()\n")
    for hosts in ("['*']", '[".amazonaws.com"]'):
        (project / "settings.py").write_text(f"ALLOWED_HOSTS = {hosts}\n")
        assert main(["init"]) == 0
        assert "ALLOWED_HOSTS" not in capsys.readouterr().out


def test_a_second_template_in_a_folder(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init"]) == 0
    assert main(["init", "--output", "template.dev.yaml", "--arch", "x86_64"]) == 0
    said = capsys.readouterr().out
    assert "  samconfig-dev.toml: written\n  Makefile: as it was\n" in said
    more = "--config-file samconfig-dev.toml"
    assert f'  BUILD_OPTIONS="--template template.dev.yaml" sam build {more} && sam deploy {more}\n' in said


def test_the_cdk_app_is_not_in_the_application(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "shop").mkdir()
    (project / "app.py").rename(project / "shop/app.py")
    (project / "shop/__init__.py").write_text("")
    assert main(["init", "--cdk", "--output", "shop/stack.py"]) == 2
    assert "shop/ has the application; expected a folder for the CDK app alone." in capsys.readouterr().err
    (project / "wsgi.py").write_text(APP)
    assert main(["init", "wsgi:app", "--cdk", "--output", "shop/stack.py"]) == 0
    assert '"--exclude", "/shop/stack.py"]' in (project / "shop/stack.py").read_text()
    assert main(["init", "wsgi:app", "--cdk", "--output", "wsgi.py", "--force"]) == 2


REFUSED = {
    "--python 2.7": "--python '2.7': Lambda has 3.10, 3.11, 3.12, 3.13, 3.14, 3.15.",
    "--memory 64": "--memory 64: Lambda has 128 to 10240 MB.",
    "--timeout 0": "--timeout 0: a function runs 1 to 900 seconds.",
    "--timeout 31": "--timeout 31: an HTTP API waits 30 seconds, and the client would get an error while the function still "
    "runs. Expected at most that, or --api function-url.",
    "--name my_shop": "--name 'my_shop': a stack's name has letters, digits and hyphens, and begins with a letter.",
    "--cors example.com": "--cors 'example.com': expected an origin such as https://example.com, or '*'.",
    "--api rest --cors http://a,http://b": "--cors: a REST API's preflight answers name one origin; several are the "
    "application's.",
    "--env A-B=1": "'A-B' is no environment variable's name on Lambda: expected two or more letters, digits and _, the first "
    "one a letter.",
    "--env AWS_REGION=1": "AWS_REGION is Lambda's own environment variable, and can't be set.",
    "--env KEY=1 --secret KEY": "--env KEY: init sets it already.",
    "--secret LAMBDABRIDGE_APP": "--secret LAMBDABRIDGE_APP: init sets it already.",
    f"--env AB={'x' * 4090}": "--env: the values are 4,099 bytes, and Lambda takes 4,096 in all environment variables.",
    "--output aws/template.yaml": "--output 'aws/template.yaml': expected a .yaml file in this folder: its CodeUri is "
    "relative to it.",
    "--cdk --output ../app.py": "--output '../app.py': expected a .py file in this folder or below.",
    "nope:app": "There is no module 'nope' in FOLDER: expected module:name, such as app:app.",
}


@pytest.mark.parametrize("words", REFUSED)
def test_what_aws_would_refuse_is_refused(words: str, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = files(project)
    assert main(["init", *words.split()]) == 2
    assert capsys.readouterr().err.replace(str(project), "FOLDER") == f"lambdabridge: {REFUSED[words]}\n"
    assert files(project) == before
