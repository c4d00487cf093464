"""The page of `lambdabridge cold --html`: parsed with html.parser, and in a real browser where there is one.

The browser needs selenium (the extra `browser`), Chromium and its driver (Debian: chromium, chromium-driver).
"""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
import re
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, cast

import pytest

from lambdabridge.coldpath import flame, report_html
from lambdabridge.coldpath.imports import Import
from lambdabridge.coldpath.report import render
from lambdabridge.coldpath.results import Advice, Failure, Measured, Results, Sample, Spread
from tests.test_cold_imports import module

EVIL = "<img src=x onerror=document.title='run'></script><script>document.title='run'</script>\"'&\x1b[31m\x00\ud800"
SHOWN = "<img src=x onerror=document.title='run'></script><script>document.title='run'</script>\"'&\ufffd\ufffd"
NUMBERS = itertools.count()
VOID = {"meta", "link", "input", "br", "img"}
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")


def spread(median: float) -> Spread:
    return {"median": median, "low": median * 0.9, "high": median * 1.1, "count": 3}


def sample(total: float) -> Sample:
    return {
        "round": 0,
        "init_ms": total - 10,
        "first_ms": 10.0,
        "total_ms": total,
        "cpu_ms": None,
        "delay_ms": None,
        "retries": 0,
        "warm_ms": [],
        "rss_mb": None,
        "peak_mb": None,
        "marks": None,
    }


def measured(total: float, /, **more: Any) -> Measured:
    found = {
        "name": "deployed",
        "title": "as it would be deployed",
        "memory": None,
        "init": "full",
        "total": spread(total),
        "init_ms": spread(total - 10),
        "first": spread(10.0),
        "warm": spread(1.25),
        "warm_p99": 2.5,
        "cpu": spread(total * 0.9),
        "rss": spread(48.0),
        "peak": spread(52.0),
        "phases": [
            {"name": "runtime", "title": "interpreter and runtime", "what": "Until the handler.", "ms": spread(30.0)},
            {
                "name": "application",
                "title": "application import",
                "what": "The application.",
                "ms": spread(total - 40),
            },
            {"name": "first", "title": "first request", "what": "The response.", "ms": spread(10.0)},
        ],
        "samples": [sample(total * part) for part in (0.9, 1.0, 1.1)],
        "compared": None,
        "compiled_from_source": 2,
        "modules": 3,
    }
    return cast("Measured", {**found, **more})


def advice(gain: float, /, **more: Any) -> Advice:
    found = {
        "title": "Ship bytecode that Lambda accepts",
        "why": "2 modules are compiled.",
        "how": "lambdabridge build . --output build",
        "promised_gain_ms": gain,
        "ratio": 0.5,
        "measured": True,
        "gain": {**spread(-gain), "sure_low": -gain - 5, "sure_high": -gain + 5, "ratio": 0.5},
        "risk": "",
    }
    return cast("Advice", {**found, **more})


TREE = module(
    "",
    0,
    module("logging", 5_000, kind="standard library", phase="runtime"),
    module(
        "app",
        10_000,
        module(
            "flask",
            80_000,
            module("ujson", 300, code="not found", failed=True, file="", importer="flask", line=7, kind="dependency"),
            distribution="Flask 3.1.3",
            kind="dependency",
            code="stale",
            from_source=True,
            compile_us=60_000,
            importer="app",
            line=3,
        ),
        code="missing",
        from_source=True,
        compile_us=4_000,
    ),
)


def results(**more: Any) -> Results:
    found = {
        "format": 1,
        "meta": {
            "date": "2026-11-21T16:20:00+00:00",
            "target": "app:app",
            "handler": "app.handler",
            "folder": "/project",
            "python": "3.13.1",
            "machine": "a CPU, 2 of them, Linux",
            "versions": {"lambdabridge": "0.1.0", "awslambdaric": "4.2.2"},
            "runs": 3,
            "warm_requests": 20,
            "throttle": "",
            "pinned": True,
            "request": "GET / (http)",
            "status": 200,
            "probe_ms": 2.0,
            "noise_ms": 4.0,
            "notes": ["A note."],
        },
        "configurations": [measured(400.0)],
        "imports": TREE,
        "package": {
            "path": "/project/build",
            "files": 12,
            "size": 3 * 1024 * 1024,
            "bytecode": "timestamp",
            "largest": [("flask", 2 * 1024 * 1024), ("app.py", 900)],
            "complete": True,
        },
        "advice": [advice(200.0), advice(20.0, title="Import it later", measured=False, gain=None, ratio=None, how="")],
        "failures": [],
    }
    return cast("Results", {**found, **more})


