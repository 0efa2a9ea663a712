"""A source that is quiet for longer than is usual for it is noted, and shown until a booking comes by itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from hubsync.services import now
from hubsync.services.sources import endpoint_setup
from hubsync.services.sources.silence import look_at_due, silence_of
from hubsync.store import db, end_read, write_transaction
from hubsync.store.sources import SourceSilence
from tests.kit import rows
from tests.kit.clock import later

SOURCE = "signed_json"


def came(acme: Any, *moments: datetime, by_comparison: bool = False) -> None:
    with write_transaction() as session:
        for each in moments:
            rows.add_booking(
                session, acme.team_id, acme.calendar_id, source=SOURCE, external_id=f"{each}", created_at=each,
                by_comparison=by_comparison,
            )  # fmt: skip


def daily(days: int, until: timedelta) -> list[datetime]:
    return [now() - until - timedelta(days=day) for day in range(days)]


def silent(acme: Any) -> datetime | None:
    since = silence_of(acme.team_id, SOURCE)
    end_read()
    return since


def watch(acme: Any) -> None:
    """An address that has been there for long, and was looked at all the time."""
    endpoint_setup.make_endpoint(acme.team_id, SOURCE)
    long_ago = now() - timedelta(days=90)
    with write_transaction() as session:
        session.add(SourceSilence(team_id=acme.team_id, source=SOURCE, watched_since=long_ago, next_look_at=now()))


def test_it_is_noted_once_and_over_with_the_next_booking(acme: Any) -> None:
    watch(acme)
    quiet = daily(30, timedelta(days=4))
    came(acme, *quiet)
    (line,) = look_at_due()
    assert line.startswith("No booking of signed_json has come to team acme since ")
    assert silent(acme) == quiet[0]
    assert look_at_due() == []
    came(acme, now(), by_comparison=True)
    assert silent(acme) == quiet[0], "what a comparison found never came"
    came(acme, now())
    assert silent(acme) is None
    for _ in range(2):
        with write_transaction() as session:
            session.query(SourceSilence).one().next_look_at = now()
        assert look_at_due() == []
    row = db.session.query(SourceSilence).one()
    assert (row.since, row.noticed_at) == (None, None)
    end_read()


def test_a_source_that_was_switched_off_is_listened_to_anew(acme: Any) -> None:
    watch(acme)
    came(acme, *daily(30, timedelta(days=1)))
    assert look_at_due() == []
    endpoint_setup.switch(acme.team_id, SOURCE, on=False)
    with later(days=20):
        assert look_at_due() == []
        endpoint_setup.switch(acme.team_id, SOURCE, on=True)
        assert look_at_due() == []
    for days, silences in ((21, 0), (22, 0), (22.9, 0), (23.2, 1), (24, 0)):
        with later(days=days):
            assert len(look_at_due()) == silences, days


def test_a_source_that_comes_as_usual_is_none(acme: Any) -> None:
    watch(acme)
    came(acme, *daily(30, timedelta(days=2)))
    assert look_at_due() == []
    assert silent(acme) is None


def test_an_address_that_is_switched_off_is_left_alone(acme: Any) -> None:
    watch(acme)
    came(acme, *daily(30, timedelta(days=9)))
    endpoint_setup.switch(acme.team_id, SOURCE, on=False)
    assert look_at_due() == []
    assert silent(acme) is None
