"""The family of errors: one place, one code each."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

import pytest

import hubsync
from hubsync import errors
from hubsync.errors import ACCOUNT_TROUBLES, HubSyncError, Remedy, Scope, codes, family


def kinds(root: type[HubSyncError] = HubSyncError) -> Iterator[type[HubSyncError]]:
    """Every class of the family that is loaded, whether or not another one has its code."""
    yield root
    for child in root.__subclasses__():
        yield from kinds(child)


@pytest.fixture(scope="module", autouse=True)
def _everything_is_loaded() -> None:
    for module in pkgutil.walk_packages(hubsync.__path__, "hubsync."):
        importlib.import_module(module.name)


def test_no_error_of_the_family_is_defined_elsewhere() -> None:
    # `family()` would know it only where that module happens to be loaded.
    assert [kind for kind in kinds() if getattr(errors, kind.__name__, None) is not kind] == []


def test_every_error_has_a_code_of_its_own() -> None:
    assert [kind for kind in kinds() if "code" not in vars(kind)] == []
    assert len({kind.code for kind in kinds()}) == len(list(kinds()))


def test_every_error_states_its_own_scope_and_remedy() -> None:
    # An inherited one would put a new error into groups that nobody thought of.
    assert [kind for kind in kinds() if not {"scope", "remedy"} <= set(vars(kind))] == []


def test_no_scope_and_no_remedy_is_idle() -> None:
    assert {kind.scope for kind in kinds()} == set(Scope)
    assert {kind.remedy for kind in kinds()} == set(Remedy)


def test_what_ends_by_itself_is_not_permanent() -> None:
    by_itself = codes(remedies={Remedy.WAIT, Remedy.LOOK})
    assert [code for code in by_itself if family()[code].permanent] == []


def test_what_is_passing_and_ends_by_no_waiting_is_named_here() -> None:
    # Its bookings use up no attempt, or whoever asked may ask again.
    passing = {code for code, kind in family().items() if not kind.permanent}
    assert passing - set(codes(remedies={Remedy.WAIT, Remedy.LOOK})) == {
        *ACCOUNT_TROUBLES,
        "not_connected",
        "another_account",
        "booking_not_kept",
        "provider_unreachable",
        "source_error",
        "source_unreachable",
    }


def test_groups_are_made_of_scope_and_remedy() -> None:
    assert set(codes(scopes={Scope.ACCESS}, remedies={Remedy.RETRY})) == {"another_account"}
    assert set(codes()) == set(family())
    assert codes(scopes={Scope.ACCOUNT}, remedies={Remedy.WAIT}) == ()
