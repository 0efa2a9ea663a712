"""What tests are told of acts that begin at one instant."""

from __future__ import annotations

import pytest
from flask import Flask

from hubsync.errors import NotFound, Refused
from tests.kit.at_one_instant import at_once


def act_of(fault: Exception | None) -> str:
    if fault is not None:
        raise fault
    return "done"


def test_an_error_that_no_act_may_end_with_is_raised_when_all_have_ended(app: Flask) -> None:
    missing, refused, bug = NotFound("no such row"), Refused("not now"), ValueError("a bug")
    acts = [lambda fault=fault: act_of(fault) for fault in (None, missing, refused, bug)]
    with pytest.raises(ExceptionGroup) as raised:
        at_once(app, acts, Refused)
    assert set(raised.value.exceptions) == {missing, bug}
    assert at_once(app, acts[:3], Refused, NotFound) == ["done", missing, refused]
