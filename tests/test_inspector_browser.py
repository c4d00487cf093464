"""The inspector's page in a real browser, headless: what it shows, that nothing sent to it is run, keys, narrow screens.

Needs selenium (the extra `browser`), Chromium and its driver (Debian: chromium, chromium-driver); else it is skipped.
"""

from __future__ import annotations

import http.client
import re
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lambdabridge.gateway.environment import Environment
from lambdabridge.gateway.inspector.inspector import Inspector
from tests.wire import front_door, serving, whole_gateway

webdriver = pytest.importorskip("selenium.webdriver", reason="needs selenium: pip install -e '.[browser]'")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
pytestmark = pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="needs chromium and chromedriver on the PATH")

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
EVIL = "<img src=x onerror=document.title='run'><script>document.title='run'</script>"


def app(environ: Any, start_response: Any) -> list[bytes]:
    """WSGI: an answer that would be a script, were it put on the page as HTML."""
    print(EVIL)
    if environ["PATH_INFO"] == "/fails":
        raise SystemExit(EVIL)
    start_response("200 OK", [("Content-Type", "text/html"), ("X-Evil", EVIL)])
    return [EVIL.encode()]


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    yield driver
    driver.quit()


class Page:
    """The inspector's page, and the gateway behind it."""

    def __init__(self, browser: Any, inspector: Inspector, port: int) -> None:
        self.browser = browser
        self.inspector = inspector
        self.port = port

    def send(self, method: str, target: str, body: bytes = b"", **headers: str) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request(method, target, body, headers)
        connection.getresponse().read()
        connection.close()

    def open(self, fragment: str = "", width: int = 1280, scheme: str = "light") -> None:
        size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 500}
        self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        media = [{"name": "prefers-color-scheme", "value": scheme}]
        self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": media})
        self.browser.get("about:blank")
        self.browser.get(f"http://127.0.0.1:{self.port}/_lambdabridge/{fragment}")

    def find(self, css: str) -> Any:
        """Return an element; waits for it."""
        self.until(lambda: self.all(css))
        return self.all(css)[0]

    def all(self, css: str) -> list[Any]:
        return list(self.browser.find_elements("css selector", css))

    def texts(self, css: str) -> list[str]:
        script = "return [...document.querySelectorAll(arguments[0])].map((element) => element.textContent)"
        return list(self.browser.execute_script(script, css))

    def until(self, condition: Callable[[], Any]) -> None:
        deadline = time.monotonic() + 10
        while not condition():
            assert time.monotonic() < deadline, self.run("document.body.innerText")
            time.sleep(0.02)

    def run(self, script: str) -> Any:
        return self.browser.execute_script(f"return {script}")


@pytest.fixture
def page(browser: Any) -> Iterator[Page]:
    environment = Environment("tests.test_inspector_browser:app")
    inspector = Inspector("tests:app")
    environment.start()
    application = whole_gateway(front_door("http"), environment, inspector=inspector)
    browser.get_log("browser")
    with serving(application) as port:
        yield Page(browser, inspector, port)
        browser.get("about:blank")
    assert [entry["message"] for entry in browser.get_log("browser")] == []


def test_what_was_sent_is_shown_and_not_run(page: Page) -> None:
    page.inspector.output.wrap()
    page.send("POST", f"/{EVIL.replace(' ', '%20')}", EVIL.encode(), **{"x-evil": EVIL, "content-type": "text/html"})
    page.send("GET", "/fails")
    page.open("#1")
    page.find("#panel-http-response dl")
    assert page.texts("#requests .target") == ["/fails", f"/{EVIL.replace(' ', '%20')}"]
    assert page.texts("#requests .mark") == [f"the function failed: SystemExit: {EVIL}"]
    assert page.texts("#detail h2 > span") == ["200", f"POST /{EVIL.replace(' ', '%20')}"]
    assert page.texts("#detail h3 > span") == ["HTTP request", "Event", "Proxy response", "HTTP response", "Log"]
    assert page.texts(".body pre") == [EVIL, EVIL]
    assert page.texts(".log pre") == [EVIL]
    assert EVIL in page.texts("#panel-http-request dd")
    assert EVIL in page.texts("#panel-http-response dd")
    assert f'"body": "{EVIL}"' in page.texts("#panel-event li")
    assert page.run("document.title") == "lambdabridge: requests"
    assert page.all("main img, main script") == []


