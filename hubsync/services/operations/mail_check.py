"""Mail check: a test mail, before somebody waits for one that does not arrive."""

from __future__ import annotations

from flask import render_template

from hubsync.config import settings
from hubsync.services import tools
from hubsync.services.teams.mail_limits import allow_test_mail
from hubsync.store import end_read
from hubsync.store.teams import Team


def send_test_mail(to: str, team: Team) -> None:
    """Mail a few words to the address. Raises MailNotSent with what was in the way, within ten seconds.

    Refused when the team had too many test mails.
    """
    shown = {"team_name": team.name, "base_url": settings().base_url}
    subject = render_template("mail/test_mail/subject.txt", **shown).strip()
    text = render_template("mail/test_mail/text.txt", **shown)
    allow_test_mail(team.id)
    end_read()
    tools().mail_sender.send(to, subject, text)
