"""Mail check: a test mail, before somebody waits for one that does not arrive."""

from __future__ import annotations

from flask import render_template

from hubsync.config import settings
from hubsync.services import tools
from hubsync.store import end_read


def send_test_mail(to: str, team_name: str) -> None:
    """Mail a few words to the address. Raises MailNotSent with what was in the way, within ten seconds."""
    shown = {"team_name": team_name, "base_url": settings().base_url}
    subject = render_template("mail/test_mail/subject.txt", **shown).strip()
    text = render_template("mail/test_mail/text.txt", **shown)
    end_read()
    tools().mail_sender.send(to, subject, text)
