"""Press the buttons of the log as a browser does, and look at what became of it."""

from __future__ import annotations

from typing import Any

from werkzeug.test import TestResponse

from hubsync.services.deliveries import statistics
from hubsync.store import db
from hubsync.store.deliveries import Delivery
from hubsync.store.teams import AuditEntry, Membership
from tests.kit.browser import Browser
from tests.kit.delivery_log import Log
from tests.kit.page import Element, page_of, words
from tests.web.deliveries.test_log import LIST


def followed(reader: Browser, answer: TestResponse) -> Element:
    assert answer.status_code == 302, answer.text
    return page_of(reader.get(answer.location))


def the_form(page: Element, where: str) -> Element:
    found = page.select_one(where)
    assert found is not None, words(page)
    return found


def choose(reader: Browser, button: str, ids: list[int] | None, address: str = LIST) -> Element:
    """Tick deliveries of the list, or choose all of it, and press a button: the page that asks."""
    form = the_form(page_of(reader.get(address)), "form.choosing")
    for box in form.select("input[name=id]"):
        if ids is not None and int(str(box["value"])) in ids:
            box["checked"] = ""
    for way in form.select("input[name=which]"):
        del way["checked"]
        if way["value"] == ("all" if ids is None else "chosen"):
            way["checked"] = ""
    return page_of(reader.submit(form, button))


def marks(log: Log) -> dict[int, int | None]:
    """Who dismissed what."""
    with log.app.app_context():
        return {each.id: each.dismissed_by_id for each in db.session.query(Delivery) if each.dismissed_at}


def trail(log: Log) -> list[tuple[str, dict[str, Any]]]:
    with log.app.app_context():
        return [(each.action, each.details) for each in db.session.query(AuditEntry).order_by(AuditEntry.id)]


def counts(log: Log) -> dict[str, int]:
    with log.app.app_context():
        membership = db.session.query(Membership).filter_by(team_id=log.team_id, role="owner").one()
        return statistics.count_by_state(membership)
