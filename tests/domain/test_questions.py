from __future__ import annotations

import pytest

from hubsync.domain.email_address import NoAddress, is_email
from hubsync.domain.questions import DEFAULT_QUESTIONS, Kind, Part, Problem, Question, check_answers


def ask(kind: Kind, *, required: bool = False, choices: tuple[str, ...] = ()) -> Question:
    return Question(7, "Label", kind, required, choices)


def test_the_default_questions_are_the_articles_four():
    asked = [(q.label, q.kind, q.required, q.part) for q in DEFAULT_QUESTIONS]
    assert asked == [
        ("Company Name", Kind.TEXT, False, Part.COMPANY),
        ("Name", Kind.NAME, True, Part.NAME),
        ("Email", Kind.EMAIL, True, Part.EMAIL),
        ("Comment", Kind.LONG_TEXT, False, Part.COMMENT),
    ]


def test_all_answers_come_back_trimmed_and_unanswered_ones_as_none():
    answers, problems = check_answers(
        DEFAULT_QUESTIONS, {2: " \u3000山田 花子 ", 3: "h@acme.example", 4: "a\r\nb"}
    )
    assert answers == {1: None, 2: "山田 花子", 3: "h@acme.example", 4: "a\nb"}
    assert problems == {}


def test_every_required_answer_that_is_missing_is_named_and_the_others_are_kept():
    answers, problems = check_answers(DEFAULT_QUESTIONS, {1: "Acme", 2: "  \u200b ", 99: "not asked"})
    assert problems == {2: "required", 3: "required"}
    assert answers == {1: "Acme", 4: None}


@pytest.mark.parametrize("empty", [None, "", " ", [], [""], False])
@pytest.mark.parametrize("kind", list(Kind))
def test_a_required_question_is_not_answered_by_nothing(kind, empty):
    _, problems = check_answers([ask(kind, required=True, choices=("A",))], {7: empty})
    assert problems == {7: Problem.REQUIRED}


@pytest.mark.parametrize(
    "address",
    [
        "a@b.co",
        "A.B+tag@sub.example.com",
        "guest@acme.example",
        "o'neil@a-b.org",
        "a..b@docomo.ne.jp",
        "b.@ezweb.ne.jp",
    ],
)
def test_an_address_is_taken_as_typed(address):
    assert check_answers([ask(Kind.EMAIL)], {7: f" {address} "}) == ({7: address}, {})


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("hanako＠acme.com", "hanako@acme.com"),
        ("ｈ@acme.com", "h@acme.com"),
        ("<a@ACME.com>", "a@acme.com"),
        ("a@アクメ.jp", "a@xn--cck0a4k.jp"),
    ],
)
def test_an_address_is_answered_as_it_was_read(typed, read):
    assert check_answers([ask(Kind.EMAIL)], {7: typed}) == ({7: read}, {})


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("hanako", NoAddress.NO_AT),
        ("hanako@", NoAddress.NO_DOMAIN),
        ("@acme.com", NoAddress.NO_LOCAL_PART),
        ("a b@acme.com", NoAddress.SPACE),
        ("a@acme", NoAddress.NO_DOT),
        ("a@1.2.3.4", NoAddress.NUMBERS),
        ("花子@acme.com", NoAddress.WIDE),
        ("a@acme.com, b@acme.com", NoAddress.SEVERAL),
        ("a@acme..com", NoAddress.BAD_DOMAIN),
        ("a@acme.com\nBcc: b@acme.com", NoAddress.SEVERAL),
        ("a" * 250 + "@acme.com", NoAddress.TOO_LONG),
    ],
)
def test_what_is_no_address_is_refused_with_its_cause(text, cause):
    assert not is_email(text)
    assert check_answers([ask(Kind.EMAIL)], {7: text}) == ({}, {7: cause})


@pytest.mark.parametrize(
    "text", ["hanako＠acme.com", "a@アクメ.jp", "<a@acme.com>", "a..b@docomo.ne.jp", "a@-acme.com"]
)
def test_people_of_a_team_need_an_address_by_the_book(text):
    assert not is_email(text)


def test_a_number_is_kept_as_its_digits():
    assert check_answers([ask(Kind.NUMBER)], {7: "１，２００"}) == ({7: "1200"}, {})


@pytest.mark.parametrize("text", ["1,5", "100名", "ten", "1 000", "10²"])
def test_what_is_no_number_is_refused(text):
    assert check_answers([ask(Kind.NUMBER)], {7: text})[1] == {7: Problem.NOT_A_NUMBER}


@pytest.mark.parametrize("text", ["2026-02-28", "2026/2/28", "２０２６．０２．２８"])
def test_a_day_is_kept_in_iso(text):
    assert check_answers([ask(Kind.DATE)], {7: text}) == ({7: "2026-02-28"}, {})


@pytest.mark.parametrize("text", ["2026-02-30", "28/02/2026", "tomorrow", "2026-02/28", "0000-01-01"])
def test_what_is_no_day_is_refused(text):
    assert check_answers([ask(Kind.DATE)], {7: text})[1] == {7: Problem.NOT_A_DATE}


def test_only_offered_choices_are_taken():
    one, several = ask(Kind.SINGLE_CHOICE, choices=("A", "B")), ask(Kind.SEVERAL_CHOICES, choices=("A", "B"))
    assert check_answers([one], {7: "B"}) == ({7: "B"}, {})
    assert check_answers([one], {7: "C"}) == ({}, {7: Problem.NOT_A_CHOICE})
    assert check_answers([one], {7: ["A", "B"]}) == ({}, {7: Problem.NOT_A_CHOICE})
    assert check_answers([several], {7: ["B", "A", "B"]}) == ({7: ("B", "A")}, {})
    assert check_answers([several], {7: ["A", "C"]}) == ({}, {7: Problem.NOT_A_CHOICE})


def test_a_check_box_is_ticked_or_not():
    box = ask(Kind.CHECK_BOX)
    assert [check_answers([box], {7: given})[0][7] for given in (True, "on", ["on"], False, None, "")] == [
        True, True, True, False, False, False,
    ]  # fmt: skip


@pytest.mark.parametrize(("kind", "longest"), [(Kind.TEXT, 10_000), (Kind.LONG_TEXT, 10_000), (Kind.NAME, 500)])
def test_a_text_may_be_so_long_and_no_longer(kind, longest):
    assert check_answers([ask(kind)], {7: "あ" * longest}) == ({7: "あ" * longest}, {})
    assert check_answers([ask(kind)], {7: "あ" * (longest + 1)}) == ({}, {7: Problem.TOO_LONG})


def test_what_no_database_can_keep_is_taken_out():
    assert check_answers([ask(Kind.TEXT)], {7: "a\x00b\ud800c"}) == ({7: "abc"}, {})
