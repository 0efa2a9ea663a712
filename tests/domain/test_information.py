from __future__ import annotations

import pytest

from hubsync.domain.information import Fact, Information, Piece, parse_information
from hubsync.errors import Refused


@pytest.mark.parametrize(
    ("token", "information"),
    [
        ("question:12", Information.question(12)),
        *((f"question:12:{piece}", Information.question(12, piece)) for piece in Piece),
        ("param:utm_source", Information.param("utm_source")),
        *((f"fact:{fact}", Information.fact(fact)) for fact in Fact),
    ],
)
def test_a_stored_token_is_read_back_into_the_same_information(token, information):
    assert parse_information(token) == information
    assert information.token == token


@pytest.mark.parametrize(
    "text",
    [
        "", "question", "question:", "question:0", "question:012", "question:-1", "question:²", "question:１",
        "question:1:whole", "question:1:", "question:1\n", "question:" + "9" * 19, "fact:", "fact:end", "param:",
        "param:a b", "param:a:b", "param:\x00", "param:" + "a" * 101, "answer:1", "Question:1",
    ],
)  # fmt: skip
def test_what_is_no_information_is_refused_without_repeating_it(text):
    with pytest.raises(Refused) as refused:
        parse_information(text)
    assert refused.value.message == "This information does not exist."
    assert refused.value.field == "information"
