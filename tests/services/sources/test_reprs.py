"""What opens an address of a booking source stands in no repr: neither its token nor a secret, nor what came."""

from __future__ import annotations

import dataclasses
import pkgutil
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from pydantic import BaseModel

import hubsync.services.sources
import hubsync.sources
import hubsync.web.sources
from hubsync.services.sources import accounts, endpoint_status, endpoints
from hubsync.services.sources.subscriptions import connect
from hubsync.store import db, end_read
from hubsync.store.sources import IntakeEndpoint
from tests.kit.diary import NAME, TOKEN, DiaryServer

HIDDEN = {"address", "token", "secret", "secrets", "body", "https_proxy", "callback_url", "subscriberUrl"}


def classes() -> Iterator[type]:
    """Every class of the subject."""
    for package in (hubsync.sources, hubsync.services.sources, hubsync.web.sources):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            found = vars(import_module(module.name)).values()
            yield from (each for each in found if isinstance(each, type) and each.__module__ == module.name)


def shown_fields(kind: type) -> set[str]:
    """The fields that stand in the repr of *kind* and are no types of their own, such as a scheme's."""
    if dataclasses.is_dataclass(kind):
        return {each.name for each in dataclasses.fields(kind) if each.repr}
    if issubclass(kind, BaseModel):
        return {name for name, each in kind.model_fields.items() if each.repr and each.annotation in (str, bytes)}
    return set()


def test_no_repr_shows_what_opens_something() -> None:
    shown = {f"{each.__module__}.{each.__qualname__}": shown_fields(each) & HIDDEN for each in classes()}
    assert {name: fields for name, fields in shown.items() if fields} == {}
    assert f"{endpoints.__name__}.EndpointView" in shown


def test_an_address_does_not_stand_in_the_repr_of_what_pages_and_upkeep_read(
    acme: Any, diary: DiaryServer, endpoint: int
) -> None:
    connect(endpoint, TOKEN, by=None)
    view = endpoints.list_endpoints(acme.team_id, NAME)[0]
    read: list[object] = [view, endpoint_status.read_status(view), accounts.open_account(endpoint)]
    token = db.session.query(IntakeEndpoint.token).scalar()
    end_read()
    assert token in view.address
    assert token not in repr([*read, *diary.subscriptions])