def test_requests_appear_while_one_looks(page: Page) -> None:
    page.open()
    page.until(lambda: page.texts("#none") == [f"No requests yet. Send one to http://127.0.0.1:{page.port}/"])
    page.send("GET", "/later")
    page.until(lambda: page.texts("#requests .target") == ["/later"])
    page.until(lambda: page.texts("#detail h2 > span") == ["200", "GET /later"])


def test_replay_and_clear(page: Page) -> None:
    page.send("POST", "/order", b"{}")
    page.open("#1")
    button = page.find(".actions button")
    button.click()
    assert button.text == "Send this POST again?"
    assert page.texts("#requests .target") == ["/order"]
    button.click()
    page.until(lambda: page.run("location.hash") == "#2")
    assert page.texts("#requests .target") == ["/order", "/order"]
    page.until(lambda: page.texts("#detail .facts")[0].endswith("again: no. 1"))
    page.find("#clear").click()
    page.until(lambda: page.texts("#requests .target") == [])


def test_curl_and_event_file(page: Page) -> None:
    page.send("GET", "/x")
    page.open("#1")
    assert page.find(".actions a").get_attribute("download") == "event-1.json"
    write = "{ writeText: async (text) => { window.copied = text; } }"
    page.run(f"void Object.defineProperty(navigator, 'clipboard', {{ value: {write} }})")
    page.all(".actions button")[1].click()
    page.until(lambda: page.run("window.copied"))
    assert page.run("window.copied").startswith("curl --include")
    page.run(
        "void Object.defineProperty(navigator.clipboard, 'writeText', { value: async () => { throw new Error(); } })"
    )
    page.all(".actions button")[1].click()
    assert page.find("#command").get_attribute("value") == page.run("window.copied")


def test_by_keys(page: Page) -> None:
    keys = webdriver.Keys
    for number in (1, 2, 3):
        page.send("GET", f"/{number}")
    page.open()
    page.find("#filter").send_keys(keys.TAB, keys.TAB, keys.ARROW_DOWN, keys.ARROW_DOWN, keys.ENTER)
    page.until(lambda: page.texts("#detail h2 > span") == ["200", "GET /1"])
    assert page.texts("[aria-current] .target") == ["/1"]
    page.find("#filter").send_keys("/2")
    page.until(lambda: page.texts("#requests .target") == ["/2"])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone(page: Page, scheme: str, tmp_path: Path) -> None:
    page.send("PUT", "/" + "x" * 500 + "?" + "y=1&" * 200, bytes(range(256)), cookie="z" * 1000)
    page.send("GET", "/fails")
    page.open("", 360, scheme)
    page.find("#requests a")
    assert page.run("document.documentElement.scrollWidth") == 360
    assert not page.find("#detail").is_displayed()
    page.all("#requests a")[1].click()
    page.find(".dump")
    assert page.run("document.documentElement.scrollWidth") == 360
    assert not page.find("#list").is_displayed()
    assert page.run("document.activeElement.tagName") == "H2"
    background = re.findall(r"\d+", page.run("getComputedStyle(document.body).backgroundColor"))
    assert (int(background[0]) < 128) == (scheme == "dark")
    page.find(".back").click()
    page.until(lambda: page.find("#list").is_displayed())


def test_two_hundred_requests_and_large_bodies(page: Page) -> None:
    for number in range(205):
        page.send("POST", f"/{number}", b"x" * 20_000)
    page.send("POST", "/large", b"x" * 3_000_000)
    page.open()
    page.until(lambda: len(page.texts("#requests a")) == 200)
    page.until(lambda: page.texts("#panel-http-request .note") == ["The first 64 KB of 2.9 MB."])
    assert page.texts("#panel-event .note") == ["Shortened here; the saved file is whole."]
    assert len(page.texts("#panel-http-request pre")[0]) == 64 * 1024
