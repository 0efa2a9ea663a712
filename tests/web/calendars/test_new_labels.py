"""The page of a calendar says which question its source calls something else."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import count

from hubsync.domain.booking import GivenAnswer
from hubsync.services import now
from hubsync.services.bookings.completion import complete
from hubsync.store import write_transaction
from hubsync.store.calendars import QuestionRow
from tests.kit.connected_team import ConnectedTeam, connected_team
from tests.kit.page import words
from tests.kit.source_bookings import source_booking
from tests.kit.source_calendars import sent

__all__ = ["connected_team", "sent"]

IDS = count(1)


def book(connected_team: ConnectedTeam, **labels: str) -> None:
    """Take a booking whose answers stand under these labels, by their keys."""
    answers = tuple(GivenAnswer(label, "x", key=key) for key, label in labels.items())
    told = replace(source_booking(f"b{next(IDS)}", answers), calendar_external_id="intro")
    with connected_team.app.app_context():
        complete(connected_team.team_id, told)


def told(connected_team: ConnectedTeam) -> str:
    page = connected_team.owner.open(f"/teams/acme/calendars/{connected_team.calendar_id}")
    return " ".join(words(each) for each in page.select(".notice") if "calls" in words(each))


def test_a_new_label_is_told_of_until_it_is_dismissed(sent: ConnectedTeam) -> None:
    book(sent, a="Staff", b="City")
    assert told(sent) == ""
    book(sent, a="Employees", b="City")
    assert "calls 1 question something else" in told(sent)
    assert "“Staff” is now called “Employees”, since" in told(sent)
    book(sent, a="<b>People</b>", b="Town")
    assert "calls 2 questions something else" in told(sent)
    assert "“Employees” is now called “<b>People</b>”" in told(sent)
    page = f"/teams/acme/calendars/{sent.calendar_id}"
    dismissed = sent.owner.post(f"{page}/new-labels/dismiss", page=page)
    assert dismissed.headers["Location"].endswith(page)
    assert told(sent) == ""
    book(sent, a="<b>People</b>", b="Village")
    assert "“Town” is now called “Village”" in told(sent)
    assert "People" not in told(sent)


def test_a_new_label_is_told_of_for_thirty_days(sent: ConnectedTeam) -> None:
    book(sent, a="Staff")
    book(sent, a="Employees")
    for days, shown in ((29.9, True), (30.1, False)):
        with sent.app.app_context(), write_transaction() as session:
            session.query(QuestionRow).filter_by(source_key="a").update(
                {"relabelled_at": now() - timedelta(days=days)}
            )
        assert ("Employees" in told(sent)) is shown


def test_a_name_that_a_person_gave_is_told_beside_the_new_label(sent: ConnectedTeam) -> None:
    book(sent, a="Staff")
    with sent.app.app_context(), write_transaction() as session:
        session.query(QuestionRow).filter_by(source_key="a").update({"label": "Team size", "renamed": True})
    book(sent, a="Employees")
    assert "“Staff” is now called “Employees” there and still “Team size” here" in told(sent)


def test_a_deleted_question_is_told_of_no_more(sent: ConnectedTeam) -> None:
    book(sent, a="Staff")
    book(sent, a="Employees")
    with sent.app.app_context():
        [row] = [each for each in sent.questions().values() if each.source_key == "a"]
    page = f"{sent.advanced}/questions/{row.id}/delete"
    sent.owner.post(page, page=page)
    assert told(sent) == ""
