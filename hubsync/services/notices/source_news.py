"""News of booking sources for a notice: what a source refuses, what it had ended, and which one is silent.

Each is news once: whatever was noted before the last notice was written is shown by the source's page alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, exists, or_, select

from hubsync.domain.subscriptions import Intent
from hubsync.services import now
from hubsync.services.sources.accounts import WAITING_FOR_A_PERSON
from hubsync.services.sources.silence import silence_of
from hubsync.store import db
from hubsync.store.sources import IntakeEndpoint, SourceAccount, SourceSilence
from hubsync.store.teams import Team

RENEWAL_IS_NEWS = timedelta(days=30)
"""Where no mail can be sent for longer, nobody needs to hear of it any more."""


class NewsKind(StrEnum):
    """What there is to say of a source."""

    REFUSED = "refused"
    """It does not let HubSync in any more."""
    RENEWED = "renewed"
    """It had stopped sending, and HubSync made it send again."""
    SILENT = "silent"
    """It is quiet for longer than is usual for it."""


@dataclass(frozen=True)
class SourceNews:
    """One thing to say of *source*, noted *at*; *since* is when the last booking of a silent one came."""

    kind: NewsKind
    source: str
    at: datetime
    since: datetime | None = None


def read_source_news(team_id: int, told_until: datetime | None) -> tuple[SourceNews, ...]:
    """What is to be said of the team's sources that was noted after *told_until*."""
    news = sorted((*_of_accounts(team_id), *_of_silences(team_id)), key=lambda each: (each.source, each.kind))
    return tuple(each for each in news if told_until is None or each.at > told_until)


def has_source_news() -> ColumnElement[bool]:
    """The condition for teams of which there may be any, for a query of teams."""
    account = (
        exists()
        .where(SourceAccount.endpoint_id == IntakeEndpoint.id, IntakeEndpoint.team_id == Team.id)
        .where(or_(_is_refused(), SourceAccount.renewed_at > now() - RENEWAL_IS_NEWS))
    )
    silent = exists().where(SourceSilence.team_id == Team.id, SourceSilence.since.is_not(None))
    return or_(account, silent)


def _of_accounts(team_id: int) -> Iterator[SourceNews]:
    of_team = select(SourceAccount).join(IntakeEndpoint).where(IntakeEndpoint.team_id == team_id)
    for row in db.session.scalars(of_team.where(_is_refused()).execution_options(populate_existing=True)):
        if row.problem_at is not None:
            yield SourceNews(NewsKind.REFUSED, row.endpoint.source, row.problem_at)
    lately = SourceAccount.renewed_at > now() - RENEWAL_IS_NEWS
    for row in db.session.scalars(of_team.where(lately).execution_options(populate_existing=True)):
        if row.renewed_at is not None:
            yield SourceNews(NewsKind.RENEWED, row.endpoint.source, row.renewed_at)


def _of_silences(team_id: int) -> Iterator[SourceNews]:
    silences = select(SourceSilence).where(SourceSilence.team_id == team_id, SourceSilence.since.is_not(None))
    for row in db.session.scalars(silences.execution_options(populate_existing=True)):
        if row.noticed_at is not None and silence_of(team_id, row.source) is not None:
            yield SourceNews(NewsKind.SILENT, row.source, row.noticed_at, row.since)


def _is_refused() -> ColumnElement[bool]:
    wanted = SourceAccount.intent == Intent.SUBSCRIBE
    return wanted & SourceAccount.problem_code.in_(WAITING_FOR_A_PERSON)
