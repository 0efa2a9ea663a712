"""A calendar is put away and taken back, or deleted for good."""

from __future__ import annotations

import io

from hubsync.domain.roles import Role
from hubsync.services.imports import uploads
from hubsync.store import db
from hubsync.store.bookings import BookingRecord
from hubsync.store.calendars import Calendar, QuestionRow
from hubsync.store.deliveries import Delivery
from hubsync.store.mappings import MappingRecord
from hubsync.store.teams import AuditEntry
from tests.kit.connected_team import ConnectedTeam, connected_team
from tests.kit.imports import file_of
from tests.kit.page import read_page, words
from tests.kit.settings import BASE_URL

__all__ = ["connected_team"]

LIST = "/teams/acme/calendars"


def token(connected_team: ConnectedTeam) -> list[tuple[str, str]]:
    field = connected_team.owner.open(connected_team.advanced).select_one("main input[name=csrf_token]")
    assert field is not None
    return [("csrf_token", str(field["value"]))]


def booking_page(connected_team: ConnectedTeam) -> str:
    with connected_team.app.app_context():
        return f"/book/{db.session.get_one(Calendar, connected_team.calendar_id).slug}"


def counted(connected_team: ConnectedTeam) -> list[int]:
    with connected_team.app.app_context():
        tables = (Calendar, QuestionRow, MappingRecord, BookingRecord, Delivery)
        return [db.session.query(table).count() for table in tables]


def test_an_archived_calendar_takes_no_bookings_until_it_is_taken_back(connected_team: ConnectedTeam) -> None:
    one, guest, address = (
        f"{LIST}/{connected_team.calendar_id}",
        connected_team.app.test_client(),
        booking_page(connected_team),
    )
    form = guest.get(address, base_url=BASE_URL)
    answer = connected_team.owner.send(f"{one}/archive", token(connected_team))
    assert answer.status_code == 302
    closed = guest.get(address, base_url=BASE_URL)
    assert (closed.status_code, "This booking page is closed" in closed.text) == (410, True)
    fields = {str(each["name"]): str(each.get("value", "")) for each in read_page(form).select("form input[name]")}
    assert guest.post(address, data=fields, base_url=BASE_URL).status_code == 410
    shown = connected_team.owner.open(LIST)
    assert "1 archived calendar Intro call" in words(shown.select_one("details.disclosure"))
    assert shown.select_one("table") is None
    assert "is archived" in words(connected_team.owner.open(one))
    assert counted(connected_team) == [1, 4, 0, 0, 0]

    assert connected_team.owner.send(f"{one}/restore", token(connected_team)).status_code == 302
    assert guest.get(address, base_url=BASE_URL).status_code == 200
    assert connected_team.owner.open(LIST).select_one("details.disclosure") is None
    with connected_team.app.app_context():
        actions = [(each.action, each.person_shown, each.details) for each in db.session.query(AuditEntry)]
    named = {"calendar": "Intro call", "calendar_id": connected_team.calendar_id}
    assert [each for each in actions if each[0].startswith("calendar")] == [
        ("calendar_archived", "owner@acme.example", named),
        ("calendar_restored", "owner@acme.example", named),
    ]


def test_a_booking_that_was_under_way_when_the_calendar_was_archived_is_not_kept(
    connected_team: ConnectedTeam,
) -> None:
    """The form's own page is closed too, so a guest is not told of a booking nobody will hold."""
    address, guest = booking_page(connected_team), connected_team.app.test_client()
    free = read_page(guest.get(address, base_url=BASE_URL)).select("a.btn-time")[0]
    shown = read_page(guest.get(str(free["href"]), base_url=BASE_URL))
    fields = {str(each["name"]): str(each.get("value", "")) for each in shown.select("form input[name]")}
    labels = {name: f"question-{row.id}" for name, row in connected_team.questions().items()}
    fields |= {labels["Name"]: "Mika Sato", labels["Email"]: "mika@example.com"}
    connected_team.owner.send(f"{LIST}/{connected_team.calendar_id}/archive", token(connected_team))
    assert guest.post(address, data=fields, base_url=BASE_URL).status_code == 410
    assert counted(connected_team)[3:] == [0, 0]
    connected_team.owner.send(f"{LIST}/{connected_team.calendar_id}/restore", token(connected_team))
    assert guest.post(address, data=fields, base_url=BASE_URL).status_code == 303, "the same form, once it is open"


def test_a_calendar_is_deleted_only_when_its_name_is_typed(connected_team: ConnectedTeam) -> None:
    connected_team.owner.press(connected_team.editor)
    connected_team.book()
    delete = f"{LIST}/{connected_team.calendar_id}/delete"
    shown = words(connected_team.owner.open(delete))
    assert "1 booking with its delivery" in shown
    wrong = connected_team.owner.send(delete, [*token(connected_team), ("name", "intro")])
    assert wrong.status_code == 422
    assert read_page(wrong).select_one("#name-error") is not None
    assert counted(connected_team) == [1, 4, 1, 1, 1]
    assert (
        connected_team.owner.send(delete, [*token(connected_team), ("name", " Intro   call ")]).status_code == 302
    )
    assert counted(connected_team) == [0, 0, 0, 0, 0]
    assert "“Intro call” is deleted." in words(connected_team.owner.open(LIST))
    assert connected_team.owner.get(delete).status_code == 404


def test_deleting_says_that_the_file_of_an_open_import_goes(connected_team: ConnectedTeam) -> None:
    delete = f"{LIST}/{connected_team.calendar_id}/delete"
    said = "the file of an import that is open"
    assert said not in words(connected_team.owner.open(delete))
    with connected_team.app.app_context():
        calendar = db.session.get_one(Calendar, connected_team.calendar_id)
        uploads.begin_import(calendar, None, "before.csv", io.BytesIO(file_of([1]).encode()))
    assert said in words(connected_team.owner.open(delete))


def test_deleting_says_how_many_bookings_would_never_reach_hubspot(connected_team: ConnectedTeam) -> None:
    connected_team.owner.press(connected_team.editor)
    connected_team.disconnect()
    connected_team.book()
    shown = words(connected_team.owner.open(f"{LIST}/{connected_team.calendar_id}/delete"))
    assert "1 of them is not in HubSpot as it should be, and never will be." in shown


def test_members_end_only_their_own_calendars(connected_team: ConnectedTeam) -> None:
    member = connected_team.add_person("member@acme.example", Role.MEMBER)
    field = member.open(f"{LIST}/new").select_one("main input[name=csrf_token]")
    assert field is not None
    proof = [("csrf_token", str(field["value"]))]
    for end in ("archive", "restore", "delete"):
        fields = [*proof, ("name", "Intro call")]
        assert member.send(f"{LIST}/{connected_team.calendar_id}/{end}", fields).status_code == 403
    assert counted(connected_team)[0] == 1
