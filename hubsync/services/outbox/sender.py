"""Sender of the outbox: hands over what is due, at most once each, and tries again what has not left."""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from hubsync.config import settings
from hubsync.domain.mails import MailKind
from hubsync.errors import MailFailure, MailNotSent
from hubsync.mail.calendar_file import CalendarFile
from hubsync.services import tools
from hubsync.services.isolation import log_unexpected
from hubsync.services.outbox import turns
from hubsync.services.outbox.turns import NOTHING_MORE, LeasedMail, WhenSent
from hubsync.store import end_read
from hubsync.store.people import Person

log = logging.getLogger(__name__)
SLICE_SECONDS = 20.0
"""How long one round goes on, so that `flask due` comes to its end."""


@dataclass(frozen=True)
class WrittenMail:
    """A mail as it leaves, to one address or to several at once. *number* is of how many deliveries it tells."""

    to: str | tuple[str, ...] = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    html: str | None = field(default=None, repr=False)
    calendar_file: CalendarFile | None = None
    reply_to: str | None = field(default=None, repr=False)
    number: int = 0


Writer = Callable[[Mapping[str, Any], Person | None], WrittenMail | None]
"""Writes the mails of one kind, of what they are made of and the person they are for; None when by now nobody
needs the mail any more."""

_OF_ONE_MAIL = frozenset({MailFailure.HEADER, MailFailure.ADDRESS, MailFailure.REFUSED})
"""What says nothing of the next mail."""


class _Overtaken(Exception):
    """The lease ended before the mail could be handed over; whoever has it now sends the mail."""


def send_due_mails(
    writers: Mapping[MailKind, Writer],
    stopped: Callable[[], bool] = lambda: False,
    seconds: float = SLICE_SECONDS,
    when_sent: Mapping[MailKind, WhenSent] = NOTHING_MORE,
) -> list[tuple[int, MailKind]]:
    """Send every mail of the outbox that is due, until *stopped*; return their ids and kinds.

    What is left after so many *seconds* wakes the next round. *when_sent* says of some kinds what is written down
    besides when one counts as sent.

    Any number of workers may do this at once, and any may be killed at any moment. A mail is sent at most once:
    the worker writes down that it is about to hand it over, and one that was stopped after that counts as having
    sent it. What the server does not take is tried again after growing pauses, some times. A server that cannot
    be used ends the round, so that other work does not wait for it once for each mail.
    """
    if not settings().mail_set_up:
        return []
    sent: list[tuple[int, MailKind]] = []
    ends = time.monotonic() + seconds
    for mail_id in turns.list_due():
        if stopped():
            break
        if time.monotonic() >= ends:
            tools().mail_wake.set()
            break
        with log_unexpected(f"sending mail {mail_id}"):
            mail = turns.take(mail_id, when_sent)
            if mail is None:
                continue
            try:
                if _send(mail, writers[mail.kind], when_sent):
                    sent.append((mail.id, mail.kind))
            except MailNotSent as fault:
                if fault.reason not in _OF_ONE_MAIL:
                    break
    return sent


def send_at_once(key: str, writer: Writer) -> MailNotSent | None:
    """Send the mail *key*, for which somebody waits; return why it did not leave, and None when it did.

    None as well when somebody else has it, or an unexpected error came in between: then it is sent in the
    background, like every mail that did not leave for a reason that passes.
    """
    mail_id = turns.find_due(key)
    with log_unexpected(f"sending mail {mail_id}"):
        mail = turns.take(mail_id) if mail_id is not None else None
        if mail is not None:
            try:
                _send(mail, writer)
            except MailNotSent as fault:
                return fault
    return None


def _send(mail: LeasedMail, writer: Writer, when_sent: Mapping[MailKind, WhenSent] = NOTHING_MORE) -> bool:
    """Write and send a mail that was taken; whether it left. Raises MailNotSent, when that is written down."""
    written = writer(mail.content, mail.person)
    end_read()
    if written is None:
        turns.drop(mail)
        log.info("Mail %d (%s) was not sent: nobody needs it any more.", mail.id, mail.kind)
        return False
    try:
        return _hand_in(mail, written, when_sent)
    except MailNotSent as fault:
        turns.note_not_sent(mail, fault.reason, lasting=fault.lasting)
        log.warning("Mail %d (%s) could not be sent: %s.", mail.id, mail.kind, fault.message)
        raise


def _hand_in(mail: LeasedMail, written: WrittenMail, when_sent: Mapping[MailKind, WhenSent]) -> bool:
    try:
        refused = tools().mail_sender.send(
            written.to,
            written.subject,
            written.text,
            written.html,
            message_id(mail.kind, mail.key),
            lambda: _hand_over(mail, written.number),
            written.calendar_file,
            written.reply_to,
        )
    except _Overtaken:
        log.info("Mail %d (%s) was left to another worker.", mail.id, mail.kind)
        return False
    except MailNotSent as fault:
        if not fault.perhaps_sent:
            raise
        log.warning("The mail server's answer to mail %d (%s) was lost; it counts as sent.", mail.id, mail.kind)
        turns.note_sent(mail, fault.reason, when_sent)
        return True
    if refused:
        log.warning("The mail server refused %d recipients of mail %d (%s).", len(refused), mail.id, mail.kind)
    turns.note_sent(mail, when_sent=when_sent)
    return True


def _hand_over(mail: LeasedMail, number: int) -> None:
    if not turns.hand_over(mail, number):
        raise _Overtaken


def message_id(kind: MailKind, key: str) -> str:
    """The Message-ID of a mail, the same for all tries of it; its key is not told."""
    digest = hashlib.sha256(key.encode()).hexdigest()[:32]
    return f"<{kind.replace('_', '-')}.{digest}@{urlsplit(settings().base_url).hostname}>"
