"""Python 3.15's lazy imports: which imports are made lazy, and that the frameworks answer as without."""

from __future__ import annotations

import ast
import importlib.util
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lambdabridge.startup.lazy import FOR_EFFECT, TESTED, lazy_filter
from tests.peer_cases.events import http_api_2_0

# importing module, imported module, names
# -> whether it is lazy: by default, with PYTHON_LAZY_IMPORTS=all, with LAMBDABRIDGE_EAGER=json,flask.json
IMPORTS: dict[str, tuple[str | None, str, tuple[str, ...] | None, bool, bool, bool]] = {
    "standard library": ("project.app", "email.message", None, True, True, True),
    "a framework": ("project.app", "flask", ("Flask",), True, True, True),
    "in a framework": ("werkzeug.serving", "werkzeug.http", ("dump_cookie",), True, True, True),
    "the application": ("project.app", "project", ("routes",), False, True, False),
    "another library": ("project.app", "sqlalchemy", None, False, True, False),
    "a name that begins alike": ("project.app", "flask_login", None, False, True, False),
    "for its effect": ("django.core.checks", "django.core.checks.urls", None, False, False, False),
    "where modules register with one another": (
        "django.db.models.aggregates",
        "django.db.models.functions",
        ("Coalesce",),
        *(False, False, False),
    ),
    "and what they import of others": ("django.db.models.aggregates", "django.core", ("checks",), True, True, True),
    "what forms load": ("django.db.models", "django.db.models.query", ("QuerySet",), True, True, True),
    "a template's code": (None, "jinja2.runtime", ("LoopContext",), False, False, False),
    "chosen": ("project.app", "json", ("dumps",), True, True, False),
    "below what was chosen": ("project.app", "json.decoder", ("JSONDecoder",), True, True, False),
    "chosen, from its package": ("project.app", "flask", ("json", "Flask"), True, True, False),
    "like what was chosen": ("project.app", "jsonschema", None, False, True, False),
}


@pytest.mark.parametrize("case", IMPORTS)
def test_which_imports_are_lazy(case: str) -> None:
    importing, imported, names, default, everything, chosen = IMPORTS[case]
    only = TESTED | sys.stdlib_module_names
    filters = (lazy_filter(only, ()), lazy_filter(None, ()), lazy_filter(only, ("json", "flask.json")))
    assert [is_lazy(importing, imported, names) for is_lazy in filters] == [default, everything, chosen]


# --- imports for their effect ----------------------------------------------------------------------------------------

HARMLESS = {
    ("flask", "json"),
    ("fastapi", "status"),
    ("django.template", "autoreload"),
    ("opentelemetry.metrics._internal.instrument", "metrics"),
}
"""Modules that are bound for whoever takes them from there, or for nothing; the development server's reloader."""
NOT_LOADED = ("tests", "test", "migrations", "gis", "db", "mypy", "v1")


def test_modules_that_import_others_for_their_effect_are_known() -> None:
    """A lazy import whose name nobody uses never happens: a module in TESTED that has one has to be in FOR_EFFECT."""
    found = {
        (importing, name)
        for package in TESTED
        for file, importing in modules_of(package)
        if is_candidate(text := file.read_text(encoding="utf-8"))
        for name in bound_and_not_used(ast.parse(text), file)
    }
    assert {importing for importing, name in found - HARMLESS} <= set(FOR_EFFECT)
    if importlib.util.find_spec("django"):
        assert ("django.core.checks", "django") in found  # so that this is no search that finds nothing


def modules_of(package: str) -> Iterator[tuple[Path, str]]:
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        return
    root = Path(next(iter(spec.submodule_search_locations)))
    for file in root.rglob("*.py"):
        parts = (package, *file.relative_to(root).with_suffix("").parts)
        if not set(parts) & set(NOT_LOADED):
            yield file, ".".join(parts).removesuffix(".__init__")


def is_candidate(text: str) -> bool:
    """Return whether a module may have one: a name that stands there once or twice, or `import a.b`. Parsing is slow."""
    if re.search(r"^import \w+\.", text, re.MULTILINE):
        return True
    names = re.findall(r"^from \S+ import ([^(\n#]+|\([^)]*\))|^import ([^\n#]+)", text, re.MULTILINE)
    bound = re.findall(r"(\w+)\s*(?:,|\)|$)", "\n".join("".join(pair) for pair in names), re.MULTILINE)
    return any(name.islower() and text.count(name) < 3 for name in bound)


