"""Background jobs: everything that is due, once; `flask due` and each serving process's threads call this."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from hubsync.services.alerts.delivery import send_alerts
from hubsync.services.bookings import erasure, guest_erasures
from hubsync.services.busy_calendars.upkeep import read_due
from hubsync.services.connection import account_switch
from hubsync.services.deliveries.due_retries import run_due
from hubsync.services.deliveries.meeting_changes import run_due_meetings
from hubsync.services.deliveries.replay_worker import work_on_replays
from hubsync.services.imports import worker as import_worker
from hubsync.services.isolation import log_unexpected
from hubsync.services.notices.chat_alerts import put_works_again
from hubsync.services.notices.expiry_warning import put_due_warnings
from hubsync.services.notices.notices import put_due_notices
from hubsync.services.operations.daily_check import CheckedConnection, check_due
from hubsync.services.operations.new_version import look_when_due
from hubsync.services.operations.outgoing_mails import send_mails
from hubsync.services.outbox import turns
from hubsync.services.posting import record_claims
from hubsync.services.sources import comparison, endpoint_moves, received, samples, silence, upkeep

Stopped = Callable[[], bool]
Jobs = tuple[tuple[str, Callable[[Stopped], list[str]]], ...]
"""Pieces of work, each with what it is called in the log."""

FOUND = {
    "": "HubSpot accepts it, and the mappings are up to date",
    "access_lost": "HubSpot no longer accepts it; somebody has to press Connect",
    "idle_expired": "it has expired for want of a post, so HubSpot was not asked; somebody has to press Connect",
    "permission_missing": "HubSpot accepts it, but a permission is missing there",
    "app_misconfigured": (
        "HubSpot refuses this installation's app; check HUBSYNC_HUBSPOT_CLIENT_ID and "
        "HUBSYNC_HUBSPOT_CLIENT_SECRET. It is asked again in an hour"
    ),
    "secret_unreadable": "no key of HUBSYNC_ENCRYPTION_KEYS opens it. It is tried again in an hour",
}


def do_due_work(stopped: Stopped = lambda: False, jobs: Jobs | None = None) -> Iterator[str]:
    """Do what is due of *jobs*, all of them by default, until *stopped*; yield what happened, a sentence each.

    Deliveries come first: guests' bookings do not wait for anything else. A piece of work that meets a bug,
     keeps no other from being done. With nothing due only a few rows are read, and nothing is written.
    """
    for what, job in JOBS + MAIL_JOBS if jobs is None else jobs:
        if stopped():
            return
        lines: list[str] = []
        with log_unexpected(what):
            lines = job(stopped)
        yield from lines


def _deliver(stopped: Stopped) -> list[str]:
    return [f"Delivery {delivery_id} is now {state}." for delivery_id, state in run_due(stopped)]


def _mail(stopped: Stopped) -> list[str]:
    return [f"Mail {mail_id} ({kind}) was sent." for mail_id, kind in send_mails(stopped)]


def _bring_meetings(stopped: Stopped) -> list[str]:
    return run_due_meetings(stopped)


def _replay(stopped: Stopped) -> list[str]:
    return work_on_replays(stopped)


def _import(stopped: Stopped) -> list[str]:
    return import_worker.work_on_imports(stopped)


def _check(stopped: Stopped) -> list[str]:
    return [
        f"Access of team {each.team_slug} to HubSpot was checked: {_tell(each)}." for each in check_due(stopped)
    ]


def _tell(checked: CheckedConnection) -> str:
    return FOUND.get(checked.code) or f"HubSpot could not be asked ({checked.code}). It is asked again in an hour"


def _warn(stopped: Stopped) -> list[str]:
    warned = put_due_warnings(stopped)
    return [f"Team {slug} is mailed that its access to HubSpot expires soon." for slug in warned]


def _notify(stopped: Stopped) -> list[str]:
    return [f"Team {slug} is mailed what needs somebody." for slug in put_due_notices(stopped)]


def _tell_works_again(stopped: Stopped) -> list[str]:
    return [f"Team {slug} is told that its bookings reach HubSpot again." for slug in put_works_again(stopped)]


def _send_alerts(stopped: Stopped) -> list[str]:
    return send_alerts(stopped)


def _drop_parked(stopped: Stopped) -> list[str]:
    dropped = account_switch.drop_expired()
    return (
        [f"Accounts that waited for an answer in vain and were given back to HubSpot: {dropped}."]
        if dropped
        else []
    )


def _list_refused(stopped: Stopped) -> list[str]:
    received.list_waiting()
    return []


def _erase(stopped: Stopped) -> list[str]:
    received.forget_old()
    samples.forget_old_samples()
    endpoint_moves.clear_former()
    turns.forget_old()
    record_claims.forget_ended()
    erased = erasure.erase_old(stopped)
    return [f"Bookings that were erased for their age: {erased}."] if erased else []


def _finish_erasures(stopped: Stopped) -> list[str]:
    finished = guest_erasures.carry_on_all(stopped)
    return [f"Erasures of guests that were finished: {finished}."] if finished else []


def _read_busy_calendars(stopped: Stopped) -> list[str]:
    return read_due(stopped)


def _check_subscriptions(stopped: Stopped) -> list[str]:
    return upkeep.check_due(stopped)


def _compare(stopped: Stopped) -> list[str]:
    return comparison.compare_due(stopped)


def _look_for_silence(stopped: Stopped) -> list[str]:
    return silence.look_at_due(stopped)


JOBS: Jobs = (
    ("taking up due deliveries", _deliver),
    ("bringing meetings up to date", _bring_meetings),
    ("posting what was missed", _replay),
    ("importing bookings of before", _import),
    ("reading busy calendars", _read_busy_calendars),
    ("the daily check", _check),
    ("asking booking sources", _check_subscriptions),
    ("comparing with booking sources", _compare),
    ("looking for silent sources", _look_for_silence),
    ("telling teams", _notify),
    ("warning of expiry", _warn),
    ("telling chats that it works again", _tell_works_again),
    ("sending chat alerts", _send_alerts),
    ("giving back parked accounts", _drop_parked),
    ("listing what booking sources were refused", _list_refused),
    ("finishing erasures of guests", _finish_erasures),
    ("erasing what is old", _erase),
    ("looking for a new version", look_when_due),
)
"""What is done, in this order."""
MAIL_JOBS: Jobs = (("sending mails", _mail),)
"""What a thread of its own does, so that mails do not wait for HubSpot, nor anything else for a mail server."""
DUE, MAILS = "due", "mails"
ROUNDS: Mapping[str, Jobs] = {DUE: JOBS, MAILS: MAIL_JOBS}
"""What the rounds of each are called where they are noted."""
