"""A mapping file is read back as it was written, and anything else is refused with its row."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubsync.domain.information import Fact, Information, Piece
from hubsync.domain.mapping import Section, WhenExists
from hubsync.domain.mapping_file import (
    MOST_BYTES,
    FiledMapping,
    FiledRow,
    FileProblem,
    MappingFileUnreadable,
    read_mapping_file,
    write_mapping_file,
)
from hubsync.domain.questions import Kind, Part, Question

NAME = Question(1, "お名前", Kind.NAME, required=False, part=Part.NAME)
BUDGET = Question(2, "Budget", Kind.NUMBER, required=False, number=2)
TOKENS = (
    Information.question(1).token,
    Information.question(1, Piece.AFTER_SPACE).token,
    Information.question(2).token,
    Information.fact(Fact.HOST).token,
    Information.param("utm_source").token,
)


def filed(*tokens: str, section: Section = Section.CONTACTS) -> FiledMapping:
    rows = tuple(FiledRow(section, f"p{n}", f"Property {n}", "string", token) for n, token in enumerate(tokens))
    return FiledMapping("Intro 相談", True, False, rows, (NAME, BUDGET), {})


def told(**changes: Any) -> dict[str, Any]:
    """The file of one row, changed."""
    return {**json.loads(write_mapping_file(filed(TOKENS[3]))), **changes}


def read(contents: Any) -> FiledMapping:
    return read_mapping_file(json.dumps(contents).encode())


@given(st.lists(st.sampled_from(TOKENS), max_size=6), st.sampled_from(Section))
def test_what_was_written_is_read_back(tokens: list[str], section: Section) -> None:
    written = write_mapping_file(filed(*tokens, section=section))
    again = read_mapping_file(b"\xef\xbb\xbf" + written.encode())
    assert (again.calendar, again.companies_on, again.contacts_on) == ("Intro 相談", True, False)
    assert write_mapping_file(again) == written
    assert [each.property_name for each in again.rows] == [f"p{n}" for n in range(len(tokens))]


def test_what_becomes_of_records_that_exist_is_written_where_it_was_chosen_and_older_files_are_read() -> None:
    usual = filed(TOKENS[3], TOKENS[4])
    chosen = replace(
        usual, rows=(replace(usual.rows[0], when_exists=WhenExists.FILL), usual.rows[1]), associates_existing=True
    )
    found = read_mapping_file(write_mapping_file(chosen).encode())
    assert (found.rows, found.associates_existing) == (chosen.rows, True)
    assert "exist" not in write_mapping_file(usual)  # as versions wrote it that knew of no such thing
    contents = json.loads(write_mapping_file(chosen))
    contents["contacts"]["rows"][0]["property"] = "email"
    assert read(contents).rows[0].when_exists is WhenExists.LEAVE
    contents["contacts"]["rows"][0]["when_exists"] = "overwrite"
    with pytest.raises(MappingFileUnreadable) as refused:
        read(contents)
    assert (refused.value.problem, refused.value.number) == (FileProblem.BAD_ROW, 1)


def test_a_deleted_question_keeps_its_label_and_points_to_no_question() -> None:
    gone = FiledMapping("", True, True, filed("question:9").rows, (), {9: "Fax"})
    again = read_mapping_file(write_mapping_file(gone).encode())
    assert again.questions == ()
    assert list(again.deleted.values()) == ["Fax"]
    assert again.rows[0].token == f"question:{next(iter(again.deleted))}"


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (b"", FileProblem.NOT_JSON),
        (b"\xff\xfe", FileProblem.NOT_JSON),
        (b"[" * 100_000, FileProblem.NOT_JSON),
        (b"1" * 10_000, FileProblem.NOT_JSON),
        (b" " * (MOST_BYTES + 1), FileProblem.TOO_LARGE),
        (b"[]", FileProblem.NOT_A_MAPPING),
        (b"{}", FileProblem.NOT_A_MAPPING),
        (b'{"hubsync_mapping": true}', FileProblem.NOT_A_MAPPING),
        (b'{"hubsync_mapping": 1}', FileProblem.NOT_A_MAPPING),
        (b'{"hubsync_mapping": 2}', FileProblem.LATER_VERSION),
    ],
)
def test_what_is_no_mapping_is_refused(raw: bytes, problem: FileProblem) -> None:
    with pytest.raises(MappingFileUnreadable) as refused:
        read_mapping_file(raw)
    assert refused.value.problem is problem


ROW = {"property": "city", "label": "City", "type": "string", "information": {"fact": "host"}}
QUESTION = {"label": "Name", "kind": "name", "part": None, "number": 1}


@pytest.mark.parametrize(
    "change",
    [
        {"property": ""},
        {"property": None},
        {"property": "x" * 256},
        {"property": "a\x00b"},
        {"label": "\ud800"},
        {"label": []},
        {"type": "enumeration"},
        {"type": []},
        {"information": None},
        {"information": {"fact": "nothing"}},
        {"information": {"fact": ["host"]}},
        {"information": {"param": "a b"}},
        {"information": {"param": ""}},
        {"information": {"param": "a:b"}},
        {"information": {"question": {}}},
        {"information": {"question": QUESTION | {"kind": {}}}},
        {"information": {"question": QUESTION | {"part": "nothing"}}},
        {"information": {"question": QUESTION | {"number": 0}}},
        {"information": {"question": QUESTION | {"number": True}}},
        {"information": {"question": QUESTION, "piece": "middle"}},
        {"information": {"question": QUESTION | {"kind": "text"}, "piece": "after_space"}},
    ],
)
def test_a_row_that_cannot_be_read_is_named_and_nothing_is_taken(change: dict[str, Any]) -> None:
    contents = told(companies={"on": True, "rows": [ROW, {**ROW, "property": "state"} | change]})
    with pytest.raises(MappingFileUnreadable) as refused:
        read_mapping_file(json.dumps(contents).encode())
    fault = refused.value
    assert (fault.problem, fault.section, fault.number) == (FileProblem.BAD_ROW, Section.COMPANIES, 2)


def test_a_property_twice_and_too_many_rows_are_refused() -> None:
    with pytest.raises(MappingFileUnreadable) as twice:
        read(told(contacts={"on": True, "rows": [ROW, ROW]}))
    assert (twice.value.problem, twice.value.number) == (FileProblem.BAD_ROW, 2)
    rows = [{**ROW, "property": f"p{number}"} for number in range(101)]
    with pytest.raises(MappingFileUnreadable) as many:
        read(told(contacts={"on": True, "rows": rows}))
    assert (many.value.problem, many.value.section) == (FileProblem.TOO_MANY_ROWS, Section.CONTACTS)
    assert len(read(told(contacts={"on": True, "rows": rows[:100]})).rows) == 100


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda each: (
            st.lists(each)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "hubsync_mapping",
                        "companies",
                        "contacts",
                        "rows",
                        "on",
                        "property",
                        "information",
                        "question",
                        "fact",
                        "param",
                        "label",
                    ]
                ),
                each,
            )
        ),
        max_leaves=12,
    )
)
def test_whatever_comes_is_read_or_refused(contents: Any) -> None:
    with suppress(MappingFileUnreadable):
        read({"hubsync_mapping": 1, "companies": contents, "contacts": {"on": True, "rows": [contents]}})
