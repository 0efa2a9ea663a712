"""Mails that somebody asks for who is not signed in.

Nobody may learn from them who has an account, by answer or by time: looking up, writing and mailing happen in
another thread, which starts for every address alike. And nobody may use them to fill mailboxes: they are counted
by the asker's network address in the database, so that all processes count together, and counted alike whether
the address is known or not, so that the limit tells nothing either.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import logging
from collections.abc import Callable
from datetime import timedelta
from threading import Thread
from typing import cast

from flask import Flask, current_app, render_template
from flask_babel import force_locale, get_locale
from sqlalchemy import delete, func, select

from hubsync.errors import MailNotSent
from hubsync.services import now, tools
from hubsync.store import writing
from hubsync.store.people import MailAsk

COUNTED_FOR = timedelta(minutes=10)
MAILS_AT_ONCE = 20  # an office behind one address signs in at nine
THREAD_NAME = "hubsync-asked-mail"

log = logging.getLogger(__name__)


def answer_later(ask: Callable[[], None], asked_from: str | None) -> None:
    """Call *ask* in another thread, unless too many mails were asked for from the network address *asked_from*.

    None is an address that is not known, and one asker too. Mails are in the language of the page.
    """
    # The thread outlives the request, so it gets the app itself, not the request's proxy.
    app = cast(Flask, current_app._get_current_object())  # type: ignore[attr-defined]
    language = str(get_locale() or "en")
    Thread(target=_answer, args=(app, language, ask, asked_from), name=THREAD_NAME).start()


def send(to: str, template: str, **shown: str) -> None:
    """Send the mail ``templates/mail/<template>``; a mail server that will not is a line in the log."""
    subject = render_template(f"mail/{template}/subject.txt", **shown).strip()
    try:
        tools().post.send(to, subject, render_template(f"mail/{template}/text.txt", **shown))
    except MailNotSent as fault:
        log.error("A mail that somebody asked for could not be sent: %s", fault.message)


def _answer(app: Flask, language: str, ask: Callable[[], None], asked_from: str | None) -> None:
    with app.app_context(), force_locale(language):
        if _may_ask(asked_from):
            ask()
        else:
            log.warning("More mails are asked for from one network address than are sent.")


def _may_ask(asked_from: str | None) -> bool:
    asker, moment = _asker(asked_from), now()
    with writing() as session:
        session.execute(delete(MailAsk).where(MailAsk.asked_at < moment - COUNTED_FOR))
        asked = session.scalars(select(func.count(MailAsk.id)).where(MailAsk.asked_from == asker)).one()
        if asked < MAILS_AT_ONCE:
            session.add(MailAsk(asked_from=asker, asked_at=moment))
    return asked < MAILS_AT_ONCE


def _asker(address: str | None) -> str:
    """A hash that nobody can try out without the key. A household's 2**64 addresses of IPv6 count as one."""
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        network = "unknown"
    else:
        found = getattr(found, "ipv4_mapped", None) or found
        network = str(ipaddress.ip_network((found, 64 if found.version == 6 else 32), strict=False))
    return hmac.new(current_app.config["SECRET_KEY"].encode(), network.encode(), hashlib.sha256).hexdigest()
