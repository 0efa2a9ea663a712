"""Teachings and paths as they are stored, and what they find."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from hubsync.sources.signed_webhook.options import read_options
from hubsync.sources.signed_webhook.paths import (
    Entry,
    Step,
    find,
    may_be_missing,
    place_of,
    read_path,
    write_path,
)
from hubsync.sources.signed_webhook.presets import PRESETS
from hubsync.sources.signed_webhook.teaching import Condition, EntryList, Events, Teaching, read_teaching

FIELDS = [{"key": "a", "label": "Name", "value": "Noor"}, {"key": "b", "label": "Old", "value": None, "on": True}]
TEXTS = st.text(min_size=1, max_size=20)
STEPS: st.SearchStrategy[Step] = st.one_of(
    TEXTS,
    st.integers(0, 1_000_000),
    st.builds(
        Entry, at=st.lists(TEXTS, min_size=1, max_size=3).map(tuple), equals=st.one_of(TEXTS, st.booleans())
    ),
)
PATHS = st.lists(STEPS, max_size=6).map(tuple)


@given(PATHS)
def test_a_path_is_read_as_it_was_written(path: tuple[Step, ...]) -> None:
    assert read_path(write_path(path)) == path
    assert place_of(path)


@given(PATHS, st.recursive(st.none() | st.text() | st.booleans() | st.integers(), lambda part: st.lists(part)))
def test_a_path_leads_somewhere_or_nowhere(path: tuple[Step, ...], body: object) -> None:
    find({"a": body}, path)
    find(body, path)


@pytest.mark.parametrize(
    ("path", "stands"),
    [
        (("fields", 0, "value"), "Noor"),
        (("fields", Entry(at=("key",), equals="a"), "value"), "Noor"),
        (("fields", Entry(at=("on",), equals=True), "label"), "Old"),
        (("fields", Entry(at=("on",), equals="True"), "label"), None),
        (("fields", Entry(at=("key",), equals="c"), "value"), None),
        (("fields", Entry(at=("key",), equals="b"), "value"), None),
        (("fields", 2), None),
        (("fields", "0"), None),
        (("fields", "value"), None),
        (("by_id", Entry(at=("name",), equals="E-mail"), "value"), "n@birch.example"),
        (("by_id", "x", "value"), "n@birch.example"),
        (("one", 0), None),
        ((), None),
    ],
)
def test_a_step_is_a_name_a_number_or_the_entry_that_says_who_it_is(
    path: tuple[Step, ...], stands: object
) -> None:
    body = {"fields": FIELDS, "by_id": {"x": {"name": "E-mail", "value": "n@birch.example"}}, "one": "text"}
    assert find(body, path) == (stands if path else body)


def test_an_entry_is_found_wherever_it_stands_and_may_be_missing() -> None:
    path = ("fields", Entry(at=("key",), equals="a"), "value")
    assert find({"fields": FIELDS[::-1]}, path) == "Noor"
    assert find({"fields": []}, path) is None
    assert may_be_missing(path)
    assert not may_be_missing(("fields", 0, "value"))
    assert place_of(path) == "fields[a].value"


@pytest.mark.parametrize(
    "written",
    ["", "a", '"a"', "{}", "[1.5]", "[-1]", "[true]", "[null]", '[{"at":[],"is":"x"}]', '[{"at":["a"]}]',
     '[{"at":["a"],"is":1}]', '[{"at":["a"],"is":"x","or":1}]', json.dumps(["a"] * 65), json.dumps(["a" * 1_001]),
     ],
)  # fmt: skip
def test_what_is_no_path_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r"path|validation error"):
        read_path(written)


@pytest.mark.parametrize("name", PRESETS)
def test_a_teaching_is_read_as_it_was_stored(name: str) -> None:
    teaching = PRESETS[name].teaching
    stored = json.loads(json.dumps(teaching.stored()))
    assert stored["version"] == 1
    assert read_teaching(stored) == teaching


@given(PATHS, PATHS, TEXTS)
def test_any_teaching_is_read_as_it_was_stored(one: tuple[Step, ...], two: tuple[Step, ...], text: str) -> None:
    teaching = Teaching(
        email=(one, two),
        answers=(EntryList(at=one, label=(two,), value=(one, ()), only=Condition(at=two, equals=(text, True))),),
        events=Events(at=two, cancelled=(text,)),
        guess_guest=True,
    )
    assert read_teaching(json.loads(json.dumps(teaching.stored()))) == teaching


@pytest.mark.parametrize(
    "stored",
    [None, [], {"version": 2}, {"version": 1, "e-mail": []}, {"version": 1, "email": "a"}, {"email": [[1.5]]}],
)
def test_what_is_no_teaching_of_this_version_is_refused(stored: object) -> None:
    with pytest.raises(ValidationError):
        read_teaching(stored)


def test_a_refusal_repeats_nothing_that_was_pasted() -> None:
    with pytest.raises(ValidationError) as refused:
        read_options(
            {"preset": "another", "teaching": {"email": "noor@birch.example"}, "scheme": {"header": "n oor"}}
        )
    assert "noor" not in str(refused.value)
    assert "n oor" not in str(refused.value)


def test_options_are_read_as_they_were_stored_and_fall_back_on_the_preset() -> None:
    told = {"preset": "tally", "teaching": {"version": 1, "id": [["data", "eventId"]]}, "scheme": {"prefix": "s="}}
    options = read_options(told)
    assert options.stored() == told
    effective = options.effective()
    assert effective.teaching.id == (("data", "eventId"),)
    assert effective.teaching.email == ()
    assert effective.events == ("FORM_RESPONSE",)  # what happened is the preset's where nobody taught it
    assert effective.scheme.header == "X-Signature"
    assert read_options({}).stored() == {"preset": "another"}


@pytest.mark.parametrize("told", [{"preset": "myspace"}, {"preset": "../x"}, {"preset": 1}, {"colour": "red"}])
def test_options_that_are_none_are_refused(told: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        read_options(told)
