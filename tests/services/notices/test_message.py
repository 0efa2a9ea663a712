"""What a notice says, to whom, and in which language; it names no guest."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hubsync.services import now
from hubsync.store import write_transaction
from hubsync.store.people import Person
from hubsync.store.teams import Membership, Team
from tests.kit.connections import change
from tests.kit.failed_deliveries import GUEST, fail
from tests.kit.mail_server import MailServer, body
from tests.kit.notices import send_notices
from tests.services.notices.history import fail_after, mail_after

OWNER = "owner@acme.example"
WEEK = timedelta(days=7)
MINUTE = timedelta(minutes=1)


def test_the_teams_owner_administrators_and_whoever_connected_get_one_mail(acme: Any, smtp: MailServer) -> None:
    with write_transaction() as session:
        people = [Person(email=f"{name}@acme.example", created_at=now()) for name in ("admin", "yuki", "member")]
        session.add_all(people)
        session.flush()
        for person, role in zip(people, ("administrator", "member", "member"), strict=True):
            session.add(Membership(team_id=acme.team_id, person_id=person.id, role=role))
        yuki = people[1].id
    change(connected_by_id=yuki)
    fail(acme)
    send_notices()
    ((_, to),) = smtp.envelopes
    assert sorted(to) == ["admin@acme.example", OWNER, "yuki@acme.example"]


def test_it_says_what_failed_since_when_and_what_to_press_and_names_no_guest(acme: Any, smtp: MailServer) -> None:
    change(account_name="acme.co.jp")
    for state, number in (("failed", 3), ("partial", 1), ("waiting", 2), ("retrying", 1)):
        for _ in range(number):
            fail_after(acme, state, "record_refused")
    with write_transaction() as session:
        session.query(Person).update({"time_zone": "Asia/Tokyo"})
    assert mail_after(hours=2) == 1
    (mail,) = smtp.mails
    assert mail["Subject"] == "Bookings have not reached HubSpot"
    assert mail["Auto-Submitted"] == "auto-generated"
    for text in (body(mail), body(mail, "html")):
        assert "Not every booking of the team Acme has reached HubSpot (acme.co.jp)." in text
        assert "Since March 1, 2027, 9:00" in text
        assert "(Asia/Tokyo)" in text
        assert "3 bookings were not posted." in text
        assert "1 booking was posted in part." in text
        assert "2 bookings wait for access to HubSpot." in text
        assert "1 booking has been tried in vain for an hour or more" in text
        assert "press Retry or Dismiss" in text
        assert "Access to HubSpot is there: open what waits, then have it posted or dismiss it." in text
        assert "http://localhost:8000/teams/acme/deliveries?state=waiting" in text
        assert "HubSync tries for 5 days" in text
        assert "http://localhost:8000/teams/acme/deliveries?state=needs_a_person" in text
        assert "http://localhost:8000/teams/acme/deliveries?state=retrying" in text
        assert "there is no other mail like this for 7 days" in text
        assert GUEST not in text.lower()


def test_names_with_marks_and_line_breaks_do_no_harm(acme: Any, smtp: MailServer) -> None:
    with write_transaction() as session:
        session.get_one(Team, acme.team_id).name = "<b>A\r\nBcc: x@acme.example</b> 100%(x)s"
    fail(acme)
    assert send_notices() == 1
    (mail,) = smtp.mails
    assert mail["Bcc"] is None
    assert smtp.envelopes[0][1] == [OWNER]
    assert "&lt;b&gt;A Bcc: x@acme.example&lt;/b&gt; 100%(x)s" in body(mail, "html")


def test_the_mail_speaks_the_owners_language(acme: Any, smtp: MailServer) -> None:
    with write_transaction() as session:
        session.query(Person).update({"language": "ja"})
    fail(acme)
    send_notices()
    assert '<html lang="ja">' in body(smtp.mails[0], "html")


def test_it_does_not_claim_access_when_somebody_disconnected_after_it_was_lost(
    acme: Any, smtp: MailServer
) -> None:
    fail_after(acme, "waiting", "access_lost")
    change(state="disconnected")
    assert mail_after(hours=1) == 1
    text = body(smtp.mails[0])
    assert "1 booking waits for access to HubSpot." in text
    assert "Access to HubSpot is there" not in text
    assert "HubSpot is not connected: open the HubSpot page and press “Connect”." in text
    assert "http://localhost:8000/teams/acme/settings/integrations/hubspot" in text
