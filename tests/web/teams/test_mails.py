"""Team Settings > Mails: what has not left or may not have arrived, why, and sending it again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from hubsync.domain.mails import MailKind
from hubsync.domain.roles import Role
from hubsync.errors import MailFailure
from hubsync.services import now, tools
from hubsync.services.availability.rules import load_rules
from hubsync.services.availability.saving import save_free_times
from hubsync.services.bookings import guest_changes
from hubsync.services.bookings.booking_page import keep_booking, show_booking_page
from hubsync.services.operations.outgoing_mails import WRITERS, send_mails
from hubsync.services.outbox import turns
from hubsync.services.teams import mail_limits
from hubsync.services.teams.members import remove_member
from hubsync.store import db, end_read, write_transaction
from hubsync.store.bookings import BookingRecord
from hubsync.store.outbox import OutboxMail
from hubsync.web.teams.mail_text import KINDS
from tests.kit.browser import Browser
from tests.kit.calendar_files import read_calendar
from tests.kit.clock import later
from tests.kit.free_times import PageTeam, booking_at, make_page_team, open_always
from tests.kit.mail_server import MailServer
from tests.kit.members import join
from tests.kit.settings import OWNER
from tests.kit.tab import Tab

PAGE = "/teams/acme/settings/mails"
GUEST = "guest@guest.example"
KEN = "ken@acme.example"


@pytest.fixture
def acme(app: Flask) -> Iterator[PageTeam]:
    with app.app_context():
        made = make_page_team(owner=OWNER)
        end_read()
        yield made


@pytest.fixture
def owner(app: Flask, acme: PageTeam) -> Tab:
    return Tab(Browser(app).sign_in(OWNER))


def book(acme: PageTeam) -> int:
    """A guest books; both confirmations wait."""
    open_always(acme.calendar_id)
    calendar = acme.calendar()
    starts_at = (now() + timedelta(days=3)).replace(minute=0, second=0, microsecond=0)
    page, booking = show_booking_page(calendar), booking_at(calendar, starts_at)
    end_read()
    return keep_booking(page, booking).id


def rows(tab: Tab) -> list[str]:
    return [each.words for each in tab.page.select("tbody tr")]


def kinds_sent(**after: float) -> list[MailKind]:
    with later(**after):
        return sorted(kind for _, kind in send_mails())


def test_when_every_mail_has_left_the_page_says_so(acme: PageTeam, owner: Tab, smtp: MailServer) -> None:
    book(acme)
    assert len(send_mails()) == 2
    assert "Every mail has left" in owner.open(PAGE).text


def test_a_mail_that_is_tried_again_has_its_reason_and_next_try_and_is_tried_at_once(
    acme: PageTeam, owner: Tab, smtp: MailServer
) -> None:
    book(acme)
    smtp.answer = "451 not for guest@guest.example"
    send_mails()
    shown = rows(owner.open(PAGE))
    assert len(shown) == 2
    for words in ("not sent yet", "The mail server refused the mail.", "It is tried again at", "Booking #1"):
        assert all(words in each for each in shown), words
    assert GUEST not in owner.text, "the booking's page says who that is"
    smtp.answer = "250 OK"
    assert kinds_sent() == []
    tools().mail_wake.clear()
    assert "on its way again" in owner.press("Send again Confirmation to the guest #1").text
    assert tools().mail_wake.is_set()
    assert kinds_sent() == [MailKind.GUEST_CONFIRMATION]


def test_mails_are_sent_again_only_so_many_times_and_the_page_says_when_more_are(
    acme: PageTeam, owner: Tab, smtp: MailServer
) -> None:
    book(acme)
    smtp.answer = "451 not now"
    send_mails()
    owner.open(PAGE)
    for _ in range(mail_limits.OF_A_TEAM):
        mail_limits.allow_repeated(acme.team_id)
    tools().mail_wake.clear()
    assert "Try again in 10 minutes." in owner.press("Send again Confirmation to the guest #1").text
    assert not tools().mail_wake.is_set()


def settle(**columns: Any) -> None:
    """Let all mails have come to this end."""
    ended = {"settled_at": now(), "content_sealed": "", "next_try_at": None, "fault": MailFailure.REFUSED}
    with write_transaction() as session:
        session.query(OutboxMail).update(ended | columns)


@pytest.mark.parametrize(
    ("columns", "word"),
    [({}, "could not be sent"), ({"sent_at": now(), "unconfirmed": True}, "perhaps sent")],
)
def test_a_mail_that_came_to_an_end_is_sent_again_once_and_tells_how_the_booking_stands(
    acme: PageTeam, owner: Tab, smtp: MailServer, columns: dict[str, Any], word: str
) -> None:
    booking_id = book(acme)
    settle(**columns)
    assert word in rows(owner.open(PAGE))[0]
    guest_changes.cancel(acme.calendar().slug, booking_id)
    assert len(send_mails()) == 2
    smtp.mails.clear()
    form = owner.open(PAGE).page.select("tbody form")[0]
    owner.press("Send again Confirmation to the guest #1")
    assert any("sent again" in each for each in rows(owner))
    owner.browser.post(str(form["action"]), page=PAGE)
    assert "was sent again already" in owner.open(PAGE).text
    assert kinds_sent() == [MailKind.GUEST_CANCELLED]
    assert [mail["Subject"].split(":")[0] for mail in smtp.mails] == ["Cancelled"]


def test_a_host_whom_a_booking_left_is_told_again_that_it_does_not_come(
    acme: PageTeam, owner: Tab, smtp: MailServer
) -> None:
    booking_id = book(acme)
    with write_transaction() as session:
        session.query(OutboxMail).delete()
    starts_at = db.session.get_one(BookingRecord, booking_id).starts_at or now()
    ken = join(acme.team_id, KEN, Role.MEMBER).id
    rules, version = load_rules(acme.calendar())
    end_read()
    save_free_times(acme.calendar_id, rules, version, [ken])
    slug = acme.calendar().slug
    end_read()
    times = [starts_at + timedelta(hours=number) for number in range(3)]
    guest_changes.move(slug, booking_id, times[1], seen=times[0])
    settle()
    assert sum("sent again" not in each and "Send again" in each for each in rows(owner.open(PAGE))) == 3
    owner.press("Send again Cancellation, to the host #1")
    guest_changes.move(slug, booking_id, times[2], seen=times[1])
    settle(fault=MailFailure.TIMEOUT)
    owner.open(PAGE).press("Send again Cancellation, to the host #1")
    assert kinds_sent() == [MailKind.HOST_CANCELLED]
    (event,) = map(read_calendar, smtp.mails)
    assert (smtp.mails[0]["To"], event.method, event.starts_at) == (OWNER, "CANCEL", times[0])
    remove_member(acme.team_id, ken)
    owner.open(PAGE).press("Send again New time, to the host #1")
    smtp.mails.clear()
    send_mails()
    assert [mail["To"] for mail in smtp.mails] == [OWNER], "Ken has left the team"


def test_what_is_of_no_use_any_more_and_links_to_sign_in_have_no_button(app: Flask, acme: PageTeam) -> None:
    book(acme)
    settle(settled_at=now() + timedelta(days=3))
    with write_transaction() as session:
        session.add(
            OutboxMail(
                kind=MailKind.CLAIM_INVITATION,
                key="claim",
                team_id=acme.team_id,
                content_sealed="",
                created_at=now() + timedelta(days=3),
                fault=MailFailure.TIMEOUT,
            )
        )
    with later(days=3, hours=1):
        owner = Tab(Browser(app).sign_in(OWNER))
        assert len(rows(owner.open(PAGE))) == 3
        assert owner.page.select("tbody form") == []


def test_a_kind_of_another_version_is_listed_all_the_same(acme: PageTeam, owner: Tab) -> None:
    book(acme)
    settle()
    with write_transaction() as session:
        session.execute(text("UPDATE outbox_mails SET kind = 'postcard' WHERE kind = 'host_confirmation'"))
    assert sorted(each.split()[0] for each in rows(owner.open(PAGE))) == ["Confirmation", "Mail"]


def test_a_member_does_not_see_it_and_after_a_week_it_is_gone(app: Flask, acme: PageTeam) -> None:
    book(acme)
    settle()
    join(acme.team_id, KEN, Role.MEMBER)
    end_read()
    assert Browser(app).sign_in(KEN).get(PAGE).status_code == 403
    with later(days=7, minutes=1):
        assert turns.forget_old() == 2
        assert db.session.query(OutboxMail).count() == 0
        end_read()


def test_every_kind_of_mail_has_its_words_and_its_writer() -> None:
    assert set(KINDS) == set(WRITERS) == set(MailKind)
