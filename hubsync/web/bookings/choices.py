"""What a guest chooses from on the page of free times, as HTML: links, or buttons where more goes along."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import quote_plus, urlencode

from markupsafe import Markup, escape

from hubsync.web.bookings.choice import PICK, SEE, START

MOST_OF_A_QUERY = 200
"""A page has a hundred choices and more. Each repeats a query of up to this length; a longer one is there once."""


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
