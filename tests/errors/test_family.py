"""The family of errors: one place, one code each."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

import pytest

import hubsync
from hubsync import errors
from hubsync.errors import HubSyncError


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
