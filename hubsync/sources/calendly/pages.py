"""Page of a list in Calendly's API."""

from __future__ import annotations

from typing import Generic, TypeVar

from hubsync.sources.schema import Part

Item = TypeVar("Item")


class _Pagination(Part):
    next_page_token: str = ""


class Page(Part, Generic[Item]):
    """Some items, and the token of the next page, empty at the end."""

    collection: list[Item]
    pagination: _Pagination = _Pagination()

    @property
    def next_token(self) -> str:
        return self.pagination.next_page_token
