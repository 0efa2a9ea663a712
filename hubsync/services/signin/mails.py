"""Sign-in and confirmation mails, sent off-thread so that timing reveals no account.

Nobody may learn from them who has an account, by answer or by time: looking up, counting, writing and mailing
happen in another thread, which starts for every address alike. How many are sent is decided by `mail_limits`.

Each has a link that is good once (`one_time_links`), and is put into the outbox by the unit that makes the link.
The thread then sends it at once; what does not leave is tried again for as long as the link is good.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import partial
from threading import Thread
from typing import Any, cast

from flask import Flask, current_app, render_template
from flask_babel import force_locale, get_locale
from sqlalchemy.orm import Session

from hubsync.config import settings
from hubsync.domain.fingerprints import fingerprint
from hubsync.domain.mails import MailKind
from hubsync.errors import LinkSpent
from hubsync.logs.facts import carried
from hubsync.services import now
from hubsync.services.outbox.outbox import MailToPut, put
from hubsync.services.outbox.sender import Writer, WrittenMail, send_at_once
from hubsync.services.signin import one_time_links
from hubsync.store import db
from hubsync.store.people import OneTimeLink, Person, SigninLink, UnconfirmedIdentity
from hubsync.store.teams import InvitationClaim

THREAD_NAME = "hubsync-asked-mail"
TABLES: Mapping[MailKind, type[OneTimeLink]] = {
    MailKind.SIGNIN_LINK: SigninLink,
    MailKind.CONFIRM_IDENTITY: UnconfirmedIdentity,
    MailKind.CLAIM_INVITATION: InvitationClaim,
}
"""Where the links of each kind of mail are kept."""
PATHS: Mapping[MailKind, str] = {
    MailKind.SIGNIN_LINK: "signin/link",
    MailKind.CONFIRM_IDENTITY: "signin/confirm",
    MailKind.CLAIM_INVITATION: "signin/join",
}

log = logging.getLogger(__name__)


def answer_later(ask: Callable[[], None]) -> None:
    """Call *ask* in another thread; mails are in the language of the page."""
    # The thread outlives the request, so it gets the app itself, not the request's proxy.
    app = cast(Flask, current_app._get_current_object())  # type: ignore[attr-defined]
    language = str(get_locale() or "en")
    Thread(target=_answer, args=(app, language, carried(ask)), name=THREAD_NAME).start()


def can_be_sent() -> bool:
    """Whether this installation sends mails; a line in the log when it does not."""
    if not settings().mail_set_up:
        log.error("A mail that somebody asked for could not be sent: HUBSYNC_MAIL_DEFAULT_SENDER is not set")
    return settings().mail_set_up


def put_link(
    session: Session,
    kind: MailKind,
    token: str,
    to: str,
    shown: Mapping[str, str] | None = None,
    *,
    person_id: int | None = None,
    team_id: int | None = None,
    language: str = "",
) -> str:
    """Write down the mail with the link of *token*, in the unit that made it; return its key.

    It goes to *to*, in *language* or that of the page, and tells *shown* beside the link. It is of no use any more
    when the link is too old.
    """
    key = f"{kind}:{fingerprint(token)}"
    content = {
        "to": to,
        "token": token,
        "language": language or str(get_locale() or "en"),
        "shown": dict(shown or {}),
    }
    not_after = now() + one_time_links.LINK_LIFE
    put(session, MailToPut(kind, key, content, team_id, person_id, not_after=not_after, wakes=False))
    return key


def send(kind: MailKind, key: str) -> None:
    """Send the mail *key* now. Should the server not take it, the outbox tries again."""
    send_at_once(key, WRITERS[kind])


def link_of(kind: MailKind, token: str) -> str:
    """The address that a mailed link leads to."""
    return f"{settings().base_url}/{PATHS[kind]}/{token}"


def _write(kind: MailKind, content: Mapping[str, Any], person: Person | None) -> WrittenMail | None:
    token = content["token"]
    try:
        one_time_links.find(db.session(), TABLES[kind], token)
    except LinkSpent:
        return None
    shown = {**content["shown"], "link": link_of(kind, token)}
    with force_locale(content["language"]):
        subject = render_template(f"mail/{kind}/subject.txt", **shown).strip()
        return WrittenMail(content["to"], subject, render_template(f"mail/{kind}/text.txt", **shown))


WRITERS: Mapping[MailKind, Writer] = {kind: partial(_write, kind) for kind in TABLES}


def _answer(app: Flask, language: str, ask: Callable[[], None]) -> None:
    with app.app_context(), force_locale(language):
        ask()
