"""Whoever is told of a failure, or that access will expire, reads it in their own language and is told once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hubsync.domain.mails import MailKind
from hubsync.services import now
from hubsync.services.notices.notices import put_due_notices
from hubsync.services.operations.outgoing_mails import send_mails
from hubsync.store import write_transaction
from hubsync.store.people import Identity, Person
from hubsync.store.teams import Membership, Team
from tests.kit.clock import at
from tests.kit.connections import change
from tests.kit.failed_deliveries import fail
from tests.kit.mail_server import MailServer
from tests.kit.notices import send_notices, send_warnings
from tests.services.notices.history import START, fail_after, mail_after

OWNER = "owner@acme.example"
ENGLISH, JAPANESE = "Bookings have not reached HubSpot", "HubSpotに登録できていない予約があります"


def join(acme: Any, name: str, language: str = "", *, was_here: bool = True) -> str:
    """Another administrator, who chose *language* or none; the address."""
    email = f"{name}@acme.example"
    with write_transaction() as session:
        person = Person(email=email, language=language, created_at=now())
        session.add(person)
        session.flush()
        session.add(Membership(team_id=acme.team_id, person_id=person.id, role="administrator"))
        if was_here:
            session.add(Identity(person_id=person.id, issuer="e-mail link", subject=email))
    return email


def choose(email: str, language: str) -> None:
    with write_transaction() as session:
        session.query(Person).filter_by(email=email).update({"language": language})


def choose_for_team(language: str) -> None:
    with write_transaction() as session:
        session.query(Team).update({"language": language})


def told(smtp: MailServer) -> list[tuple[str, list[str]]]:
    """What was read by whom, in the order of the mails."""
    envelopes = zip(smtp.mails, smtp.envelopes, strict=True)
    return [(str(mail["Subject"]), sorted(to)) for mail, (_, to) in envelopes]


def test_a_notice_goes_to_each_in_their_own_language_whatever_the_team_chose(acme: Any, smtp: MailServer) -> None:
    choose(OWNER, "ja")
    english, japanese, asked_for_none = join(acme, "ann", "en"), join(acme, "mika", "ja"), join(acme, "yuki")
    choose_for_team("ja")
    fail(acme)
    assert send_notices() == 1
    assert told(smtp) == [(JAPANESE, sorted([OWNER, japanese])), (ENGLISH, sorted([english, asked_for_none]))]


def test_whoever_was_never_here_reads_the_teams_language_else_its_owners(acme: Any, smtp: MailServer) -> None:
    choose(OWNER, "ja")
    added = join(acme, "added", was_here=False)
    fail_after(acme)
    assert mail_after(seconds=1) == 1
    assert told(smtp) == [(JAPANESE, sorted([OWNER, added]))]
    choose_for_team("en")
    fail_after(acme, days=8)
    assert mail_after(days=8, seconds=1) == 1
    assert told(smtp)[1:] == [(JAPANESE, [OWNER]), (ENGLISH, [added])]


def test_the_mails_are_one_notice_to_the_throttle(acme: Any, smtp: MailServer) -> None:
    choose(OWNER, "ja")
    join(acme, "ann", "en")
    fail_after(acme)
    assert (mail_after(seconds=1), len(smtp.mails)) == (1, 2)
    fail_after(acme, days=1)
    assert (mail_after(days=1, seconds=1), len(smtp.mails)) == (0, 2)
    assert (mail_after(days=7, seconds=2), len(smtp.mails)) == (1, 4)


def test_a_mail_that_was_held_up_is_tried_again_by_itself_and_tells_the_same(acme: Any, smtp: MailServer) -> None:
    choose(OWNER, "ja")
    english = join(acme, "ann", "en")
    fail_after(acme)
    smtp.refuses = (english,)
    assert mail_after(seconds=1) == 1
    assert told(smtp) == [(JAPANESE, [OWNER])]
    smtp.refuses = ()
    with at(START + timedelta(minutes=6)):
        assert [kind for _, kind in send_mails()] == [MailKind.NOTICE_COPY]
    assert told(smtp)[1:] == [(ENGLISH, [english])]
    assert mail_after(days=1) == 0


def test_whoever_chooses_another_language_before_the_mails_leave_is_told_once(acme: Any, smtp: MailServer) -> None:
    choose(OWNER, "ja")
    english, japanese = join(acme, "ann", "en"), join(acme, "mika", "ja")
    fail(acme)
    put_due_notices()
    choose(english, "ja")
    choose(japanese, "en")
    late = join(acme, "late", "en")
    send_mails()
    assert sorted(address for _subject, to in told(smtp) for address in to) == sorted(
        [OWNER, english, japanese, late]
    )


def test_the_expiry_warning_goes_to_each_in_their_own_language_once(acme: Any, smtp: MailServer) -> None:
    choose(OWNER, "ja")
    english = join(acme, "ann", "en")
    change(connected_at=now() - timedelta(days=170))
    assert send_warnings() == 2
    (first, to_owner), (second, to_ann) = told(smtp)
    assert (to_owner, to_ann) == ([OWNER], [english])
    assert "to HubSpot expires on" in second
    assert "アクセス" in first
    assert send_warnings() == 0