class Page(HTMLParser):
    """A page's text, elements and attributes; asserts that each element is closed where it has to be."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.pieces: list[str] = []
        self.scripts: list[str] = []
        self.style = ""
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        assert len(attributes) == len(attrs), attrs
        self.elements.append((tag, attributes))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "script":
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, self.get_starttag_text()

    def handle_data(self, data: str) -> None:
        if "script" in self.open:
            self.scripts[-1] += data
        elif "style" in self.open:
            self.style += data
        else:
            self.pieces.append(data)
            assert "svg" not in self.open or self.open[-1] in ("text", "title"), data

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.pieces))

    def values(self, name: str) -> list[str]:
        return [attributes[name] for _, attributes in self.elements if name in attributes]


def test_what_it_says() -> None:
    text = Page(render(results())).text
    for words in (
        "Cold start of app:app",
        "Python 3.13.1 · GET / (http) · 2026-11-21 16:20 UTC",
        "400 ms Most of it is the application import : 360 ms , 90 % of the cold start.",
        "The median of 3 cold starts, from the process's start to the whole first response; the middle half took 360 to",
        "warm request 1.2 ms p99 2.5 ms",
        "compiled from source 2 of 3 modules",
        "Followed one after the other: 400 ms → 180 ms , 0.45 of the cold start now.",
        "\u2212 200 ms \u00d7 0.50 measured Ship bytecode that Lambda accepts",
        "lambdabridge build . --output build",
        "Run here 3 times, each beside one without: a gain of 195 to 205 ms (95 % sure). leaves 200 ms",
        "\u2212 20 ms estimated Import it later",
        "Not run: what the import took is what could be saved at most. leaves 180 ms",
        "3 modules in 95 ms, in processes of their own with a probe. 2 of them were compiled from source",
        "1 because their bytecode is stale, 1 because it is missing; compiling alone took 64 ms.",
        "Flask 3.1.3 1 compiled 1 80 ms",
        "as it would be deployed : 3 runs from 360 ms to 440 ms, median 400 ms, the middle half 360 to 440 ms",
        "/project/build : 3.0 MB in 12 files. Bytecode of the loaded modules: timestamp.",
        "the same configuration against itself: ± 4.0 ms",
        "A note.",
    ):
        assert words in text


def test_it_needs_nothing_else() -> None:
    page = Page(render(results()))
    assert page.values("src") == []
    assert set(page.values("href")) == {"data:,", "#main"}
    assert not re.search(r"@import|url\(", page.style)
    assert not re.search(r"https?:", page.style + page.scripts[-1])
    policy = next(a["content"] for tag, a in page.elements if tag == "meta" and "http-equiv" in a)
    assert policy.startswith("default-src 'none';")
    digest = base64.b64encode(hashlib.sha256(page.scripts[-1].encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy
    identifiers = page.values("id")
    assert len(identifiers) == len(set(identifiers))
    assert ("html", {"lang": "en"}) in page.elements
    assert all(a.get("aria-label") for tag, a in page.elements if a.get("role") in ("img", "tree", "region"))


def all_evil(value: Any) -> Any:
    """Return results with each free text replaced by one that would be a script, and a number."""
    kept = ("kind", "code", "phase", "init", "bytecode", "date")
    if isinstance(value, dict):
        return {
            key: one if key in kept or (key == "name" and "ms" in value) else all_evil(one)
            for key, one in value.items()
        }
    if isinstance(value, list | tuple):
        return type(value)(map(all_evil, value))
    return f"{EVIL}{next(NUMBERS)}" if isinstance(value, str) and value else value


def test_what_users_wrote_is_text() -> None:
    failure: Failure = {"name": "B", "kind": "import", "message": "m", "output": "o"}
    page = Page(render(all_evil(results(failures=[failure]))))
    plain = Page(render(results(failures=[failure])))
    assert [tag for tag, _ in page.elements] == [tag for tag, _ in plain.elements]
    assert page.scripts[-1] == plain.scripts[-1]
    assert [set(attributes) for _, attributes in page.elements] == [set(attributes) for _, attributes in plain.elements]
    assert SHOWN in page.text
    assert json.loads(page.scripts[0])[2][1].startswith(SHOWN)
    assert EVIL not in render(all_evil(results()))
    render(all_evil(results())).encode()


def test_the_flame_graph_s_rows() -> None:
    page = Page(render(results()))
    assert json.loads(page.scripts[0]) == [
        [-1, "all imports", 0, 95_300, 0, "", "phase", "", 0, "", "", ""],
        [0, *("AWS's runtime client", 0, 5_000, 0, "", "phase", "", 0, ""), flame.PHASES["runtime"][1], "runtime"],
        [1, "logging", 5_000, 5_000, 0, "bytecode", "standard library", "", 0, "", "/logging.py", "runtime"],
        [0, *("the handler's import", 0, 90_300, 0, "", "phase", "", 0, ""), flame.PHASES["init"][1], "init"],
        [3, "app", 10_000, 90_300, 4_000, "missing", "application", "", 0, "", "/app.py", "init"],
        [4, "flask", 80_000, 80_300, 60_000, "stale", "dependency", "app", 3, "Flask 3.1.3", "/flask.py", "init"],
        [5, "ujson", 300, 300, 0, "not found", "dependency", "flask", 7, "", "", "init"],
    ]
    rows = re.findall(r"ujson 0\.3 ms 0\.3 ms not found dependency flask:7", page.text)
    assert len(rows) == 1


def test_no_figures_but_the_reason() -> None:
    failure: Failure = {
        "name": "deployed",
        "kind": "import",
        "message": "Its init failed: Runtime.ImportModuleError: No module named 'nope'",
        "output": "Traceback (most recent call last):\n  import nope",
    }
    nothing = results(configurations=[], imports=None, package=None, advice=[], failures=[failure])
    page = Page(render(nothing))
    assert (
        "deployed : no figures Its init failed: Runtime.ImportModuleError: No module named 'nope' Traceback"
        in page.text
    )
    assert "How it was measured" in page.text
    assert not re.search(r"\d ms", page.text.replace("4.0 ms", "").replace("2.0 ms", ""))


def test_several_configurations() -> None:
    title = "as it would be deployed"
    several = [
        measured(400.0),
        measured(
            100.0, title="better", compared={**spread(-300.0), "sure_low": -310, "sure_high": -290, "ratio": 0.25}
        ),
        measured(2000.0, title=f"{title}, 128 MB, init throttled", memory=128, init="throttled", phases=[]),
        measured(900.0, title=f"{title}, 128 MB, init boosted", memory=128, init="boosted", phases=[], samples=[]),
    ]
    page = Page(render(results(configurations=several)))
    for words in (
        f"A whole CPU {title} 400 ms",
        "better 100 ms",
        f"128 MB's share of the CPU from the start on {title} 2.00 s init 1.99 s",
        f"A whole CPU in init, then 128 MB's share {title} 900 ms init 890 ms",
        "against the first (paired) \u00d7 0.25",
    ):
        assert words in page.text
    bars = [a["style"] for tag, a in page.elements if a.get("class") == "bar"]
    assert bars == ["width:100.00%", "width:25.00%", "width:100.00%", "width:100.00%"]


def test_the_least_there_can_be() -> None:
    least = measured(
        12.0, warm=None, warm_p99=None, cpu=None, rss=None, peak=None, phases=[], samples=[], compiled_from_source=None
    )
    page = Page(render(results(configurations=[least], imports=None, package=None, advice=[])))
    assert "Most of it is the first request : 10 ms , 83 % of the cold start." in page.text
    assert "Nothing that was tried here has a gain that is sure (the noise is ± 4.0 ms);" in page.text
    assert len(page.scripts) == 1


def test_nothing_was_tried() -> None:
    document = results(advice=[])
    document["meta"]["noise_ms"] = None
    assert "Nothing was tried here." in Page(render(document)).text


def test_runs_that_all_took_the_same() -> None:
    same = measured(
        400.0, samples=[sample(400.0)] * 3, total={"median": 400.0, "low": 400.0, "high": 400.0, "count": 3}
    )
    page = Page(render(results(configurations=[same])))
    assert [a["cx"] for tag, a in page.elements if tag == "circle"] == ["50.00%"] * 3


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.04, "0.0 ms"),
        (2.44, "2.4 ms"),
        (9.94, "9.9 ms"),
        (9.96, "10 ms"),
        (999.4, "999 ms"),
        (999.6, "1.00 s"),
        (-12.3, "-12 ms"),
    ],
)
def test_times(value: float, shown: str) -> None:
    assert report_html.milliseconds(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0, "0 bytes"), (1023, "1023 bytes"), (2048, "2 KB"), (1 << 20, "1.0 MB"), (250 << 20, "250 MB")],
)
def test_sizes(value: int, shown: str) -> None:
    assert report_html.size(value) == shown


@pytest.mark.parametrize(
    ("low", "high", "shown"), [(405, 425, "405 to 425 ms"), (8, 12, "8.0 to 12 ms"), (900, 1200, "900 ms to 1.20 s")]
)
def test_ranges(low: float, high: float, shown: str) -> None:
    assert report_html.between(low, high) == shown


def deep_tree(modules: int) -> Import:
    """Return a tree with so many modules: packages of ten, each within the one before up to forty deep."""
    top = module("", 0)
    path = [top]
    for number in range(modules):
        whose = {"kind": "dependency", "distribution": f"some-distribution-{number // 100} 1.22.333"}
        how = {"from_source": True, "code": "stale", "compile_us": 900}
        one = module(f"package{number // 10}.module{number}", 1000 + number % 7 * 300, **whose, **how)
        path[-1]["children"].append(one)
        path = [top] if len(path) > 40 else [*path, one] if number % 10 == 0 else path
    for node in reversed([found for found, _ in flame_walk(top)]):
        node["cumulative_us"] = node["self_us"] + sum(child["cumulative_us"] for child in node["children"])
    top["cumulative_us"] = sum(child["cumulative_us"] for child in top["children"])
    return top


def flame_walk(top: Any) -> Any:
    from lambdabridge.coldpath.imports_figures import walk

    return walk(top)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    webdriver = pytest.importorskip("selenium.webdriver", reason="needs selenium: pip install -e '.[browser]'")
    if not (CHROMIUM and DRIVER):
        pytest.skip("needs chromium and chromedriver on the PATH")
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"):
        options.add_argument(flag)
    for flag in ("--disable-background-networking", "--disable-component-update", "--disable-sync"):
        options.add_argument(flag)
    options.add_argument(f"--user-data-dir={tmp_path_factory.mktemp('profile')}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    yield driver
    driver.quit()


class Shown:
    """A page in the browser."""

    def __init__(self, browser: Any, file: Path, document: Results, width: int = 1100, scheme: str = "light") -> None:
        self.browser = browser
        file.write_text(render(document), encoding="utf-8")
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        media = [{"name": "prefers-color-scheme", "value": scheme}]
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": media})
        browser.get(file.as_uri())

    def run(self, script: str) -> Any:
        return self.browser.execute_script(f"return {script}")

    def press(self, *keys: str) -> list[str]:
        """Return what has the focus after each key."""
        focused = []
        for key in keys:
            self.browser.switch_to.active_element.send_keys(key)
            focused.append(self.run("document.activeElement.getAttribute('aria-label').split(':')[0]"))
        return focused

    def boxes(self) -> list[str]:
        return list(
            self.run("[...document.querySelectorAll('#flame > div')].map((box) => box.getAttribute('aria-label'))")
        )

    def told(self) -> str:
        return str(self.run("document.getElementById('flame-detail').innerText"))


def test_the_flame_graph_by_mouse_and_keys(browser: Any, tmp_path: Path) -> None:
    page = Shown(browser, tmp_path / "report.html", results())
    assert page.boxes() == [
        "all imports: 95 ms",
        "AWS's runtime client: 5.0 ms",
        "logging: 5.0 ms, by itself 5.0 ms, standard library",
        "the handler's import: 90 ms",
        "app: 90 ms, by itself 10 ms, application, compiled from source",
        "flask: 80 ms, by itself 80 ms, Flask 3.1.3, compiled from source",
        "ujson: 0.3 ms, by itself 0.3 ms, dependency",
    ]
    browser.find_element("css selector", "#flame [aria-label^=flask]").click()
    assert page.told() == (
        "flask 80 ms, 84.3 % of all imports; 80 ms by itself, the rest in what it imports\n\n"
        "Compiled from source, because its bytecode was stale (60 ms) · Flask 3.1.3 · /flask.py\n\n"
        "Asked for by app, line 3: app \u203a flask"
    )
    assert [label.split(":")[0] for label in page.boxes()] == [
        "all imports",
        "the handler's import",
        "app",
        "flask",
        "ujson",
    ]
    keys = ("\ue015", "\ue013", "\ue013", "\ue00c", "\ue015", "\ue014")  # down, up, up, escape, down, right
    assert page.press(*keys) == ["ujson", "flask", "app", "all imports", "AWS's runtime client", "the handler's import"]
    assert len(page.boxes()) == 7
    browser.find_element("id", "flame-search").send_keys("FLA")
    assert page.run("document.getElementById('flame-found').value") == "1 module, 80 ms with what they import (84.3 %)"
    assert page.run("document.querySelector('#flame .found').textContent") == "flask  80 ms"
    assert browser.get_log("browser") == []


def test_nothing_of_it_runs(browser: Any, tmp_path: Path) -> None:
    page = Shown(browser, tmp_path / "report.html", all_evil(results()))
    assert page.run("document.title").startswith(f"Cold start of {SHOWN}")
    assert page.run("document.querySelectorAll('main img').length") == 0
    assert browser.get_log("browser") == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_1500_modules_on_a_phone(browser: Any, tmp_path: Path, scheme: str) -> None:
    several = [measured(400.0), measured(2000.0, title="x" * 80, memory=128, init="throttled", phases=[])]
    document = results(imports=deep_tree(1500), configurations=several)
    page = Shown(browser, tmp_path / "report.html", document, 360, scheme)
    assert page.run("document.documentElement.scrollWidth") == 360
    assert page.run("document.querySelectorAll('details tbody tr').length") == 1500
    assert 20 < len(page.boxes()) < 800
    background = re.findall(r"\d+", page.run("getComputedStyle(document.body).backgroundColor"))
    assert (int(background[0]) < 128) == (scheme == "dark")
    assert browser.get_log("browser") == []
