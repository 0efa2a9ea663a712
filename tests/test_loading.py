"""What is loaded at a start is not looked through for garbage, then or later."""

from __future__ import annotations

import gc

import pytest

from hubsync.loading import loading


def test_what_was_made_meanwhile_is_left_out_and_garbage_is_looked_for_again() -> None:
    gc.collect()
    frozen = gc.get_freeze_count()
    with loading():
        assert not gc.isenabled()
        kept = [[] for _ in range(1_000)]
    assert gc.isenabled()
    assert gc.get_freeze_count() >= frozen + len(kept)


def test_so_it_is_after_an_import_that_fails() -> None:
    with pytest.raises(ImportError), loading():
        raise ImportError
    assert gc.isenabled()
