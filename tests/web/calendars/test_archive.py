"""A calendar is put away and taken back, or deleted for good."""

from __future__ import annotations

from hubsync.domain.roles import Role
from hubsync.store import db
from hubsync.store.bookings import BookingRecord
from hubsync.store.calendars import Calendar, QuestionRow
from hubsync.store.deliveries import Delivery
from hubsync.store.mappings import MappingRecord
from hubsync.store.teams import AuditEntry
from tests.kit.page import read_page, words
from tests.kit.settings import BASE_URL
from tests.kit.workshop import Workshop, workshop

__all__ = ["workshop"]

LIST = "/teams/acme/calendars"


def token(workshop: Workshop) -> list[tuple[str, str]]:
    field = workshop.owner.open(workshop.advanced).select_one("main input[name=csrf_token]")
    assert field is not None
    return [("csrf_token", str(field["value"]))]


def booking_page(workshop: Workshop) -> str:
    with workshop.app.app_context():
        return f"/book/{db.session.get_one(Calendar, workshop.calendar_id).slug}"


def counted(workshop: Workshop) -> list[int]:
    with workshop.app.app_context():
        tables = (Calendar, QuestionRow, MappingRecord, BookingRecord, Delivery)
        return [db.session.query(table).count() for table in tables]


def test_an_archived_calendar_takes_no_bookings_until_it_is_taken_back(workshop: Workshop) -> None:
    one, guest, address = f"{LIST}/{workshop.calendar_id}", workshop.app.test_client(), booking_page(workshop)
    form = guest.get(address, base_url=BASE_URL)
    answer = workshop.owner.send(f"{one}/archive", token(workshop))
    assert answer.status_code == 302
    closed = guest.get(address, base_url=BASE_URL)
    assert (closed.status_code, "This booking page is closed" in closed.text) == (410, True)
    fields = {str(each["name"]): str(each.get("value", "")) for each in read_page(form).select("form input[name]")}
    assert guest.post(address, data=fields, base_url=BASE_URL).status_code == 410
    shown = workshop.owner.open(LIST)
    assert "1 archived calendar Intro call" in words(shown.select_one("details.disclosure"))
    assert shown.select_one("table") is None
    assert "is archived" in words(workshop.owner.open(one))
    assert counted(workshop) == [1, 4, 0, 0, 0]

    assert workshop.owner.send(f"{one}/restore", token(workshop)).status_code == 302
    assert guest.get(address, base_url=BASE_URL).status_code == 200
    assert workshop.owner.open(LIST).select_one("details.disclosure") is None
    with workshop.app.app_context():
        actions = [(each.action, each.person_shown, each.details) for each in db.session.query(AuditEntry)]
    named = {"calendar": "Intro call", "calendar_id": workshop.calendar_id}
    assert [each for each in actions if each[0].startswith("calendar")] == [
        ("calendar_archived", "owner@acme.example", named),
        ("calendar_restored", "owner@acme.example", named),
    ]


def test_a_booking_that_was_under_way_when_the_calendar_was_archived_is_not_kept(workshop: Workshop) -> None:
    """The form's own page is closed too, so a guest is not told of a booking nobody will hold."""
    address, guest = booking_page(workshop), workshop.app.test_client()
    free = read_page(guest.get(address, base_url=BASE_URL)).select("a.btn-time")[0]
    shown = read_page(guest.get(str(free["href"]), base_url=BASE_URL))
    fields = {str(each["name"]): str(each.get("value", "")) for each in shown.select("form input[name]")}
    labels = {name: f"question-{row.id}" for name, row in workshop.questions().items()}
    fields |= {labels["Name"]: "Mika Sato", labels["Email"]: "mika@example.com"}
    workshop.owner.send(f"{LIST}/{workshop.calendar_id}/archive", token(workshop))
    assert guest.post(address, data=fields, base_url=BASE_URL).status_code == 410
    assert counted(workshop)[3:] == [0, 0]
    workshop.owner.send(f"{LIST}/{workshop.calendar_id}/restore", token(workshop))
    assert guest.post(address, data=fields, base_url=BASE_URL).status_code == 303, "the same form, once it is open"


def test_a_calendar_is_deleted_only_when_its_name_is_typed(workshop: Workshop) -> None:
    workshop.owner.press(workshop.editor)
    workshop.book()
    delete = f"{LIST}/{workshop.calendar_id}/delete"
    shown = words(workshop.owner.open(delete))
    assert "1 booking with its delivery" in shown
    wrong = workshop.owner.send(delete, [*token(workshop), ("name", "intro")])
    assert wrong.status_code == 422
    assert read_page(wrong).select_one("#name-error") is not None
    assert counted(workshop) == [1, 4, 1, 1, 1]
    assert workshop.owner.send(delete, [*token(workshop), ("name", " Intro   call ")]).status_code == 302
    assert counted(workshop) == [0, 0, 0, 0, 0]
    assert "“Intro call” is deleted." in words(workshop.owner.open(LIST))
    assert workshop.owner.get(delete).status_code == 404


def test_deleting_says_how_many_bookings_would_never_reach_hubspot(workshop: Workshop) -> None:
    workshop.owner.press(workshop.editor)
    workshop.disconnect()
    workshop.book()
    shown = words(workshop.owner.open(f"{LIST}/{workshop.calendar_id}/delete"))
    assert "1 of them is not in HubSpot as it should be, and never will be." in shown


def test_members_end_only_their_own_calendars(workshop: Workshop) -> None:
    member = workshop.add_person("member@acme.example", Role.MEMBER)
    field = member.open(f"{LIST}/new").select_one("main input[name=csrf_token]")
    assert field is not None
    proof = [("csrf_token", str(field["value"]))]
    for end in ("archive", "restore", "delete"):
        fields = [*proof, ("name", "Intro call")]
        assert member.send(f"{LIST}/{workshop.calendar_id}/{end}", fields).status_code == 403
    assert counted(workshop)[0] == 1
