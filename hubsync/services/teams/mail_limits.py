"""Rate limits on mails that people have sent at a press: nobody fills mailboxes through a team.

Counted over ten minutes, by all processes together.
"""

from __future__ import annotations

from math import ceil

from flask_babel import ngettext

from hubsync.errors import Refused
from hubsync.services.limits import FullLimit, Limit, take_turns

OF_A_TEAM = 30  # a department is invited in one go
TO_ONE_ADDRESS = 5
TEST_MAILS = 5


def allow_invitation(team_id: int, email: str) -> None:
    """Count one more mail with an invitation. Raises Refused when there were too many."""
    limits = [Limit(f"team {team_id}", OF_A_TEAM), Limit(f"mailbox {email}", TO_ONE_ADDRESS)]
    _refuse(take_turns("invitations", limits))


def allow_repeated(team_id: int) -> None:
    """Count one more mail that is sent again. Raises Refused when there were too many."""
    _refuse(take_turns("mails sent again", [Limit(f"team {team_id}", OF_A_TEAM)]))


def allow_test_mail(team_id: int) -> None:
    """Count one more test mail. Raises Refused when there were too many."""
    _refuse(take_turns("test mails", [Limit(f"team {team_id}", TEST_MAILS)]))


def _refuse(full: FullLimit | None) -> None:
    if full is None:
        return
    minutes = ceil(full.again_in.total_seconds() / 60)
    words = ngettext(
        "%(most)d such mails were sent within 10 minutes, and more are not. Try again in %(num)d minute.",
        "%(most)d such mails were sent within 10 minutes, and more are not. Try again in %(num)d minutes.",
        minutes,
        most=full.limit.most,
    )
    raise Refused(words, field="email")
