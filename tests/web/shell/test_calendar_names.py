"""Two calendars of one name are told apart wherever several are listed."""

from __future__ import annotations

import csv
import io

import pytest

from hubsync.domain.roles import Role
from hubsync.services import now
from hubsync.services.calendars.archive import archive_calendar
from hubsync.services.calendars.calendars import NamedCalendar
from hubsync.services.mapping.storage import switch_active
from hubsync.store import db, write_transaction
from hubsync.store.calendars import Calendar
from hubsync.store.people import Person
from hubsync.web.shell.calendar_names import tell_apart
from tests.kit import rows
from tests.kit.connected_team import ConnectedTeam, connected_team
from tests.kit.page import Element, words

__all__ = ["connected_team"]

LIST = "/teams/acme/calendars"
LOG = "/teams/acme/deliveries"
HUBSPOT = "/teams/acme/settings/integrations/hubspot"


def make(connected_team: ConnectedTeam, source: str = "signed_json", owner: str = "owner@acme.example") -> int:
    """One more calendar called "Intro call"."""
    with connected_team.app.app_context(), write_transaction() as session:
        number = session.query(Calendar).count()
        owner_id = session.query(Person.id).filter_by(email=owner).scalar()
        columns = {"source": source, "external_id": f"external-{number}", "time_zone": "UTC"}
        calendar = rows.add_calendar(session, connected_team.team_id, owner_id, f"slug-{number}", **columns)
        rows.add_mapping(session, calendar.id)
        return calendar.id


def offered(shown: Element) -> list[str]:
    return [words(option) for option in shown.select("select[name=calendar] option")][1:]


@pytest.mark.parametrize(
    ("others", "told"),
    [
        ([], ["Intro call"]),
        ([("signed_json", "Mika")], ["Intro call", "Intro call (Signed JSON)"]),
        ([("page", "Rei")], ["Intro call (Mika)", "Intro call (Rei)"]),
        ([("page", "Mika")], ["Intro call (#1)", "Intro call (#2)"]),
        (
            [("signed_json", "Mika"), ("of-old", "Mika"), ("signed_json", "Rei")],
            [
                "Intro call",
                "Intro call (Signed JSON, Mika)",
                "Intro call (of-old)",
                "Intro call (Signed JSON, Rei)",
            ],
        ),
        (
            [("page", "Rei"), ("page", "Rei")],
            ["Intro call (Mika)", "Intro call (Rei, #2)", "Intro call (Rei, #3)"],
        ),
    ],
)
def test_of_one_name_the_source_is_added_then_the_owner_then_the_number(
    connected_team: ConnectedTeam, others: list[tuple[str, str]], told: list[str]
) -> None:
    found = [
        NamedCalendar(number, "Intro call", *each)
        for number, each in enumerate([("page", "Mika"), *others], start=1)
    ]
    alone = NamedCalendar(99, "Demo", "signed_json", "Mika")
    with connected_team.app.test_request_context():
        assert tell_apart([*found, alone]) == dict(zip(range(1, 9), told, strict=False)) | {99: "Demo"}


def test_every_list_of_calendars_tells_them_apart(connected_team: ConnectedTeam) -> None:
    other = make(connected_team)
    connected_team.owner.press(connected_team.editor)
    both = ["Intro call", "Intro call (Signed JSON)"]
    assert [words(each) for each in connected_team.owner.open(LIST).select("tbody strong")] == both
    shown = connected_team.owner.open(HUBSPOT).select("[aria-labelledby=calendars-using] li > a")
    assert [words(each) for each in shown] == both
    copied = connected_team.owner.open(f"{connected_team.editor}/copy").select(".copy-sources li > span")
    assert [words(each) for each in copied] == ["Intro call (Signed JSON)"]
    with connected_team.app.app_context(), write_transaction() as session:
        session.get_one(Calendar, other).archived_at = now()
    archived = connected_team.owner.open(LIST)
    assert "Intro call (Signed JSON)" in words(archived.select_one("details.disclosure"))


def test_the_log_tells_them_apart_in_its_filter_and_its_rows(connected_team: ConnectedTeam) -> None:
    make(connected_team)
    connected_team.owner.press(connected_team.editor)
    connected_team.book()
    log = connected_team.owner.open(LOG)
    assert offered(log) == ["Intro call", "Intro call (Signed JSON)"]
    assert words(log.select_one("td[data-label=Calendar]")) == "Intro call"
    make(connected_team, source="page")
    log = connected_team.owner.open(LOG)
    assert offered(log) == ["Intro call (#1)", "Intro call (Signed JSON)", "Intro call (#3)"]
    assert words(log.select_one("td[data-label=Calendar]")) == "Intro call (#1)"
    file = connected_team.owner.get(f"{LOG}/export.csv").data.decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(file, newline=""))
    assert (row["Calendar"], row["Booking source"]) == ("Intro call", "booking page")


def test_a_member_is_told_nothing_of_colleagues_calendars(connected_team: ConnectedTeam) -> None:
    member = connected_team.add_person("member@acme.example", Role.MEMBER)
    make(connected_team, owner="member@acme.example")
    assert [words(each) for each in member.open(LIST).select("tbody strong")] == ["Intro call"]
    with connected_team.app.app_context():
        assert db.session.query(Calendar).count() == 2


def test_the_audit_trail_tells_them_apart_and_keeps_the_names_of_then(connected_team: ConnectedTeam) -> None:
    other = make(connected_team)
    connected_team.owner.press(connected_team.editor)
    with connected_team.app.app_context():
        for each in (connected_team.calendar_id, other):
            switch_active(each, active=False)
            archive_calendar(each)
    trail = "/teams/acme/settings/audit-trail"
    told = words(connected_team.owner.open(trail).select_one("tbody"))
    for name in ("Intro call", "Intro call (Signed JSON)"):
        assert f"paused HubSpot for the calendar {name}." in told
        assert f"archived the calendar {name}." in told
    with connected_team.app.app_context(), write_transaction() as session:
        session.get_one(Calendar, other).name = "First meeting"
    assert "First meeting" not in words(connected_team.owner.open(trail).select_one("tbody"))
