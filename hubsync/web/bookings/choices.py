"""What a guest chooses from on the page of free times, as HTML: links, or buttons where more goes along."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote_plus, urlencode

from markupsafe import Markup, escape

from hubsync.web.bookings.choice import PICK, SEE, START

MOST_OF_A_QUERY = 200
"""A page has a hundred choices and more. Each repeats a query of up to this length; a longer one is there once."""


class ShownDay(NamedTuple):
    """A day of the month that is shown, with so many *times*: *face* has its number, and in words both.

    *value* chooses it.
    """

    value: str
    face: Markup
    times: int
    chosen: bool


class ShownTime(NamedTuple):
    """A free time as a guest reads it: *value* chooses it, *words* have the offset where clocks show it twice."""

    value: str
    words: str

    @property
    def face(self) -> Markup:
        return time_face(self.value, self.words)


class Choices:
    """Begin and end of each month, day and time that can be chosen, with *kept* of the query going along.

    They are links to *address*. Where answers were *typed* already they are buttons of the form that has these,
    and where the query is long they are buttons of one that has it. HTML that is written so often is written here:
    a template takes ten times as long.
    """

    def __init__(self, address: str, kept: Sequence[tuple[str, str]], *, typed: bool) -> None:
        query = urlencode(kept)
        self.are_links = not typed and len(query) <= MOST_OF_A_QUERY
        self._link = escape(f"{address}?{query}&")
        self._names = {SEE: SEE, START: PICK if typed else START}
        self.end = Markup("</a>") if self.are_links else Markup("</button>")

    def begin(
        self, name: str, value: str, classes: str, there: str = "times", *, chosen: bool = False, data: str = ""
    ) -> Markup:
        """The tag of a choice; the page that it leads to is read on at *there*, or from its top."""
        more = (' aria-current="true"' if chosen else "") + (f" {data}" if data else "")
        at = f"#{there}" if there else ""
        if self.are_links:
            tag = f'<a class="{classes}" href="{self._link}{name}={quote_plus(value)}{at}"{more}>'
        else:
            at = f' formaction="{at}"' if at else ""
            tag = f'<button class="{classes}" name="{self._names[name]}" value="{escape(value)}"{at}{more}>'
        return Markup(tag)  # noqa: S704  # values are quoted or escaped, the rest is the template's own

    def days(self, week: Iterable[ShownDay | None]) -> Markup:
        """The cells of a week, None for days of other months."""
        cells = (f"\n          <td>{self._day(each)}\n          </td>" for each in week)
        return Markup("".join(cells))  # noqa: S704  # as above

    def times(self, times: Iterable[ShownTime]) -> Markup:
        """The items of a list of times."""
        items = (
            f"\n      <li>{self.begin(START, each.value, 'btn btn-time', '')}{each.face}{self.end}</li>"
            for each in times
        )
        return Markup("".join(items))  # noqa: S704  # as above

    def _day(self, day: ShownDay | None) -> str:
        if day is None:
            return ""
        if not day.times:
            return f'<span class="day none">{day.face}</span>'
        return f"{self.begin(SEE, day.value, 'day free', chosen=day.chosen)}{day.face}{self.end}"


@lru_cache(maxsize=2048)  # the next guest's page has the same ones
def day_face(number: int, words: str) -> Markup:
    """What a day shows, and the *words* that are read out for it."""
    return Markup('<span aria-hidden="true">{}</span><span class="visually-hidden">{}</span>').format(
        number, words
    )


@lru_cache(maxsize=2048)
def time_face(value: str, words: str) -> Markup:
    """What a time of day shows."""
    return Markup('<time datetime="{}">{}</time>').format(value, words)
