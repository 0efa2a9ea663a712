"""What tests of invitations share: who is in the team, what was mailed, and acts at the same moment."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable

from flask import Flask
from sqlalchemy import select

from hubsync.errors import HubSyncError
from hubsync.services import teams
from hubsync.store import db, rest
from hubsync.store.people import Person
from tests.mailing import MailServer


def person_id(app: Flask, email: str) -> int:
    with app.app_context():
        found = db.session.scalars(select(Person.id).where(Person.email == email)).one()
        rest()
        return found


def roles(team_id: int) -> dict[str, str]:
    found = {member.person.email: member.role for member in teams.list_members(team_id)}
    rest()
    return found


def mailed_token(smtp: MailServer, number: int = -1) -> str:
    text = smtp.mails[number].get_content()
    found = re.search(r"http://localhost:8000/invitations/([\w-]{43})\s", text)
    assert found, text
    return found[1]


def at_once(app: Flask, acts: list[Callable[[], object]]) -> list[object]:
    """What came of each act when all began at the same moment: what it returned, or the error."""
    together, results = threading.Barrier(len(acts)), [None] * len(acts)

    def work(number: int) -> None:
        with app.app_context():
            together.wait()
            try:
                results[number] = acts[number]()  # type: ignore[call-overload]
            except HubSyncError as fault:
                results[number] = fault  # type: ignore[call-overload]

    threads = [threading.Thread(target=work, args=(number,)) for number in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return list(results)
