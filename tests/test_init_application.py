"""Which application `lambdabridge init` finds in a folder: files are read, none is run."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lambdabridge.deploy.application import Application, find
from lambdabridge.errors import TargetError

FLASK = "from flask import Flask\napp = Flask(__name__)\n"
FASTAPI = "from fastapi import FastAPI\napi = FastAPI()\n"
FACTORY = "import flask\ndef create_app(config=None):\n    app = flask.Flask(__name__)\n    return app\n"
WSGI = "from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n"
ASGI = "from django.core.asgi import get_asgi_application\napplication = get_asgi_application()\n"
DJANGO = {"manage.py": "", "mysite/__init__.py": "", "mysite/wsgi.py": WSGI, "mysite/asgi.py": ASGI}
BRIDGE = "from lambdabridge import bridge\n"

FOUND: dict[str, tuple[dict[str, str], tuple[str, str, str, str]]] = {
    # files -> (file, folder on the import path, target, kind)
    "flask": ({"app.py": FLASK}, ("app.py", ".", "app:app", "Flask")),
    "an annotated name": (
        {"web.py": "import flask as f\nserver: f.Flask = f.Flask(__name__)\n"},
        ("web.py", ".", "web:server", "Flask"),
    ),
    "fastapi in a package": ({"app/main.py": FASTAPI}, ("app/main.py", ".", "app.main:api", "FastAPI")),
    "starlette": (
        {"a.py": "from starlette.applications import Starlette\napp = Starlette(debug=True)\n"},
        ("a.py", ".", "a:app", "Starlette"),
    ),
    "falcon": ({"a.py": "import falcon.asgi\napp = falcon.asgi.App()\n"}, ("a.py", ".", "a:app", "Falcon")),
    "django": (DJANGO, ("mysite/wsgi.py", ".", "mysite.wsgi:application", "Django")),
    "django, asgi alone": (
        {"manage.py": "", "mysite/asgi.py": ASGI},
        ("mysite/asgi.py", ".", "mysite.asgi:application", "Django (ASGI)"),
    ),
    "django in a folder": (
        {f"backend/{name}": text for name, text in DJANGO.items()},
        ("backend/mysite/wsgi.py", "backend", "mysite.wsgi:application", "Django"),
    ),
    "in middleware": (
        {"wsgi.py": "from whitenoise import WhiteNoise\n" + WSGI.replace("= get", "= WhiteNoise(get").rstrip() + ")\n"},
        ("wsgi.py", ".", "wsgi:application", "Django"),
    ),
    "src": (
        {"src/shop/__init__.py": "", "src/shop/main.py": FASTAPI},
        ("src/shop/main.py", "src", "shop.main:api", "FastAPI"),
    ),
    "a package": ({"shop/__init__.py": FLASK}, ("shop/__init__.py", ".", "shop:app", "Flask")),
    "beside what it imports": (
        {"app/main.py": "import models\n" + FASTAPI, "app/models.py": ""},
        ("app/main.py", "app", "main:api", "FastAPI"),
    ),
    "one of several projects": (  # as full-stack-fastapi-template has it
        {
            "backend/app/__init__.py": "",
            "backend/app/api/__init__.py": "",
            "backend/app/main.py": "from app.api import x\n" + FASTAPI,
            "frontend/a.js": "",
        },
        ("backend/app/main.py", "backend", "app.main:api", "FastAPI"),
    ),
    "a folder with requirements of its own": (
        {"api/main.py": FASTAPI, "api/requirements.txt": "fastapi\n"},
        ("api/main.py", "api", "main:api", "FastAPI"),
    ),
    "a folder's own requirements, and modules from above": (
        {"api/main.py": "import shared\n" + FASTAPI, "api/requirements.txt": "", "shared.py": ""},
        ("api/main.py", ".", "api.main:api", "FastAPI"),
    ),
    "a folder that no import names": (
        {"services/web shop-1.0/app.py": FLASK},
        ("services/web shop-1.0/app.py", "services/web shop-1.0", "app:app", "Flask"),
    ),
    "src, in a folder": (
        {"services/shop/src/shop/main.py": "from . import models\n" + FASTAPI},
        ("services/shop/src/shop/main.py", "services/shop/src", "shop.main:api", "FastAPI"),
    ),
    "src as a package": (
        {"src/main.py": "from src.models import x\n" + FASTAPI, "src/models.py": ""},
        ("src/main.py", ".", "src.main:api", "FastAPI"),
    ),
    "relative imports without __init__": (
        {"api/main.py": "from .models import x\n" + FASTAPI, "api/models.py": "", "api/requirements.txt": ""},
        ("api/main.py", ".", "api.main:api", "FastAPI"),
    ),
    "made by a factory": (
        {"shop.py": FACTORY, "wsgi.py": "from shop import create_app\napp = create_app()\n"},
        ("wsgi.py", ".", "wsgi:app", "Flask"),
    ),
    "made by a factory that is passed on": (
        {
            "shop/__init__.py": "from .factory import create_app\n",
            "shop/factory.py": FACTORY,
            "shop/web.py": "from . import create_app\napp = create_app()\n",
        },
        ("shop/web.py", ".", "shop.web:app", "Flask"),
    ),
    "made by another package": (
        {"a.py": "from pyramid.config import Configurator\nwith Configurator() as c:\n    app = c.make_wsgi_app()\n"},
        ("a.py", ".", "a:app", ""),
    ),
    "a WSGI callable": ({"a.py": "def app(environ, start_response): ...\n"}, ("a.py", ".", "a:app", "WSGI")),
    "an ASGI callable": ({"a.py": "async def app(scope, receive, send): ...\n"}, ("a.py", ".", "a:app", "ASGI")),
    "an object of a class": (
        {"a.py": "class App:\n    async def __call__(self, scope, receive, send): ...\napplication = App()\n"},
        ("a.py", ".", "a:application", "ASGI"),
    ),
    "in try": (
        {"a.py": "try:\n    from flask import Flask\n    app = Flask(__name__)\nexcept ImportError:\n    raise\n"},
        ("a.py", ".", "a:app", "Flask"),
    ),
    "not in tests and environments": (
        {"app.py": FLASK, "tests/a.py": FLASK, "test_b.py": FLASK, "env/pyvenv.cfg": "", "env/c.py": FLASK},
        ("app.py", ".", "app:app", "Flask"),
    ),
}


def project(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


@pytest.mark.parametrize("name", FOUND)
def test_the_only_one_is_found(name: str, tmp_path: Path) -> None:
    files, (file, folder, target, kind) = FOUND[name]
    module, _, attribute = target.partition(":")
    expected = Application(Path(file), Path(folder), module, attribute, kind)
    assert find(project(tmp_path, files)) == expected
    assert find(tmp_path, target) == expected  # what init writes into the template's head is taken again


HANDLERS: dict[str, tuple[dict[str, str], tuple[str, str, str], str]] = {
    # files -> (handler's module, name, what bridge() got), the application
    "beside it": ({"app.py": FLASK + BRIDGE + "handler = bridge(app)\n"}, ("app", "handler", "app"), "app:app"),
    "in a module of its own": (
        {"app.py": FLASK, "entry.py": BRIDGE + "from app import app as site\non_aws = bridge(app=site)\n"},
        ("entry", "on_aws", "site"),
        "app:app",
    ),
    "by name": (
        {**DJANGO, "entry.py": BRIDGE + "handler = bridge('mysite.asgi:application')\n"},
        ("entry", "handler", "'mysite.asgi:application'"),
        "mysite.asgi:application",
    ),
    "one of several": (
        {"app.py": FLASK, "b.py": FASTAPI + "import lambdabridge\nh = lambdabridge.bridge(api)\n"},
        ("b", "h", "api"),
        "b:api",
    ),
    "of what has no name": (
        {"app.py": BRIDGE + "from shop import make\nhandler = bridge(make())\n"},
        ("app", "handler", "make()"),
        "app:handler",
    ),
}


@pytest.mark.parametrize("name", HANDLERS)
def test_a_handler_decides(name: str, tmp_path: Path) -> None:
    files, handler, target = HANDLERS[name]
    found = find(project(tmp_path, files))
    assert (found.handler, found.target) == (handler, target)


NONE: dict[str, tuple[dict[str, str], str, str]] = {
    # files, TARGET -> what is said
    "nothing": ({}, "", "There is no Python file in FOLDER: run `lambdabridge init` in your project's folder."),
    "no application": (
        {"a.py": "import typer\napp = typer.Typer()\n"},
        "",
        "No application was found in 1 Python file: expected one made at a module's top level, such as "
        "`app = Flask(__name__)`; where it is made in another way, name it: lambdabridge init module:name",
    ),
    "run as a script": (
        {
            "a.py": "from flask import Flask\nif __name__ == '__main__':\n    app = Flask(__name__)\n",
            "b.py": "def (:\n",
        },
        "",
        "No application was found in 2 Python files: expected one made at a module's top level, such as "
        "`app = Flask(__name__)`; where it is made in another way, name it: lambdabridge init module:name "
        "(b.py is no Python that this interpreter reads (SyntaxError).)",
    ),
    "several": (
        {"a.py": FLASK, "b.py": FASTAPI},
        "",
        "There are several applications: a:app (Flask); b:api (FastAPI). Name the one to deploy: lambdabridge init a:app",
    ),
    "a factory": (
        {"shop/__init__.py": FACTORY},
        "",
        "shop:create_app makes an application and is none: Lambda needs one that is made when the module is imported. Write "
        "wsgi.py with `from shop import create_app` and `app = create_app()`, then: lambdabridge init wsgi:app",
    ),
    "a factory, named": (
        {"shop.py": FACTORY + FLASK},
        "shop:create_app",
        "shop:create_app makes an application and is none: Lambda needs one that is made when the module is imported. Write "
        "wsgi.py with `from shop import create_app` and `app = create_app()`, then: lambdabridge init wsgi:app",
    ),
    "a name that can't be imported": (
        {"my.app.py": FLASK},
        "",
        "my.app.py can't be imported: its name has more than letters, digits and _. Rename it.",
    ),
    "inside of a package": (
        {"__init__.py": "", "app.py": "from . import models\n" + FLASK},
        "",
        "app.py imports from its own package (`from .`), and NAME is that package: run init in the folder above.",
    ),
    "no such module": (
        {"a.py": FLASK},
        "b:app",
        "There is no module 'b' in FOLDER: expected module:name, such as app:app.",
    ),
    "no module": ({"a.py": FLASK}, ":app", "There is no module '' in FOLDER: expected module:name, such as app:app."),
    "no such file": ({"a.py": FLASK}, "b.py:app", "There is no file 'b.py' in FOLDER."),
    "no such name": ({"a.py": FLASK}, "a:nope", "a.py has no 'nope' at its top level. It has app."),
    "no name": (
        {"a.py": FLASK + FASTAPI},
        "a",
        "'a' names a module; expected its application too, as module:name (a:app, a:api found).",
    ),
    "no Python": ({"a.py": "def (:\n"}, "a:app", "a.py is no Python that this interpreter reads (SyntaxError)."),
}


@pytest.mark.parametrize("name", NONE)
def test_none_is_found(name: str, tmp_path: Path) -> None:
    files, target, sentence = NONE[name]
    with pytest.raises(TargetError) as raised:
        find(project(tmp_path, files), target)
    assert str(raised.value).replace(str(tmp_path), "FOLDER").replace(tmp_path.name, "NAME") == sentence


def test_an_application_that_is_named_is_found_in_any_tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lambdabridge.deploy.places._MOST", 1)
    project(tmp_path, {"a.py": "", "z.py": FLASK})
    with pytest.raises(TargetError, match="more than 1 Python files"):
        find(tmp_path)
    assert find(tmp_path, "z:app").label == "app"


def test_what_is_no_module_is_left_alone(tmp_path: Path) -> None:
    project(tmp_path, {"app.py": FLASK, "deep.py": "a = " + "1 + " * 2000 + "1\n", "latin.py": ""})
    (tmp_path / "latin.py").write_bytes(b"x = '\xe9'\n")
    (tmp_path / "nul.py").write_bytes(b"\0")
    (tmp_path / "gone.py").symlink_to(tmp_path / "nowhere")
    (tmp_path / "loop").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "pipe.py")
    project(tmp_path, {"out/.lambdabridge-build.json": "{}", "out/old.py": FLASK})  # what an earlier build made
    assert find(tmp_path).target == "app:app"


@pytest.mark.parametrize(
    ("target", "expected"),
    [("app.py:app", "app:app"), ("app.py", "app:app"), ("app", "app:app"), ("app:server", "app:server")],
    ids=["a file", "a file alone", "a module alone", "what reading does not tell"],
)
def test_a_target_can_be_a_file_or_anything_bound(target: str, expected: str, tmp_path: Path) -> None:
    project(tmp_path, {"app.py": FLASK + "server = app.wsgi_app\n"})
    assert find(tmp_path, target).target == expected
