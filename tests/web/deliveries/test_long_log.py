"""However many deliveries there are, each question of the log is answered by an index, and takes no more work."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import g
from sqlalchemy import JSON, bindparam, event, text

from hubsync.services.deliveries import search
from hubsync.services.deliveries.queries import list_wanted
from hubsync.store import db
from hubsync.store.columns import UtcDateTime
from hubsync.store.teams import Membership
from hubsync.web.deliveries.filters import read_narrowing
from tests.kit.browser import Browser
from tests.kit.delivery_log import STARTS, Log
from tests.kit.page import page_of, words
from tests.web.deliveries.test_log import LIST, shown

FILL = (
    """INSERT INTO bookings (id, team_id, calendar_id, source, external_id, guest_name, guest_email,
        guest_time_zone, starts_at, ends_at, host, answers, url_params, created_at)
    WITH RECURSIVE n(n) AS (SELECT CAST(:first AS INTEGER) UNION ALL SELECT n + 1 FROM n WHERE n < :last)
    SELECT n, :team, CASE n % 2 WHEN 0 THEN :theirs ELSE :calendar END, 'page', 'x' || n, 'Guest', '', '', :at,
        :at, '', :nothing, :nothing, :at FROM n""",
    """INSERT INTO deliveries (id, team_id, calendar_id, booking_id, state, reason, created_at, attempts_used,
        search_email, search_company, dismissed_at, lease_owner, hubspot_account_id, company, company_id,
        company_matches, contact, contact_id, association, remarks)
    SELECT id, team_id, calendar_id, id, CASE id % 5 WHEN 0 THEN 'failed' WHEN 1 THEN 'partial' ELSE 'posted' END,
        '', :at, 0, 'guest' || (id % 3) || '@acme.com', 'company ' || id, CASE id % 7 WHEN 0 THEN :at END,
        '', '', '', '', 0, '', '', '', :none FROM bookings WHERE id >= :first""",
)
TYPED = (
    bindparam("at", STARTS, UtcDateTime),
    bindparam("nothing", {}, JSON),
    bindparam("none", [], JSON),
)
ASKED: list[dict[str, Any]] = [
    {},
    {"state": "failed"},
    {"state": "needs_a_person"},
    {"state": "dismissed"},
    {"state": "waiting"},
    {"q": "guest"},
    {"q": "guest1"},
    {"q": "nobody"},
    {"q": "guest1@acme.com", "by": "email_is"},
    {"q": "comp", "by": "company"},
    {"q": "company 7", "by": "company_is"},
    {"q": "guest", "state": "failed"},
    {"q": "guest1@acme.com", "by": "email_is", "state": "dismissed"},
    {"q": "guest", "state": "waiting"},
]


def fill(log: Log, first: int, last: int) -> None:
    calendars = {"calendar": log.calendars["owner"], "theirs": log.calendars["member"]}
    asked = {"team": log.team_id, **calendars, "first": first, "last": last}
    with log.app.app_context(), db.engine.begin() as connection:
        for statement in FILL:
            typed = [each for each in TYPED if f":{each.key}" in statement]
            named = {name: value for name, value in asked.items() if re.search(rf":{name}\b", statement)}
            connection.execute(text(statement).bindparams(*typed), named)
        if connection.dialect.name == "postgresql":  # where ids that are given leave the next one as it was
            for table in ("bookings", "deliveries"):
                connection.execute(text(f"SELECT setval('{table}_id_seq', max(id)) FROM {table}"))


def addresses(log: Log) -> list[dict[str, Any]]:
    """Each question, of the first page and of one deep down, of the team and of one calendar."""
    calendar = {"calendar": log.calendars["owner"]}
    return [{**asked, **more} for asked in ASKED for more in ({}, {"before": 203}, {"before": 15_001}, calendar)]


@contextmanager
def statements(log: Log) -> Iterator[list[tuple[str, Any]]]:
    """The statements about deliveries, with their values."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_more: Any) -> None:
        if "FROM deliveries" in statement:
            asked.append((statement, values))

    with log.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield asked
    event.remove(engine, "before_cursor_execute", note)


