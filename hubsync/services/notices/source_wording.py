"""Text of a notice about booking sources: what each of them does not do, and where that is put right."""

from __future__ import annotations

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from babel.dates import format_date
from flask_babel import get_locale
from flask_babel import gettext as _

from hubsync.config import settings
from hubsync.services.notices.source_news import NewsKind, SourceNews
from hubsync.services.notices.to_do import ToDo
from hubsync.sources.registry import SOURCES
from hubsync.store.teams import Team


def subject() -> str:
    """Of a notice about nothing else."""
    return _("A booking source needs a look")


def lead(team: str) -> str:
    """The same for its first sentence."""
    return _("Bookings of the team %(team)s may not be on their way to HubSync.", team=team)


def lines(news: Iterable[SourceNews], time_zone: str) -> tuple[str, ...]:
    """A sentence for each, with days as they are in *time_zone*."""
    return tuple(_line(each, time_zone) for each in news)


def to_do(team: Team, news: Iterable[SourceNews]) -> tuple[ToDo, ...]:
    """What to do about each source that waits for somebody."""
    waiting = dict.fromkeys(each.source for each in news if each.kind is not NewsKind.RENEWED)
    return tuple(
        ToDo(
            _("Open the page of %(source)s here: it says what came lately and what to do.", source=_name(each)),
            _("Open the page of %(source)s", source=_name(each)),
            f"{settings().base_url}/teams/{team.slug}/settings/integrations/{each.replace('_', '-')}",
        )
        for each in waiting
    )


def _line(news: SourceNews, time_zone: str) -> str:
    name = _name(news.source)
    if news.kind is NewsKind.REFUSED:
        return _("%(source)s no longer lets HubSync in: the token there has to be replaced.", source=name)
    if news.kind is NewsKind.RENEWED:
        return _(
            "%(source)s had stopped sending bookings. HubSync made it send again and looks for what was missed.",
            source=name,
        )
    since = news.since or news.at
    day = format_date(since.astimezone(ZoneInfo(time_zone)).date(), "long", locale=get_locale())
    return _(
        "No booking of %(source)s has come since %(day)s, which is longer than usual.",
        source=name,
        day=day,
    )


def _name(source: str) -> str:
    return _(SOURCES[source].label) if source in SOURCES else source
