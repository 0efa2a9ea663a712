"""Sign-in and confirmation mails, sent off-thread so that timing reveals no account.

Nobody may learn from them who has an account, by answer or by time: looking up, counting, writing and mailing
happen in another thread, which starts for every address alike. How many are sent is decided by `mail_limits`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Thread
from typing import cast

from flask import Flask, current_app, render_template
from flask_babel import force_locale, get_locale

from hubsync.errors import MailNotSent
from hubsync.services import tools

THREAD_NAME = "hubsync-asked-mail"

log = logging.getLogger(__name__)


def answer_later(ask: Callable[[], None]) -> None:
    """Call *ask* in another thread; mails are in the language of the page."""
    # The thread outlives the request, so it gets the app itself, not the request's proxy.
    app = cast(Flask, current_app._get_current_object())  # type: ignore[attr-defined]
    language = str(get_locale() or "en")
    Thread(target=_answer, args=(app, language, ask), name=THREAD_NAME).start()


def send(to: str, template: str, **shown: str) -> None:
    """Send the mail ``templates/mail/<template>``; a mail server that will not is a line in the log."""
    subject = render_template(f"mail/{template}/subject.txt", **shown).strip()
    try:
        tools().mail_sender.send(to, subject, render_template(f"mail/{template}/text.txt", **shown))
    except MailNotSent as fault:
        log.error("A mail that somebody asked for could not be sent: %s", fault.message)


def _answer(app: Flask, language: str, ask: Callable[[], None]) -> None:
    with app.app_context(), force_locale(language):
        ask()
