"""Templates of a meeting's title and body: names alone become something, and nothing that was typed is markup."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubsync.domain.meeting_template import (
    UnknownName,
    body_lines,
    fill_body,
    fill_title,
    read_template,
    show_template,
    unknown_names,
)

QUESTIONS = {7: "Comment", 8: "ご相談 内容"}
LABELS = [(label, number) for number, label in QUESTIONS.items()]
FACTS = {"guest_name": "Mika <b>Sato</b>", "company": "", "calendar": "Intro call"}


def test_a_name_is_kept_by_its_question_and_shown_by_its_label() -> None:
    kept = read_template("{Guest_Name}: { ご相談　内容 } {{x}}", LABELS)
    assert kept == "{guest_name}: {#8} {{x}}"
    assert show_template(kept, QUESTIONS) == "{guest_name}: {ご相談 内容} {{x}}"
    assert show_template(kept, {8: "Renamed"}) == "{guest_name}: {Renamed} {{x}}"


@pytest.mark.parametrize("label", ["Host", " START ", "budget {net}", "two\nlines", "question: Host", "ご相談"])
def test_a_question_of_any_label_is_read_as_it_is_shown(label: str) -> None:
    kept = "{host} {#9}"
    labels = [(label, 9)]
    assert read_template(show_template(kept, {9: label}), labels) == kept


def test_every_name_that_means_nothing_is_told_once() -> None:
    assert unknown_names("{host} {a} {b} { {a} {Comment} {{c}}", LABELS) == ["a", "b"]


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("{nobody}", "nobody"),
        ("{guest_name.__class__}", "guest_name.__class__"),
        ("{guest_name!r:>20}", "guest_name!r:>20"),
        ("{#7}", "#7"),
        ("{}", ""),
        ("a { b", ""),
        ("{{}", ""),
        ("{guest_{company}}", ""),
    ],
)
def test_anything_but_a_name_is_refused_with_the_name(typed: str, name: str) -> None:
    with pytest.raises(UnknownName) as refused:
        read_template(typed, LABELS)
    assert refused.value.name == name


def test_a_line_whose_names_all_gave_nothing_is_left_out() -> None:
    kept = "{guest_name}\nCompany: {company}\n\nSays {#7}\nAlways"
    assert body_lines(kept, FACTS, {7: ""}) == ["Mika <b>Sato</b>", "", "Always"]
    assert fill_body("Company: {company}", FACTS, {}) == ""


def test_what_was_answered_is_no_markup_and_no_template() -> None:
    answers = {7: "{guest_email} <script>\n&amp;"}
    assert fill_body("{#7}", FACTS, answers) == "{guest_email} &lt;script&gt;<br>&amp;amp;"
    assert fill_body("<i>{{Hi}}</i>", FACTS, {}) == "&lt;i&gt;{Hi}&lt;/i&gt;"


def test_a_title_is_one_line_without_what_is_left_of_an_empty_name() -> None:
    assert fill_title("{calendar}: {guest_name}", FACTS, {}) == "Intro call: Mika <b>Sato</b>"
    assert fill_title("{calendar}: {company}", FACTS, {}) == "Intro call"
    assert fill_title("{#7}", FACTS, {7: "a\nb" * 900}).count("\n") == 0


@given(st.text(alphabet="{}#7 abc\n\x00", max_size=30), st.text(max_size=30))
def test_whatever_is_kept_can_be_filled_in_and_read_again(typed: str, answer: str) -> None:
    try:
        kept = read_template(typed, [("abc", 7)])
    except UnknownName:
        return
    assert read_template(show_template(kept, {7: "abc"}), [("abc", 7)]) == kept
    assert "<script" not in fill_body(kept, {}, {7: answer + "<script>"})