def bound_and_not_used(tree: ast.Module, file: Path) -> Iterator[str]:
    """Yield the names to which a module binds modules at its top, and which it uses nowhere, nor exports in __all__."""
    nodes = list(ast.walk(tree))
    used = {node.id for node in nodes if isinstance(node, ast.Name)}
    used |= {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    for node in imports_of(tree.body):
        for alias in node.names:
            name = alias.asname or (alias.name if isinstance(node, ast.ImportFrom) else alias.name.partition(".")[0])
            if name not in used and (isinstance(node, ast.Import) or is_module(node, alias.name, file)):
                yield name


def imports_of(body: list[ast.stmt]) -> Iterator[ast.Import | ast.ImportFrom]:
    """Yield the imports that can be lazy: at the top of a module, not in `try`, not for type checkers alone."""
    for node in body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            yield node
        elif isinstance(node, ast.If):
            yield from imports_of(node.orelse if "TYPE_CHECKING" in ast.unparse(node.test) else node.body)


def is_module(node: ast.ImportFrom, name: str, file: Path) -> bool:
    """Return whether `from . import name` takes a module; absolute ones of the package itself are rare and written out."""
    if node.module and not node.level:
        spec = importlib.util.find_spec(node.module.partition(".")[0])
        places = list(spec.submodule_search_locations or ()) if spec else []
        folder = Path(places[0]).joinpath(*node.module.split(".")[1:]) if places else file
    else:
        folder = file.parents[max(node.level, 1) - 1].joinpath(*(node.module or "").split("."))
    return (folder / f"{name}.py").is_file() or (folder / name / "__init__.py").is_file()


# --- the frameworks, also with what deferred.py does -------------------------------------------------------------------

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
FORM = [("content-type", "application/x-www-form-urlencoded")]
UPLOAD = [("content-type", "multipart/form-data; boundary=xx")]
FILE = b'--xx\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nabc\r\n--xx--\r\n'
EVENTS = [
    http_api_2_0(path="/"),
    http_api_2_0(path="/api/echo", query="lang=en&lang=fr"),
    http_api_2_0("POST", "/guestbook", lines=FORM, body=b"name=Ada&message=hello"),
    http_api_2_0("POST", "/api/sum", lines=[("content-type", "application/json")], body=b'{"numbers": [1, 2]}'),
    http_api_2_0("POST", "/api/sum", lines=[("content-type", "application/json")], body=b'{"numbers": "x"}'),
    http_api_2_0("POST", "/upload", lines=UPLOAD, body=FILE),
    *(
        http_api_2_0(path=path)
        for path in ("/download", "/old", "/error", "/nothing", "/quotes/1", "/docs", "/openapi.json")
    ),
]
DJANGO = """
import datetime, json, sys

from django.apps import AppConfig, apps
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import JsonResponse
from django.urls import path

settings.configure(
    ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, DEFAULT_AUTO_FIELD="django.db.models.BigAutoField", USE_TZ=True,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "database"}}, SECRET_KEY="x",
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "shop"],
)
application = get_wsgi_application()

def index(request):
    from django.contrib.auth import authenticate, get_user_model
    from django.core.checks.registry import registry
    from django.db import connection, models
    from django.db.models import Count, F, Q
    from shop.models import Author, Book

    with connection.schema_editor() as editor:
        for model in apps.get_models():
            editor.create_model(model)
    author = Author.objects.create(name="Ada", born=datetime.date(1815, 12, 10), data={"a": [1]})
    Book.objects.create(title="Notes", author=author)
    lookups = {
        "name__exact": "Ada", "name__icontains": "D", "name__regex": "^A", "id__in": [1, 2], "id__gte": 1,
        "id__range": (0, 9), "born__isnull": False, "born__year": 1815, "born__month__gt": 3, "data__a__0": 1,
        "data__has_key": "a", "books__title": "Notes", "books": 1, "books__author__in": [author],
    }
    found = {name: Author.objects.filter(**{name: value}).count() for name, value in lookups.items()}
    found["aggregate"] = list(Author.objects.annotate(n=Count("books")).values_list("n", flat=True))
    found["q"] = Book.objects.filter(Q(author=author) | ~Q(id=F("author_id"))).select_related("author").count()
    get_user_model().objects.create_user("ada", password="x")
    found["login"] = authenticate(username="ada", password="x").has_perm("shop.add_book")
    found["checks"] = sorted(f"{check.__module__}.{check.__name__}" for check in registry.get_checks())
    fields = [getattr(models, name) for name in models.__all__] and [models.Field]
    for field in fields:
        fields += field.__subclasses__()
    found["lookups"] = sorted({f"{field.__module__}.{field.__name__} {sorted(field.get_lookups())}" for field in fields})
    found["saved"] = sys.modules["shop.signals"].SAVED
    return JsonResponse(found)

urlpatterns = [path("", index)]
"""
SHOP = {
    "shop/__init__.py": "",
    "shop/apps.py": """
from django.apps import AppConfig

class Shop(AppConfig):
    name = "shop"

    def ready(self):
        import shop.signals
""",
    "shop/models.py": """
from django.db import models

class Author(models.Model):
    name = models.CharField(max_length=9)
    born = models.DateField()
    data = models.JSONField()

class Book(models.Model):
    title = models.CharField(max_length=9)
    author = models.ForeignKey(Author, models.CASCADE, related_name="books")
""",
    "shop/signals.py": """
from django.db.models.signals import post_save
from django.dispatch import receiver
from .models import Book

SAVED = []

@receiver(post_save, sender=Book)
def saved(instance, **more):
    SAVED.append(instance.title)
""",
}
ROUTES = {
    "project/__init__.py": "from flask import Flask\napp = Flask(__name__)\n"
    "import project.first\nfrom project import second\n",
    "project/first.py": "from project import app\n@app.get('/first')\ndef first():\n    return 'first'\n",
    "project/second.py": "from project import app\n@app.get('/second')\ndef second():\n    return 'second'\n",
}
MODULES_LOADED = "\nimport sys\ndef handler(event, context):\n    return sorted(sys.modules)\n"
on_315 = pytest.mark.skipif(not hasattr(sys, "set_lazy_imports"), reason="lazy imports came with Python 3.15")


def answers(folder: Path, events: list[Any], app: str, **settings: str) -> list[Any]:
    """Return what a function answers, without what differs each time."""
    pytest.importorskip("awslambdaric", reason="AWS's runtime client is not installed (the extra `runtime`)")
    from tests.lambda_process import run

    ended = run(folder, events, LAMBDABRIDGE_APP=app, **settings)
    assert ended.error is None
    for result in ended.results:
        if isinstance(result, dict):
            result["headers"].pop("date", None)
            result["body"] = re.sub(r"csrfmiddlewaretoken\W+value=\W+\w+", "", result["body"])
            result["cookies"] = [cookie.partition("=")[0] for cookie in result.get("cookies", ())]
    return ended.results


@pytest.mark.parametrize("example", ["flask", "django", "fastapi"])
def test_an_example_answers_as_without(example: str) -> None:
    pytest.importorskip(example)
    lazy = answers(EXAMPLES / example, EVENTS, "app:handler")
    assert lazy == answers(EXAMPLES / example, EVENTS, "app:handler", LAMBDABRIDGE_LAZY_IMPORTS="0")
    assert [result["statusCode"] for result in lazy[:2]] == [200, 200]


def test_djangos_models_and_checks_are_as_without(tmp_path: Path) -> None:
    pytest.importorskip("django")
    found = []
    for switch in ("", "0"):
        folder = tmp_path / f"lazy{switch}"
        (folder / "shop").mkdir(parents=True)
        for name, text in {"project.py": DJANGO, **SHOP}.items():
            (folder / name).write_text(text)
        found += answers(folder, [http_api_2_0(path="/")], "project:application", LAMBDABRIDGE_LAZY_IMPORTS=switch)
    assert found[0] == found[1]
    body = json.loads(found[0]["body"])
    assert (body["saved"], body["name__exact"], len(body["checks"]) > 20) == (["Notes"], 1, True)


def test_the_applications_own_imports_have_their_effect(tmp_path: Path) -> None:
    pytest.importorskip("flask")
    (tmp_path / "project").mkdir()
    for name, text in ROUTES.items():
        (tmp_path / name).write_text(text)
    events = [http_api_2_0(path="/first"), http_api_2_0(path="/second")]
    assert [result["body"] for result in answers(tmp_path, events, "project:app")] == ["first", "second"]


# environment -> which of (email.message, of the standard library; werkzeug.test, of a framework; own) are loaded at once
SWITCHES: dict[str, tuple[dict[str, str], list[str]]] = {
    "default": ({}, ["own"]),
    "off": ({"LAMBDABRIDGE_LAZY_IMPORTS": "0"}, ["email.message", "own", "werkzeug.test"]),
    "chosen": ({"LAMBDABRIDGE_EAGER": "email, nothing"}, ["email.message", "own"]),
    "before there is a client": (
        {"AWS_LAMBDA_INITIALIZATION_TYPE": "provisioned-concurrency"},
        ["email.message", "own", "werkzeug.test"],
    ),
    "before there is a client, on": (
        {"AWS_LAMBDA_INITIALIZATION_TYPE": "provisioned-concurrency", "LAMBDABRIDGE_LAZY_IMPORTS": "1"},
        ["own"],
    ),
    "Python's own setting": ({"PYTHON_LAZY_IMPORTS": "all"}, []),
}


@on_315
@pytest.mark.parametrize("case", SWITCHES)
def test_switches(tmp_path: Path, case: str) -> None:
    settings, expected = SWITCHES[case]
    pytest.importorskip("werkzeug")
    (tmp_path / "app.py").write_text("import email.message, werkzeug.test, own\n" + MODULES_LOADED)
    (tmp_path / "own.py").write_text("")
    loaded = answers(tmp_path, [{}], "app:handler", **settings)[0]
    assert sorted({"email.message", "own", "werkzeug.test"} & set(loaded)) == expected
