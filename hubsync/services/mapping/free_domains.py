"""A team's own free e-mail domains: they belong to no company, beside those of the list for everybody."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import bindparam, select

from hubsync.domain.audit import AuditAction
from hubsync.domain.domain_names import shown_domain
from hubsync.domain.email_domains import OwnFreeDomains, free_domains, read_own_free_domains
from hubsync.domain.roles import Action
from hubsync.errors import Refused
from hubsync.phrases import enumerated, sentences
from hubsync.services.teams.audit import record
from hubsync.services.teams.members import require
from hubsync.services.teams.typed_lists import mark_of
from hubsync.store import db, write_transaction
from hubsync.store.teams import Team

MOST = 500
LONGEST_TYPED = 60_000
"""Characters that are read at all; 500 domains of usual length take some 10,000."""
_NAMED = 5
# The column, not the row: a row that the session has is not read again. Made once, for every delivery asks.
_OF_TEAM = select(Team.own_free_domains).where(Team.id == bindparam("team_id"))


def own_free_domains(team_id: int) -> frozenset[str]:
    """The team's own additions, as `domain.email_domains.is_free` takes them."""
    return frozenset(db.session.scalars(_OF_TEAM, {"team_id": team_id}).one())


def list_own(team_id: int) -> tuple[list[str], str]:
    """The team's own domains as people write them, and a mark of this state of the list for `save_own`."""
    domains = db.session.get_one(Team, team_id, populate_existing=True).own_free_domains
    return [shown_domain(domain) for domain in domains], mark_of(domains)


def save_own(team_id: int, typed: str, mark: str, *, by: int) -> OwnFreeDomains:
    """Make what somebody typed the team's own list, and return how it was read.

    Domains that the list for everybody has anyway are omitted. Raises Refused for entries that are no domain, for
    one that is there twice, for too many, and when somebody else changed the list since it had this *mark*.
    """
    read = read_own_free_domains(typed[:LONGEST_TYPED])
    _refuse(typed, read)
    with write_transaction() as session:
        require(session, team_id, by, Action.TEAM_SETTINGS)
        team = session.get_one(Team, team_id, populate_existing=True, with_for_update=True)
        before, after = set(team.own_free_domains), set(read.domains)
        if mark_of(team.own_free_domains) != mark and before != after:
            sentence = _("Somebody changed the list meanwhile. Compare it with yours, then save again.")
            raise Refused(sentence, field="domains")
        if before != after:
            team.own_free_domains = list(read.domains)
            details = {"added": sorted(after - before), "removed": sorted(before - after)}
            record(session, team_id, by, AuditAction.FREE_DOMAINS_CHANGED, **details)
    return read


def count_listed() -> int:
    """How many domains the list for everybody has."""
    return len(free_domains())


def _refuse(typed: str, read: OwnFreeDomains) -> None:
    faults = []
    if read.no_domains:
        faults.append(
            ngettext(
                "This is not a domain: %(entries)s.",
                "These are not domains: %(entries)s.",
                len(read.no_domains),
                entries=_some(read.no_domains),
            )
        )
    if read.twice:
        faults.append(_("This is there twice: %(entries)s.", entries=_some(read.twice)))
    if len(read.domains) > MOST or len(typed) > LONGEST_TYPED:
        faults.append(
            ngettext(
                "A team can have %(num)s domain of its own.", "A team can have %(num)s domains of its own.", MOST
            )
        )
    if faults:
        raise Refused(sentences(*faults), field="domains")


def _some(entries: Sequence[str]) -> str:
    """The first entries, each shortened, and whether there are more."""
    shown = [_("“%(text)s”", text=entry[:60]) for entry in dict.fromkeys(entries[:_NAMED])]
    return enumerated([*shown, "…"] if len(entries) > _NAMED else shown)
