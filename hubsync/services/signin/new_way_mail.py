"""Mail to a person who can be signed in by another account from now on, so that nobody else adds one unnoticed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import render_template
from flask_babel import force_locale
from sqlalchemy.orm import Session

from hubsync.config import settings
from hubsync.domain.mails import MailKind
from hubsync.services import now, tools
from hubsync.services.outbox.outbox import MailToPut, put
from hubsync.services.outbox.sender import WrittenMail
from hubsync.services.people.languages import language_of
from hubsync.store.people import Identity, Person

OF_USE_FOR = timedelta(days=7)


def put_new_way(session: Session, identity: Identity) -> None:
    """Write the mail down in the unit that links *identity*, where mail is set up."""
    if not settings().mail_set_up:
        return
    provider = tools().identity.provider_of(identity.issuer) or ""
    content = {"provider": tools().identity.label_of(provider) or identity.issuer, "account": identity.shown}
    key = f"{MailKind.NEW_WAY_IN}:{identity.id}"
    not_after = now() + OF_USE_FOR
    put(session, MailToPut(MailKind.NEW_WAY_IN, key, content, person_id=identity.person_id, not_after=not_after))


def write_new_way(content: Mapping[str, Any], person: Person | None) -> WrittenMail:
    """Write the mail, in the person's language; the outbox has none of these without its person."""
    if person is None:
        raise LookupError("a mail about a way to sign in without its person")
    with force_locale(language_of(person)):
        shown = {**content, "email": person.email, "page": f"{settings().base_url}/account#ways-in"}
        subject = render_template("mail/new_way_in/subject.txt", **shown).strip()
        return WrittenMail(person.email, subject, render_template("mail/new_way_in/text.txt", **shown))
