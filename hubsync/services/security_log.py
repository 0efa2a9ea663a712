"""The security log, `hubsync.security`: the one place where its events are written.

An event says when and in which request it happened, who asked, by a hash from where, and what it is about in words
of ours: ids of people and teams, and one word. No name, no address, nothing that anybody wrote has a place in it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial

from sqlalchemy.orm import Session

from hubsync.domain.security_events import REFUSALS, SecurityEvent
from hubsync.logs import SECURITY
from hubsync.store import after_commit

log = logging.getLogger(SECURITY)


def write(
    event: SecurityEvent,
    *,
    person: int | None = None,
    team: int | None = None,
    about: int | None = None,
    what: str = "",
) -> None:
    """Write *event* down. *person* did it, by default whoever is signed in; *about* is another person's id.

    *what* is a word of ours, such as an action of the audit trail; anything else is left out.
    """
    known = {"event": event.value, "person": person, "team": team, "about": about}
    facts = {name: value for name, value in known.items() if value is not None}
    if what and what.isascii() and what.isidentifier():
        facts["what"] = str(what)
    log.log(logging.WARNING if event in REFUSALS else logging.INFO, event.value, extra={"facts": facts})


def write_after_commit(session: Session, event: SecurityEvent, **facts: int | str | None) -> None:
    """Write *event* down once what the unit of writing did is kept. Called inside `write_transaction`."""
    written: Callable[[], None] = partial(write, event, **facts)  # type: ignore[arg-type]
    after_commit(session, written)