@pytest.mark.sqlite("reads the plan of a query; PostgreSQL's changes with the number of rows")
@pytest.mark.slow
@pytest.mark.parametrize("who", ["owner", "member"])
def test_every_question_of_the_log_is_answered_by_an_index_and_nothing_is_sorted(
    log: Log, request: pytest.FixtureRequest, who: str
) -> None:
    reader: Browser = request.getfixturevalue(who)
    fill(log, 1, 400)
    with statements(log) as asked:
        for each in addresses(log):
            if who == "owner" or each.get("calendar") is None:
                page_of(reader.get(LIST, query_string=each))
    assert len(asked) > 40
    told = set()
    with log.app.app_context(), db.engine.connect() as connection:
        for statement, values in asked:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
            told.update((row.detail, "UNION" in statement) for row in plan)
    read = {detail for detail, _union in told if re.search(r"\bdeliveries\b", detail)}
    good = re.compile(r"SEARCH deliveries USING ((COVERING )?INDEX ix_deliveries_\w+|INTEGER PRIMARY KEY) \(")
    assert [detail for detail in read if not good.match(detail)] == []
    assert any("ix_deliveries_team_email" in detail or "ix_deliveries_calendar_email" in detail for detail in read)
    # Only where several lists are put together, a page of each, is anything sorted.
    assert [detail for detail, union in told if "TEMP B-TREE" in detail and not union] == []


@pytest.mark.sqlite("counts the steps of a query")
@pytest.mark.slow
@pytest.mark.parametrize("who", ["owner", "member"])
def test_a_page_of_the_log_takes_no_more_work_in_a_log_many_times_as_long(log: Log, who: str) -> None:
    def work(**asked: Any) -> int:
        """Steps that SQLite makes for the page: https://www.sqlite.org/c3ref/progress_handler.html"""
        steps = 0

        def step() -> int:
            nonlocal steps
            steps += 10
            return 0

        with log.app.test_request_context(f"{LIST}?{urlencode(asked)}"):
            membership = db.session.query(Membership).filter_by(team_id=log.team_id, role=who).one()
            g.membership = membership
            wanted = read_narrowing().wanted
            dbapi = db.session.connection().connection.dbapi_connection
            assert isinstance(dbapi, sqlite3.Connection)
            dbapi.set_progress_handler(step, 10)
            list_wanted(membership, wanted, asked.get("before"))
            dbapi.set_progress_handler(None, 0)
        return steps

    questions = [each for each in addresses(log) if who == "owner" or "calendar" not in each]
    enough = 8 * search.LOOKED_AT
    fill(log, 1, enough)
    before = {str(each): work(**each) for each in questions}
    fill(log, enough + 1, 4 * enough)
    after = {str(each): work(**each) for each in questions}
    assert {each: (before[each], after[each]) for each in after if after[each] > 1.5 * before[each] + 300} == {}
    assert min(after.values()) > 0
    # Deep in a text that many have, nothing is stepped through again.
    assert after[str({"q": "guest", "before": 15_001})] < 3 * after[str({"q": "guest"})] + 1000


@pytest.mark.slow
def test_a_narrowed_search_looks_at_so_many_rows_and_says_where_to_go_on(log: Log, owner: Browser) -> None:
    looked_at = search.LOOKED_AT
    fill(log, 1, looked_at + 10)
    last = log.add("waiting", search_email="guest9@acme.com")
    page = page_of(owner.get(f"{LIST}?q=guest&state=waiting"))
    assert shown(page) == []
    assert "So far only a part was looked through." in words(page.select_one(".empty"))
    on = page.select_one("a[rel=next]")
    assert on is not None
    assert words(on) == "Look through more"
    assert shown(page_of(owner.get(str(on["href"])))) == [last]
