"""Which state follows which."""

from __future__ import annotations

import pytest

from hubsync.domain.states import FINAL, STATES, may_follow


@pytest.mark.parametrize("state", FINAL)
def test_what_is_final_stays(state: str) -> None:
    assert not any(may_follow(each, state) for each in STATES)


@pytest.mark.parametrize("state", sorted(set(STATES) - set(FINAL) - {"sending"}))
def test_everything_else_goes_on_only_in_the_hands_of_a_worker(state: str) -> None:
    assert [each for each in STATES if may_follow(each, state)] == ["sending"]
