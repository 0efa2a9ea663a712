"""The address and secret of signed JSON, and the examples as people copy them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from flask import Flask

from hubsync.errors import ProofMissing
from hubsync.services.operations import demo_data
from hubsync.services.sources import endpoints
from hubsync.sources.registry import SOURCES
from hubsync.store import db
from hubsync.store.bookings import BookingRecord
from hubsync.store.sources import IntakeEndpoint
from tests.kit.browser import Browser
from tests.kit.listening import listening
from tests.kit.page import Element, words

PAGE = "/teams/acme/settings/integrations/signed-json"
SOURCE = SOURCES["signed_json"]


@dataclass
class Served:
    """The page right after the address was made, of an app that really listens there."""

    app: Flask
    page: Element

    def value(self, name: str) -> str:
        return str(self.page.select_one(f"#{name}")["value"])

    def run(self, example: str, *command: str) -> subprocess.CompletedProcess[str]:
        """Run an example as copied from the page."""
        script = self.page.select_one(f"#{example}").get_text()
        local = script.replace("http://localhost:8000", f"http://127.0.0.1:{self.port}")
        environment = {"PATH": os.environ["PATH"], "HUBSYNC_JSON_SECRET": self.value("secret")}
        return subprocess.run([*command, local], env=environment, capture_output=True, text=True, timeout=30)

    port: int = 0


def make(owner: Browser, page: str = PAGE) -> Element:
    """The page that shows what the press on *page* has made."""
    return owner.open(owner.post(page, page=page).headers["Location"])


@pytest.fixture
def served(app: Flask, owner: Browser) -> Iterator[Served]:
    made = make(owner)
    with listening(app) as port:
        yield Served(app, made, port)


def bookings(app: Flask) -> list[str]:
    with app.app_context():
        return [row.external_id for row in db.session.query(BookingRecord)]


def test_the_python_example_sends_a_booking(served: Served) -> None:
    ran = served.run("python-example", sys.executable, "-c")
    assert '"delivery"' in ran.stdout, ran.stderr
    assert len(bookings(served.app)) == 1


def test_the_examples_make_no_second_calendar_of_the_demos_name(served: Served) -> None:
    for example in ("python-example", "curl-example"):
        script = served.page.select_one(f"#{example}").get_text()
        assert "First meeting" in script
        assert demo_data.CALENDAR not in script


@pytest.fixture
def programs_of_the_example() -> None:
    """The example on the page is run as it stands, by a shell, and signs with openssl what it sends with curl.

    Where one of them is not installed there is nothing to run it with, and the test is skipped; with
    HUBSYNC_EXAMPLES=required, as in .ci/run, it fails instead.
    """
    missing = [program for program in ("curl", "openssl") if shutil.which(program) is None]
    if not missing:
        return
    reason = f"the example on the page calls {' and '.join(missing)}, not installed here"
    if os.environ.get("HUBSYNC_EXAMPLES") == "required":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.mark.usefixtures("programs_of_the_example")
def test_the_curl_example_sends_a_booking(served: Served) -> None:
    ran = served.run("curl-example", "sh", "-c")
    assert '"delivery"' in ran.stdout, ran.stdout + ran.stderr
    assert len(bookings(served.app)) == 1


def test_the_secret_is_shown_once_and_stored_sealed(app: Flask, owner: Browser) -> None:
    made = make(owner)
    secret = str(made.select_one("#secret")["value"])
    assert re.fullmatch(r"whsec_[A-Za-z0-9+/]{43}=", secret)  # as Standard Webhooks' tools expect one
    again = owner.open(PAGE)
    assert again.select_one("#secret") is None
    assert secret not in str(again)
    assert again.select_one("#address")["value"] == made.select_one("#address")["value"]
    with app.app_context():
        assert secret not in db.session.query(IntakeEndpoint).one().secret_sealed


def test_making_twice_keeps_the_first_secret(app: Flask, owner: Browser) -> None:
    made = make(owner)
    token = str(made.select_one("#address")["value"]).rsplit("/", 1)[-1]
    assert owner.post(PAGE, page=f"{PAGE}/secret").headers["Location"] == PAGE
    assert "There is an address already" in words(owner.open(PAGE))
    with app.app_context():
        (secret,) = endpoints.find_endpoint(SOURCE, token).secrets
    assert secret == made.select_one("#secret")["value"]


def test_a_new_secret_is_asked_for_and_the_old_one_counts_for_a_day_more(app: Flask, owner: Browser) -> None:
    made = make(owner)
    old = str(made.select_one("#secret")["value"])
    token = str(made.select_one("#address")["value"]).rsplit("/", 1)[-1]
    assert "The old secret counts for a day more" in words(owner.open(f"{PAGE}/secret"))
    renewed = make(owner, f"{PAGE}/secret")
    new = str(renewed.select_one("#secret")["value"])
    assert new != old
    with app.app_context():
        assert endpoints.find_endpoint(SOURCE, token).secrets == (new, old)


def test_an_address_is_found_under_its_own_source_only(app: Flask, owner: Browser) -> None:
    made = make(owner)
    token = str(made.select_one("#address")["value"]).rsplit("/", 1)[-1]
    with app.app_context():
        for source, asked in ((replace(SOURCE, name="other"), token), (SOURCE, "unknown"), (SOURCE, "")):
            with pytest.raises(ProofMissing):
                endpoints.find_endpoint(source, asked)


def test_a_new_secret_without_an_address_is_not_found(owner: Browser) -> None:
    assert owner.post(f"{PAGE}/secret", page=PAGE).status_code == 404
