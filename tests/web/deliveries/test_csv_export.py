"""The log as a CSV file: what the list shows, no cell a formula, read in portions."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from hubsync.services.deliveries import dismissals, export, search
from hubsync.services.deliveries.search import DeliveryFilter, SearchTerm
from hubsync.store import db, write_transaction
from hubsync.store.deliveries import Delivery
from tests.kit.browser import Browser
from tests.kit.delivery_log import STARTS, Log, begin_log
from tests.kit.page import page_of
from tests.web.deliveries.test_long_log import fill

EXPORT = "/teams/acme/deliveries/export.csv"
FORMULAS = (
    '=HYPERLINK("http://evil.example","x")',
    "+1+1",
    "-2+3",
    "@SUM(1)",
    "\t1+1",
    "\r1+1",
    "\n1+1",
    "\0=1+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(1)",
    " =1+1",
)


def rows(reader: Browser, **asked: object) -> list[dict[str, str]]:
    answer = reader.get(EXPORT, query_string=asked)
    assert answer.status_code == 200, answer.text
    assert answer.data.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))


def test_a_line_tells_what_became_of_the_booking(log: Log, owner: Browser) -> None:
    log.connect(account="1234567", ui_domain="app-eu1.hubspot.com")
    delivery = log.add(
        "partial",
        source="signed_json",
        reason="record_refused",
        answers={str(log.questions()["Company Name"]): "Acme株式会社"},
        hubspot_account_id="1234567",
        company="refused",
        contact="created",
        contact_id="551",
        association="none",
        dismissed_at=STARTS + timedelta(hours=1),
    )
    for minutes in (1, 2):
        log.attempt(delivery, started_at=STARTS + timedelta(minutes=minutes))
    (row,) = rows(owner)
    assert row == {
        "Delivery": str(delivery),
        "Completed at": "2026-11-23T01:00:00+00:00",
        "Calendar": "Calendar of the owner",
        "State": "partly posted",
        "Dismissed at": "2026-11-23T02:00:00+00:00",
        "Reason": "HubSpot refused the record.",
        "Guest": "Mika Sato",
        "E-mail": "mika@acme.example",
        "Company": "Acme株式会社",
        "HubSpot company id": "",
        "HubSpot company": "",
        "HubSpot contact id": "551",
        "HubSpot contact": "http://app-eu1.hubspot.com/contacts/1234567/record/0-1/551",
        "Association": "none",
        "Attempts": "2",
        "Last attempt at": "2026-11-23T01:02:00+00:00",
        "Booking source": "Signed JSON",
        "Starts at": "2026-11-23T01:00:00+00:00",
        "Ends at": "2026-11-23T01:30:00+00:00",
        "Moved at": "",
        "Cancelled at": "",
        "No-show at": "",
    }


def test_no_cell_is_a_formula_whatever_a_guest_typed(log: Log, owner: Browser) -> None:
    company = str(log.questions()["Company Name"])
    with log.app.app_context():
        takes_nul = db.engine.dialect.name == "sqlite"
    typed = [each for each in FORMULAS if takes_nul or "\0" not in each]
    for formula in typed:
        log.add("posted", guest_name=formula, guest_email=f"{formula}@x.com", answers={company: formula})
    found = rows(owner)
    assert len(found) == len(typed)
    for row, formula in zip(found, reversed(typed), strict=True):
        assert row["Guest"] == row["Company"] == f"'{formula}"
        assert all(not cell.lstrip(" ").startswith(tuple("=+-@\t\r\n\0＝＋－＠")) for cell in row.values())


def test_no_cell_begins_a_formula_where_semicolons_separate(log: Log, owner: Browser) -> None:
    given = "x;=1+1;y", "x; @SUM(1)", "x\n-1", "x\r\n＝1", "a=b; c-d, e@f.example\n1+1"
    for name in given:
        log.add("posted", guest_name=name)
    found = [row["Guest"] for row in reversed(rows(owner))]
    assert found == ["x;'=1+1;y", "x; '@SUM(1)", "x\n'-1", "x\r\n'＝1", given[-1]]


def test_quotes_commas_and_line_ends_stay_in_their_cell(log: Log, owner: Browser) -> None:
    name = 'Mika "the one", Sato\nand\r\nfriends'
    log.add("posted", guest_name=name)
    answer = owner.get(EXPORT)
    assert rows(owner)[0]["Guest"] == name
    assert answer.text.count('"') % 2 == 0
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="deliveries-acme-20')
    assert answer.mimetype == "text/csv"
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_file_has_what_the_list_shows(log: Log, owner: Browser) -> None:
    failed = log.add("failed", search_email="mika@acme.com")
    theirs = log.add("failed", "member", search_email="ken@acme.com")
    log.add("posted", search_email="mika@acme.com")
    ids = [[int(row["Delivery"]) for row in rows(owner, **asked)] for asked in (
        {"state": "failed"}, {"q": "mika", "state": "failed"}, {"calendar": log.calendars["member"]},
        {"state": "waiting"},
    )]  # fmt: skip
    assert ids == [[theirs, failed], [failed], [theirs], []]


def test_a_member_and_another_team_get_only_what_they_may_see(log: Log, owner: Browser, member: Browser) -> None:
    log.add("failed", "owner")
    own = log.add("failed", "member")
    begin_log(log.app, "globex").add("failed")
    assert [int(row["Delivery"]) for row in rows(member)] == [own]
    assert len(rows(owner)) == 2
    assert owner.get("/teams/globex/deliveries/export.csv").status_code == 404


def test_a_long_log_is_read_in_portions_and_nobody_waits_for_the_reader(log: Log, owner: Browser) -> None:
    number = 3 * export.PORTION + 5
    fill(log, 1, number)
    open_at_yield: list[bool] = []
    with log.app.app_context():
        membership = db.session.query(search.Membership).filter_by(role="owner").one()
        sizes = []
        for portion in export.read_portions(membership, search.DeliveryFilter()):
            sizes.append(len(portion))
            open_at_yield.append(db.session().in_transaction())
    assert sizes == [export.PORTION] * 3 + [5]
    assert open_at_yield == [False] * 4
    statements: list[str] = []
    with log.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note := lambda *facts: statements.append(facts[2]))
    found = rows(owner, state="posted")
    event.remove(engine, "before_cursor_execute", note)
    assert len({row["Delivery"] for row in found}) == len(found) > export.PORTION
    assert len(statements) < 40


def test_the_list_leads_to_its_file(log: Log, owner: Browser) -> None:
    log.add("failed", search_email="mika@acme.com")
    log.add("failed", search_email="ken@acme.com")
    page = page_of(owner.get("/teams/acme/deliveries?state=failed&q=mika"))
    link = page.select_one("a[download]")
    assert link is not None
    address = str(link["href"])
    assert address.startswith(f"{EXPORT}?state=failed&find=")
    assert len(owner.get(address).text.splitlines()) == 2, "the head and the one that is searched for"


@pytest.mark.parametrize("unknown", ["state=happy", "calendar=999", "by=name&q=x"])
def test_an_unknown_filter_is_not_found(log: Log, owner: Browser, unknown: str) -> None:
    assert owner.get(f"{EXPORT}?{unknown}").status_code == 404


@pytest.mark.parametrize("narrowed", [{"dismissed": True}, {"sought": SearchTerm("email", "mika")}])
def test_nothing_is_told_twice_when_the_last_one_of_a_portion_goes_meanwhile(
    log: Log, narrowed: dict[str, Any]
) -> None:
    ids = [log.add("failed", search_email=f"mika{number}@acme.com") for number in range(6)]
    with log.app.app_context():
        membership = db.session.query(search.Membership).filter_by(role="owner").one()
        dismissals.dismiss_these(membership, ids)
        walked: list[int] = []
        for portion in search.walk(membership, DeliveryFilter(**narrowed), 2):
            walked += portion
            with write_transaction() as session:  # taken back by a colleague, or no longer found by this address
                last = session.get_one(Delivery, portion[-1])
                last.dismissed_at, last.search_email = None, "rei@acme.com"
    assert sorted(walked) == ids
