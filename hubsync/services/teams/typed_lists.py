"""Lists of a team that people type, one entry a line: the sites that may show its booking pages inside their own,
and the guests whose bookings its pages do not take. Saved whole or not at all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from flask_babel import gettext as _

from hubsync.domain import blocked_guests, parent_sites
from hubsync.domain.audit import AuditAction
from hubsync.domain.roles import Action
from hubsync.domain.typed_lists import ReadList
from hubsync.errors import Refused
from hubsync.phrases import enumerated
from hubsync.services.teams.audit import record
from hubsync.services.teams.members import require
from hubsync.store import write_transaction
from hubsync.store.teams import Team

NAMED = 5
"""So many entries are named where somebody else changed the list."""


class _Kind(NamedTuple):
    """One such list. *name* is its column, and its field on the page; *most* entries may be in it, of which
    *longest* characters are read; *shown* makes an entry what people write. Of the change the audit trail keeps
    what *tells* makes of the entries."""

    name: str
    read: Callable[[str], ReadList]
    most: int
    longest: int
    shown: Callable[[str], str]
    action: AuditAction
    tells: Callable[[list[str]], dict[str, Any]]


_SITES = _Kind(
    "parent_sites",
    parent_sites.read_sites,
    parent_sites.MOST,
    parent_sites.LONGEST_TYPED,
    str,
    AuditAction.PARENT_SITES_CHANGED,
    lambda entries: {"sites": entries},
)
# How many, not which: they are guests, and the trail is kept for ever.
_GUESTS = _Kind(
    "blocked_guests",
    blocked_guests.read_blocked,
    blocked_guests.MOST,
    blocked_guests.LONGEST_TYPED,
    blocked_guests.shown_entry,
    AuditAction.BLOCKED_GUESTS_CHANGED,
    lambda entries: {"number": len(entries)},
)


def save_parent_sites(team_id: int, typed: str, mark: str = "", *, by: int | None = None) -> None:
    """Make what was *typed* the sites that may show the team's pages; without any none does.

    Raises Refused for a line that is no site, for too many, and when somebody else changed the list since it had
    this *mark* (`mark_of`; empty for whoever has not seen it).
    """

    def sentences(number: int) -> tuple[str, str]:
        return _(
            "Line %(number)s is not the address of a site, such as https://www.acme.example.", number=number
        ), _("There may be up to %(number)s sites.", number=parent_sites.MOST)

    _save(_SITES, team_id, typed, mark, by, sentences)


def save_blocked_guests(team_id: int, typed: str, mark: str = "", *, by: int | None = None) -> None:
    """Make what was *typed*, addresses and domains, the team's blocked guests; without any nobody is blocked.

    Raises Refused as `save_parent_sites` does.
    """

    def sentences(number: int) -> tuple[str, str]:
        return _(
            "Line %(number)s is neither an e-mail address nor a domain such as spam.example or *.spam.example.",
            number=number,
        ), _("There may be up to %(number)s entries.", number=blocked_guests.MOST)

    _save(_GUESTS, team_id, typed, mark, by, sentences)


def mark_of(entries: Sequence[str]) -> str:
    """A mark of this state of a list: whoever saves it says which one they have seen."""
    return hashlib.sha256(" ".join(entries).encode()).hexdigest()[:16]


def _save(
    kind: _Kind,
    team_id: int,
    typed: str,
    mark: str,
    by: int | None,
    sentences: Callable[[int], tuple[str, str]],
) -> None:
    read = kind.read(typed[: kind.longest + 1])
    unreadable, too_many = sentences(next(iter(read.unreadable), 0))
    if read.unreadable:
        raise Refused(unreadable, field=kind.name)
    if len(read.entries) > kind.most or len(typed) > kind.longest:
        raise Refused(too_many, field=kind.name)
    with write_transaction() as session:
        require(session, team_id, by, Action.TEAM_SETTINGS)
        team = session.get_one(Team, team_id, populate_existing=True, with_for_update=True)
        before, after = getattr(team, kind.name), list(read.entries)
        if before == after:
            return
        if mark and mark != mark_of(before):
            raise Refused(_changed_meanwhile([kind.shown(each) for each in before]), field=kind.name)
        setattr(team, kind.name, after)
        record(session, team_id, by, kind.action, **kind.tells(after))


def _changed_meanwhile(entries: Sequence[str]) -> str:
    if not entries:
        return _("Somebody emptied the list meanwhile. Save again to put yours in its place.")
    named = enumerated([*entries[:NAMED], *(["…"] if len(entries) > NAMED else [])])
    return _(
        "Somebody changed the list meanwhile; it has %(entries)s now. Save again to put yours in its place.",
        entries=named,
    )
