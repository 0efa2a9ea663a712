"""Facts of the request that is being answered, which every line that is logged meanwhile is written with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, fields
from typing import Any


@dataclass
class RequestFacts:
    """What is known of a request: its id, the route, who is signed in, and a hash of the network address.

    Never the address itself, nor anything that a guest or a person wrote.
    """

    request: str = ""
    route: str = ""
    person: int | None = None
    address: str = ""

    def known(self) -> dict[str, Any]:
        """Those that are known, by their names."""
        return {each.name: value for each in fields(self) if (value := getattr(self, each.name)) not in {"", None}}


_current: ContextVar[RequestFacts | None] = ContextVar("request_facts", default=None)


def current_facts() -> RequestFacts:
    """Those of the request that this thread answers, to be read and filled in; of none outside of requests."""
    return _current.get() or RequestFacts()


def begin_request() -> RequestFacts:
    """Begin with a request of which nothing is known yet."""
    facts = RequestFacts()
    _current.set(facts)
    return facts


def end_request() -> None:
    """Let what is logged from now on belong to no request."""
    _current.set(None)


def carried(work: Callable[[], None]) -> Callable[[], None]:
    """*work* for another thread, logged as belonging to the request that this one answers."""
    facts = _current.get()

    def carry() -> None:
        with _as_of(facts):
            work()

    return carry


@contextmanager
def _as_of(facts: RequestFacts | None) -> Iterator[None]:
    token = _current.set(facts)
    try:
        yield
    finally:
        _current.reset(token)
