"""A source's calendars belong to one team and one source; answers outlive their questions."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from hubsync.domain.booking import Booking, Guest
from hubsync.domain.questions import Kind
from hubsync.services import now
from hubsync.services.bookings.completion import complete
from hubsync.services.posting.draft import draft_booking
from hubsync.store import write_transaction
from hubsync.store.calendars import Calendar, QuestionRow
from hubsync.store.people import Person
from hubsync.store.teams import Membership, Team


def booking(source: str = "signed_json") -> Booking:
    starts = now() + timedelta(days=2)
    guest = Guest("Sato Mika", "mika@acme.co.jp")
    return Booking(source, "b1", "intro", "Intro", guest, starts, starts + timedelta(minutes=30))


def delete_question(question_id: int) -> None:
    with write_transaction() as session:
        session.get_one(QuestionRow, question_id).deleted_at = now()


def left_out(acme: Any, delivery: Any) -> list[str]:
    drawn = draft_booking(delivery.booking)
    assert drawn is not None
    return [each.code.value for each in drawn.draft.left_out]


def test_a_calendar_of_another_source_with_the_same_id_is_another_calendar(acme: Any) -> None:
    by_json = complete(acme.team_id, booking())
    by_calcom = complete(acme.team_id, booking("calcom"))
    assert len({by_json.calendar_id, by_calcom.calendar_id, acme.calendar_id}) == 3


@pytest.mark.parametrize(("team", "owner"), [("ja", "en"), ("", "ja")])
def test_a_calendar_that_its_sender_does_not_name_is_called_after_the_source_in_the_teams_language(
    acme: Any, team: str, owner: str
) -> None:
    with write_transaction() as session:
        session.get_one(Team, acme.team_id).language = team
        session.query(Person).update({"language": owner})
    unnamed = complete(acme.team_id, replace(booking("signed_webhook"), calendar_name="Signed webhook"))
    named = complete(acme.team_id, replace(booking(), calendar_name="Signed webhook"))
    assert unnamed.booking.calendar.name == "署名付きWebhook"
    assert named.booking.calendar.name == "Signed webhook"


def test_another_teams_calendar_with_the_same_id_is_not_found(acme: Any) -> None:
    with write_transaction() as session:
        person = session.query(Person).one()
        other = Team(slug="other", name="Other", plan="premium", created_at=now())
        session.add(other)
        session.flush()
        session.add(Membership(team_id=other.id, person_id=person.id, role="owner"))
        other_id = other.id
    ours = complete(acme.team_id, booking())
    theirs = complete(other_id, booking())
    assert ours.id != theirs.id
    assert (ours.booking.calendar.team_id, theirs.booking.calendar.team_id) == (acme.team_id, other_id)


def test_an_answer_is_posted_although_its_question_was_deleted_since(acme: Any) -> None:
    question = acme.add_question("City", Kind.TEXT)
    acme.map("companies", "city", f"question:{question}")
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme", answers={question: "Tokyo"})
    delete_question(question)
    drawn = draft_booking(delivery.booking)
    assert drawn is not None
    assert drawn.draft.company is not None
    assert drawn.draft.company["city"] == "Tokyo"


def test_a_row_whose_question_was_deleted_before_the_booking_is_remarked(acme: Any) -> None:
    question = acme.add_question("City", Kind.TEXT)
    acme.map("companies", "city", f"question:{question}")
    delete_question(question)
    assert left_out(acme, acme.book("Sato Mika", "mika@acme.co.jp", "Acme")) == ["question_deleted"]


def test_several_choices_are_joined(acme: Any) -> None:
    question = acme.add_question("Topics", Kind.SEVERAL_CHOICES)
    acme.map("companies", "description", f"question:{question}")
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme", answers={question: ("A", "B")})
    drawn = draft_booking(delivery.booking)
    assert drawn is not None
    assert drawn.draft.company is not None
    assert drawn.draft.company["description"] == "A, B"


def test_a_calendar_belongs_to_the_owner_of_the_team(acme: Any) -> None:
    calendar: Calendar = complete(acme.team_id, booking()).booking.calendar
    assert calendar.owner.email == "owner@acme.example"
