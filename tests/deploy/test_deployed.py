"""Each example, deployed by SAM and by CDK to an emulator on this machine, and asked over HTTP at the stack's own URL.

What the emulator gets wrong is in EMULATOR, with the reason; where it has learnt it, that entry fails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.deploy import emulator, scenarios
from tests.deploy.scenarios import Site
from tests.deploy.stacks import bootstrap, cdk_deploy, sam_deploy
from tests.deploy.targets import CDK_APPS, TEMPLATES, prepared

if not emulator.PYTHON:
    pytest.skip("ministack's environment is not named: python3 dev.py deploy", allow_module_level=True)

EXAMPLES = [target for target in (*TEMPLATES, *CDK_APPS) if "/" in target]
DEPLOYED = [*EXAMPLES, "flask/template-url.yaml", "flask/infra/url.py"]
EMULATOR = {
    (
        "sam",
        "rest",
        "preflight",
    ): "of a body's MOCK integration it imports no responses, which are the preflight's headers",
    ("cdk", "http", "preflight"): "it keeps CorsConfiguration in CloudFormation's spelling, and looks for its API's",
}


def tool_and_api(target: str) -> tuple[str, str]:
    """Return the tool that deploys a target, and what is in front of its function."""
    apis = [api for word, api in {"rest": "rest", "url": "function-url"}.items() if word in target.rpartition("/")[2]]
    return ("cdk" if target.endswith(".py") else "sam"), (apis[0] if apis else "http")


def cases() -> Iterator[Any]:
    for target in DEPLOYED:
        listed = scenarios.DYNAMODB if target.startswith("dynamodb_manager/") else scenarios.PAGES
        for scenario in listed:
            reason = EMULATOR.get((*tool_and_api(target), scenario.__name__))
            marks = [pytest.mark.xfail(reason=reason, strict=True)] if reason else []
            yield pytest.param(target, scenario, id=f"{target} {scenario.__name__}", marks=marks)


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[emulator.Account]:
    with emulator.started(tmp_path_factory.mktemp("ministack")) as account:
        yield account


@pytest.fixture(scope="module")
def deploy(account: emulator.Account, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """Return a function that deploys a target, when it is first asked for it, and returns its stack's URL."""

    @cache
    def bootstrap_once() -> None:
        bootstrap(account, tmp_path_factory.mktemp("bootstrap"))

    @cache
    def deployed(target: str) -> str | AssertionError:
        try:
            return url_of(target)
        except AssertionError as error:  # said once at length, and not tried again for each scenario
            return error

    def url_of(target: str) -> str:
        tool, api = tool_and_api(target)
        example, folder = target.partition("/")[0], tmp_path_factory.mktemp("project")
        if tool == "cdk":
            bootstrap_once()
            outputs = cdk_deploy(account, prepared(target, folder, "--cdk"))
        else:
            outputs = sam_deploy(account, prepared(target, folder), f"sam-{example}-{api}".replace("_", "-"))
        found = urlsplit(outputs["Url"])  # some that the emulator makes have http and its port; on AWS none has
        return f"https://{found.hostname}{found.path}"

    def deploy(target: str) -> str:
        url = deployed(target)
        if isinstance(url, AssertionError):
            raise url
        return url

    return deploy


@pytest.mark.parametrize(("target", "scenario"), list(cases()))
def test_a_client_gets_what_the_application_says(
    deploy: Callable[[str], str], account: emulator.Account, target: str, scenario: scenarios.Scenario
) -> None:
    site = Site(deploy(target), account.port)
    site.ask("GET", "")  # a visitor has seen the page, and has its cookies
    scenario(site)
