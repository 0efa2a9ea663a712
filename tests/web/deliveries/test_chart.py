"""The chart of the last 30 days, and what the banner says above the other pages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask_babel import force_locale
from sqlalchemy import event

from hubsync.services import now
from hubsync.services.deliveries import transitions
from hubsync.services.deliveries.statistics import Counts
from hubsync.store import db, write_transaction
from hubsync.store.connections import Connection
from hubsync.store.deliveries import Delivery
from hubsync.web.shell.chart import HEIGHT, chart_of
from tests.kit import rows
from tests.kit.browser import Browser
from tests.kit.delivery_log import Log
from tests.kit.page import page_of, words

LIST = "/teams/acme/deliveries"
CALENDARS = "/teams/acme/calendars"
SAME_DAY = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


@pytest.fixture
def today() -> Iterator[time_machine.Coordinates]:
    with time_machine.travel(SAME_DAY, tick=False) as moment:
        yield moment


def test_a_bar_has_a_block_for_each_part_and_says_its_numbers(today: object, log: Log, owner: Browser) -> None:
    for state in ("posted", "posted", "duplicate", "failed", "partial", "skipped"):
        log.add(state)
    page = page_of(owner.get(LIST))
    assert words(page.select_one(".chart-legend")) == "posted 2 duplicate 1 failed or partly posted 2"
    days = page.select(".chart-bars g")
    assert len(days) == 30
    last = days[-1]
    assert words(last.select_one("title")) == "Nov 23: posted 2, duplicate 1, failed or partly posted 2"
    blocks = [(each.classes[0], float(str(each["y"])), float(str(each["height"]))) for each in last.select("rect")]
    assert blocks[1:] == [("part-posted", 36.0, 24.0), ("part-duplicate", 24.0, 12.0), ("part-failed", 0.0, 24.0)]
    assert words(page.select_one(".chart-table tbody tr")) == "Nov 23 2 1 2"
    drawing = page.select_one(".chart-bars")
    assert drawing is not None
    assert str(drawing["aria-label"]).startswith("Last 30 days: posted 2, duplicate 1")


def test_what_was_dismissed_stays_in_its_day_and_is_told_apart(today: object, log: Log, owner: Browser) -> None:
    failed = log.add("failed")
    log.add("posted")
    with log.app.app_context(), write_transaction() as session:
        transitions.dismiss(session, [session.get_one(Delivery, failed)], 1)
    page = page_of(owner.get(LIST))
    assert words(page.select_one(".chart-legend")) == (
        "posted 1 duplicate 0 failed or partly posted 0 dismissed 1"
    )
    last = page.select(".chart-bars g")[-1]
    assert words(last.select_one("title")) == "Nov 23: posted 1, dismissed 1"
    assert [each.classes[0] for each in last.select("rect")] == ["part-day", "part-posted", "part-dismissed"]
    assert words(page.select_one(".chart-table thead")).endswith("dismissed")
    assert words(page.select_one(".chart-table tbody tr")) == "Nov 23 1 0 0 1"
    with log.app.app_context(), write_transaction() as session:
        transitions.take_back_dismissal(session, [session.get_one(Delivery, failed)])
    legend = page_of(owner.get(LIST)).select_one(".chart-legend")
    assert words(legend) == "posted 1 duplicate 0 failed or partly posted 1"


def test_the_chart_is_of_the_chosen_calendar_and_of_what_a_member_may_see(
    today: object, log: Log, owner: Browser, member: Browser
) -> None:
    log.add("posted", "owner")
    log.add("failed", "member")
    theirs = f"{LIST}?calendar={log.calendars['member']}"
    for reader, address in ((owner, theirs), (member, LIST)):
        legend = page_of(reader.get(address)).select_one(".chart-legend")
        assert words(legend) == "posted 0 duplicate 0 failed or partly posted 1"


def test_the_chart_stands_on_the_first_page_only_and_not_above_a_search(
    today: object, log: Log, owner: Browser
) -> None:
    log.add("posted", search_email="mika@acme.com")
    assert page_of(owner.get(LIST)).select(".chart")
    assert not page_of(owner.get(f"{LIST}?before=99")).select(".chart")
    assert not page_of(owner.get(f"{LIST}?q=mika")).select(".chart")


def test_one_booking_is_seen_beside_many_and_no_block_leaves_the_drawing(log: Log, today: object) -> None:
    with log.app.test_request_context():
        chart = chart_of(Counts({}, [{"posted": 100_000, "duplicate": 1, "failed": 1}, {"posted": 1}, {}]))
    assert [len(day.blocks) for day in chart.days] == [3, 1, 0]
    for day in chart.days:
        assert all(block.height >= 1.5 and 0 <= block.y <= HEIGHT for block in day.blocks)
        tops = [HEIGHT, *(block.y for block in day.blocks)]
        bottoms = [block.y + block.height for block in day.blocks]  # none hides another
        assert bottoms == pytest.approx(tops[:-1], abs=0.02)


def test_days_are_named_as_the_reader_names_them(log: Log, today: object) -> None:
    with log.app.test_request_context(), force_locale("ja"):
        chart = chart_of(Counts({}, [{"posted": 1}]))
    assert chart.days[0].name == "11月23日"


# ---- the banner


def banner(reader: Browser, address: str = CALENDARS) -> str:
    found = page_of(reader.get(address)).select_one(".team-banner")
    return words(found) if found is not None else ""


def test_failures_are_said_on_every_page_with_the_way_to_them(log: Log, owner: Browser) -> None:
    assert banner(owner) == ""
    for state in ("failed", "failed", "partial", "waiting", "posted", "retrying", "skipped"):
        log.add(state)
    assert banner(owner) == (
        "4 bookings need a person: 2 failed, 1 is only partly posted, "
        "1 waits because HubSpot is not added to its calendar. Show them"
    )
    link = page_of(owner.get(CALENDARS)).select_one(".team-banner a")
    assert link is not None
    assert link["href"] == f"{LIST}?state=needs_a_person"
    assert banner(owner, LIST) == ""


def test_a_member_is_told_of_own_calendars_only(log: Log, member: Browser) -> None:
    log.add("failed", "owner")
    assert banner(member) == ""
    log.add("failed", "member")
    assert banner(member) == "1 booking needs a person: 1 failed. Show them"


def test_why_bookings_wait_is_said_where_it_is_one_reason_for_all(
    log: Log, owner: Browser, member: Browser
) -> None:
    log.add("waiting", "owner", reason="not_connected")
    log.add("waiting", "owner", reason="not_connected")
    with log.app.app_context(), write_transaction() as session:
        rows.add_mapping(session, log.calendars["owner"])
    assert "2 wait because HubSpot is not connected." in banner(owner)
    log.add("waiting", "member", reason="not_added")
    assert "3 bookings need a person: 3 wait to be posted." in banner(owner)
    assert "1 waits because HubSpot is not added to its calendar." in banner(member)
    log.connect()
    with log.app.app_context(), write_transaction() as session:
        rows.add_mapping(session, log.calendars["member"])
    assert "1 waits to be posted." in banner(member)


def test_what_was_dismissed_needs_nobody(log: Log, owner: Browser) -> None:
    delivery = log.add("failed")
    with log.app.app_context(), write_transaction() as session:
        transitions.dismiss(session, [session.get_one(Delivery, delivery)], 1)
    assert banner(owner) == ""


def test_without_access_what_waits_is_said_once_and_what_waits_for_a_mapping_not_at_all(
    log: Log, owner: Browser
) -> None:
    log.connect()
    with log.app.app_context(), write_transaction() as session:
        connection = session.query(Connection).one()
        connection.state, connection.lost_code, connection.lost_at = "lost", "access_lost", now()
        rows.add_mapping(session, log.calendars["owner"])
    log.add("waiting", "owner", reason="access_lost")
    log.add("waiting", "member", reason="not_added")
    log.add("failed")
    said = banner(owner)
    assert "1 booking waits to be posted. Open the HubSpot page 1 booking needs a person: 1 failed." in said


def test_the_banner_and_the_counter_take_one_query_of_numbers(log: Log, owner: Browser) -> None:
    log.add("failed")
    asked: list[str] = []
    with log.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note := lambda *facts: asked.append(facts[2]))
    owner.get(CALENDARS)
    event.remove(engine, "before_cursor_execute", note)
    assert len([each for each in asked if "GROUP BY delivery_counts.state" in each]) == 1


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("daily_limit", "HubSpot takes no more calls today: the account's daily limit was reached."),
        ("account_moving", "HubSpot is moving the account and takes nothing from it meanwhile."),
    ],
)
def test_a_pause_that_hubspot_ordered_is_said_with_its_end(
    log: Log, owner: Browser, code: str, sentence: str
) -> None:
    log.connect()
    where = "/teams/acme/settings/integrations/hubspot"
    assert "Posting goes on by itself" not in words(page_of(owner.get(where)))
    with log.app.app_context(), write_transaction() as session:
        connection = session.query(Connection).one()
        connection.paused_code, connection.paused_until = code, now() + timedelta(hours=2)
    page = page_of(owner.get(where))
    assert f"{sentence} Bookings are taken and kept. Posting goes on by itself at:" in words(page)
    with log.app.app_context(), write_transaction() as session:
        session.query(Connection).one().paused_until = now() - timedelta(seconds=1)
    assert "Posting goes on by itself" not in words(page_of(owner.get(where)))


@pytest.mark.parametrize("connected", [True, False])
def test_what_helps_is_the_filled_button_of_a_delivery_that_waits_for_access(
    log: Log, owner: Browser, connected: bool
) -> None:
    log.connect()
    if not connected:
        with log.app.app_context(), write_transaction() as session:
            session.query(Connection).one().state = "lost"
    delivery = log.add("waiting", reason="access_lost")
    page = page_of(owner.get(f"{LIST}/{delivery}"))
    filled = [words(each) for each in page.select(".page-actions .btn-primary")]
    assert filled == (["Retry"] if connected else ["Go to the HubSpot page"])
