"""`lambdabridge doctor` on the application's own folder: its modules, read and never run, and its requirements.txt."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.doctor_templates import HTTP, MAPPING, SAM_HTTP, Found, edited, files, found, project

BRIDGED = 'from lambdabridge import bridge\n\nhandler = bridge("site_.wsgi:application")\n'
MAKE = [
    (
        "    Type: AWS::Serverless::Function",
        "    Type: AWS::Serverless::Function\n    Metadata: {BuildMethod: makefile}",
    )
]
CORS = [("Resources:\n", "  HttpApi: {CorsConfiguration: true}\nResources:\n")]
BASE = [("  Stage:\n", MAPPING + "  Stage:\n")]
BASE_IN_CODE = "def handler(event, context): ...\nbridge(print, base_path='/shop')\n"
BY_NEED = """\
try:
    import a
except ImportError:
    a = 0
if a:
    import b
def handler():
    import c
with suppress(ImportError):
    import d
"""
CODE: list[tuple[str, str, list[tuple[str, str]], dict[str, str], Found]] = [
    ("bridged", SAM_HTTP, [], {"app.py": BRIDGED, "site_/__init__.py": "", "site_/wsgi.py": "application = print"}, []),
    (
        "bridged-no-name",
        SAM_HTTP,
        [],
        {"app.py": BRIDGED, "site_/__init__.py": "", "site_/wsgi.py": "app = print"},
        [("app", "Function", 9)],
    ),
    ("bridged-no-module", SAM_HTTP, [], {"app.py": BRIDGED}, [("app", "Function", 9)]),
    ("bridged-of-requirement", SAM_HTTP, [], {"app.py": BRIDGED, "requirements.txt": "lambdabridge\nsite-"}, []),
    ("package", SAM_HTTP, [("app.handler", "web/main.handler")], {"web/main.py": "from x import y as handler"}, []),
    ("sub-module", SAM_HTTP, [("app.handler", "web.handler")], {"web/__init__.py": "", "web/handler.py": ""}, []),
    ("star", SAM_HTTP, [], {"app.py": "from other import *"}, []),
    ("getattr", SAM_HTTP, [], {"app.py": "def __getattr__(name): ..."}, []),
    ("in-a-try", SAM_HTTP, [], {"app.py": "try:\n    handler = 1\nexcept Exception:\n    pass"}, []),
    ("unpacked", SAM_HTTP, [], {"app.py": "other, (handler, *rest) = 1, (2, 3)"}, []),
    ("in-a-function", SAM_HTTP, [], {"app.py": "def make():\n    handler = 1"}, [("handler", "Function", 9)]),
    (
        "broken",
        SAM_HTTP,
        [("python3.13", "python3.10")],
        {"app.py": "\ndef handler(:\n"},
        [("handler-broken", "Function", 2), ("runtime-ended", "Function", 4)],
    ),
    (
        "no-requirements-line",
        SAM_HTTP,
        [],
        {"app.py": BRIDGED.replace('"site_.wsgi:application"', "print"), "requirements.txt": "flask"},
        [("requirements-lambdabridge", "Function", None)],
    ),
    ("requirements-not-used", SAM_HTTP, [], {"requirements.txt": "flask"}, []),
    (
        "requirements-included",
        SAM_HTTP,
        [],
        {
            "app.py": BRIDGED.replace('"site_.wsgi:application"', "print"),
            "requirements.txt": "-r base.txt",
            "base.txt": "Lambda-Bridge\nlambdabridge>=0.1",
        },
        [],
    ),
    (
        "requirements-by-path",
        SAM_HTTP,
        [],
        {"app.py": BRIDGED.replace('"site_.wsgi:application"', "print"), "requirements.txt": "../.."},
        [],
    ),
    (
        "requirements-by-make",
        SAM_HTTP,
        MAKE,
        {
            "app.py": BRIDGED.replace('"site_.wsgi:application"', "print"),
            "requirements.txt": "flask",
            "Makefile": "build-Function:\n\tlambdabridge build --output x",
        },
        [],
    ),
    (
        "requirements-local",
        SAM_HTTP,
        [],
        {"requirements.txt": "flask\nlambdabridge[local] >= 0.1"},
        [("requirements-extras", "Function", 2)],
    ),
    (
        "requirements-boto3",
        SAM_HTTP,
        [],
        {"requirements.txt": "flask\nboto3==1.40\n# uvicorn\npytest-x"},
        [("requirements-needless", "Function", 2)],
    ),
    (
        "cors-twice",
        SAM_HTTP,
        CORS,
        {
            "app.py": "from starlette.middleware.cors import CORSMiddleware\nhandler = 1",
            "requirements.txt": "fastapi",
        },
        [("cors-twice", "ServerlessHttpApi", 5)],
    ),
    ("cors-once", SAM_HTTP, CORS, {}, []),
    (
        "cors-in-a-dependency",
        SAM_HTTP,
        CORS,
        {
            "starlette/cors.py": "class CORSMiddleware: ...",
            "starlette-1.dist-info/RECORD": "starlette/cors.py,,",
            "app.py": "def handler(event, context): ...",
        },
        [],
    ),
    ("by-make", SAM_HTTP, MAKE, {"app.py": "", "Makefile": "build-Function:\n\tcp -r ../other/* $(ARTIFACTS_DIR)"}, []),
    (
        "by-lambdabridge-build",
        SAM_HTTP,
        MAKE,
        {"app.py": "", "Makefile": "build-Function:\n\tlambdabridge build"},
        [("handler", "Function", 9)],
    ),
    (
        "cors-in-a-dependency-without-records",
        SAM_HTTP,
        CORS,
        {
            "starlette/cors.py": "class CORSMiddleware: ...",
            "starlette-1.dist-info/METADATA": "",
            "app.py": "handler = 1",
        },
        [],
    ),
    (
        "nothing-installed",
        SAM_HTTP,
        [],
        {
            "app.py": "import json, boto3\nimport web\nhandler = 1",
            "web.py": "\nimport httpx",
            "requirements.txt": "#\n",
        },
        [("requirements-absent", "Function", 2)],
    ),
    (
        "nothing-installed-by-make",
        SAM_HTTP,
        MAKE,
        {
            "app.py": "import flask\nhandler = 1",
            "requirements.txt": "",
            "Makefile": "build-Function:\n\tlambdabridge build",
        },
        [("requirements-absent", "Function", 1)],
    ),
    (
        "requirements-that-make-names",
        SAM_HTTP,
        MAKE,
        {
            "app.py": "import flask\nhandler = 1",
            "requirements.txt": "",
            "aws.txt": "Flask==3",
            "Makefile": "build-Function:\n\tlambdabridge build -r aws.txt",
        },
        [],
    ),
    (
        "imported-by-need-only",
        SAM_HTTP,
        [],
        {
            "app.py": BY_NEED,
            "requirements.txt": "",
        },
        [],
    ),
    (
        "another-framework",
        SAM_HTTP,
        [],
        {"app.py": "from fastapi import FastAPI\nimport starlette, requests\nhandler = 1"},
        [("requirements-framework", "Function", 1), ("requirements-framework", "Function", 2)],
    ),
    (
        "brought-by-another",
        SAM_HTTP,
        [],
        {"app.py": "import flask\nhandler = 1", "requirements.txt": "Flask_Login"},
        [],
    ),
    (
        "from-a-layer",
        SAM_HTTP,
        [("Architectures", "Layers: [x]\n      Architectures")],
        {"app.py": "import flask\nhandler = 1", "requirements.txt": ""},
        [],
    ),
    (
        "a-hyphen",
        SAM_HTTP,
        [("app.handler", "my-app.handler")],
        {"my-app.py": "handler = 1"},
        [],
    ),
    ("base-path-given", HTTP, BASE, {"app.py": BASE_IN_CODE}, []),
]


@pytest.mark.parametrize(
    ("template", "edits", "code", "expected"), [row[1:] for row in CODE], ids=[row[0] for row in CODE]
)
def test_code(
    tmp_path: Path, template: str, edits: list[tuple[str, str]], code: dict[str, str], expected: Found
) -> None:
    place = project(tmp_path, edited(template, *edits))
    files(tmp_path / "src", code)
    assert found(place) == expected


def test_what_may_not_be_read_is_no_traceback(tmp_path: Path) -> None:
    place = project(tmp_path, edited(SAM_HTTP, *CORS))
    (tmp_path / "src" / ".#app.py").symlink_to("ada@here.1:2")  # an editor's lock
    files(tmp_path, {".aws-sam/build/template.yaml": "", ".aws-sam/build/Function/app.py": "handler = 1"})
    assert found(place) == []


SEEN = {name for row in CODE for name, _, _ in row[-1]}
