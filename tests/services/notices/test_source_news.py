"""What a team is mailed of its booking sources: each thing once, with whatever else there is, within the week."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from hubsync.domain.subscriptions import Intent
from hubsync.services import now
from hubsync.services.sources import endpoint_setup
from hubsync.store import write_transaction
from hubsync.store.sources import SourceAccount, SourceSilence
from tests.kit import rows
from tests.kit.clock import later
from tests.kit.diary import NAME, diary_registered
from tests.kit.failed_deliveries import fail
from tests.kit.mail_server import MailServer, body
from tests.kit.notices import send_notices


@pytest.fixture(autouse=True, scope="module")
def diary() -> Iterator[None]:
    with diary_registered():
        yield


@pytest.fixture
def account(acme: Any) -> int:
    """An account at Diary with which all is well."""
    endpoint_setup.make_endpoint(acme.team_id, NAME)
    with write_transaction() as session:
        row = SourceAccount(
            endpoint_id=1, account="ren", shown="Ren Host", connected_at=now(), intent=Intent.SUBSCRIBE
        )
        session.add(row)
        session.flush()
        return row.id


def change(account_id: int, **columns: Any) -> None:
    with write_transaction() as session:
        row = session.get_one(SourceAccount, account_id)
        for name, value in columns.items():
            setattr(row, name, value)


def refuse(account_id: int) -> None:
    change(account_id, problem_code="source_token_refused", problem_at=now())


def mailed() -> int:
    return send_notices()


def test_a_token_that_is_refused_is_mailed_once(acme: Any, smtp: MailServer, account: int) -> None:
    assert mailed() == 0
    refuse(account)
    assert mailed() == 1
    (mail,) = smtp.mails
    assert mail["Subject"] == "A booking source needs a look"
    for text in (body(mail), body(mail, "html")):
        assert "Bookings of the team Acme may not be on their way to HubSync." in text
        assert "Diary no longer lets HubSync in" in text
        assert "http://localhost:8000/teams/acme/settings/integrations/diary" in text
        assert "No booking waits yet" not in text
        assert "HubSpot (" not in text
    for days in (1, 8, 30):
        with later(days=days):
            assert mailed() == 0, "it was told"


def test_what_passes_or_was_ended_here_is_no_news(acme: Any, smtp: MailServer, account: int) -> None:
    change(account, problem_code="source_unreachable", problem_at=now())
    assert mailed() == 0
    refuse(account)
    change(account, intent=Intent.END)
    assert mailed() == 0


def test_a_renewal_is_mailed_once_and_asks_nothing(acme: Any, smtp: MailServer, account: int) -> None:
    change(account, renewed_at=now())
    assert mailed() == 1
    text = body(smtp.mails[0])
    assert "Diary had stopped sending bookings. HubSync made it send again" in text
    assert "/settings/integrations/diary" not in text
    with later(days=8):
        assert mailed() == 0
        change(account, renewed_at=now())
        assert mailed() == 1


def test_it_keeps_to_the_week_and_goes_with_what_else_there_is(acme: Any, smtp: MailServer, account: int) -> None:
    fail(acme)
    assert mailed() == 1
    with later(days=1):
        refuse(account)
        assert mailed() == 0
    with later(days=7, minutes=1):
        fail(acme)
        assert mailed() == 1
    text = body(smtp.mails[1])
    assert smtp.mails[1]["Subject"] == "Bookings have not reached HubSpot"
    assert "were not posted" in text
    assert "Diary no longer lets HubSync in" in text
    with later(days=15):
        fail(acme)
        assert mailed() == 1
    assert "Diary" not in body(smtp.mails[2])


def test_a_silence_is_mailed_once_with_its_day(acme: Any, smtp: MailServer) -> None:
    last = now() - timedelta(days=9)
    with write_transaction() as session:
        rows.add_booking(session, acme.team_id, acme.calendar_id, source=NAME, external_id="1", created_at=last)
        session.add(SourceSilence(team_id=acme.team_id, source=NAME, since=last, noticed_at=now()))
    assert mailed() == 1
    text = body(smtp.mails[0])
    assert (
        f"No booking of Diary has come since {last:%B} {last.day}, {last.year}, which is longer than usual."
        in text
    )
    with later(days=8):
        assert mailed() == 0


def test_a_silence_that_a_booking_has_ended_is_none(acme: Any, smtp: MailServer) -> None:
    last = now() - timedelta(days=9)
    with write_transaction() as session:
        rows.add_booking(session, acme.team_id, acme.calendar_id, source=NAME, external_id="1", created_at=now())
        session.add(SourceSilence(team_id=acme.team_id, source=NAME, since=last, noticed_at=now()))
    assert mailed() == 0
