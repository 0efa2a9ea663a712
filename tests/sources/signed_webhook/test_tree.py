"""A sample as a tree: what each branch is called, shows and can be, and how large a sample may be."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from hubsync.errors import BodyUnreadable
from hubsync.sources.signed_webhook.paths import find, place_of, read_path
from hubsync.sources.signed_webhook.proposal import propose
from hubsync.sources.signed_webhook.read import parse
from hubsync.sources.signed_webhook.tree import DEEPEST, MOST_BRANCHES, MOST_OF_ONE, draw_tree
from hubsync.sources.teachable import Branch, BranchKind, Role

SAMPLES = Path("hubsync/sources/signed_webhook/samples")


def sample(name: str) -> Any:
    return parse((SAMPLES / f"{name}.json").read_bytes())


def branches(body: Any) -> dict[str, Branch]:
    return {place_of(each.path): each for each in draw_tree(body).walk()}


@pytest.mark.parametrize("name", ["typeform/form_response", "tally/FORM_RESPONSE", "opnform/submission"])
def test_every_branch_is_found_by_its_path_also_when_lists_are_turned_round(name: str) -> None:
    body = sample(name)
    for branch in draw_tree(body).walk():
        assert read_path(branch.written) == branch.path
    emails = [each for each in draw_tree(body).walk() if Role.EMAIL in each.roles and "@" in each.shown]
    turned = turn(body)
    assert emails
    assert [find(turned, each.path) for each in emails] == [find(body, each.path) for each in emails]


def turn(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: turn(part) for name, part in reversed(value.items())}
    return [turn(part) for part in reversed(value)] if isinstance(value, list) else value


def test_a_branch_is_called_as_its_question_is_and_shows_a_beginning() -> None:
    tree = branches(sample("tally/FORM_RESPONSE"))
    fields = tree["data.fields"]
    assert fields.kind is BranchKind.KEYED_LIST
    assert [each.name for each in fields.children][:3] == ["Full name", "Work e-mail", "Topics"]
    assert tree["data.fields[question_n1].value"].shown == "Noor Haddad"
    long = branches({"note": "a\n" * 300})["note"]
    assert long.shown == ("a " * 60).strip()
    opnform = branches(sample("opnform/submission"))["data"]
    assert opnform.kind is BranchKind.KEYED_LIST
    assert "(Email)" in opnform.children[1].name


def test_a_branch_can_be_what_it_looks_like() -> None:
    tree = branches(
        {
            "mail": "noor@birch-tools.example", "at": "2026-12-09T01:00:00Z", "seconds": 1796778000,
            "zone": "Asia/Tokyo",
            "text": "at 10", "number": 5, "yes": True, "none": None, "empty": "", "choices": ["a", "b"],
            "rows": [["a"]], "pairs": {"a": 1}, "nothing": {}, "list": [{"label": "A", "value": 1}],
        }
    )  # fmt: skip
    having = {role: {name for name, each in tree.items() if role in each.roles} for role in Role}
    assert having[Role.EMAIL] == {"mail", "none", "empty"}
    assert having[Role.START] == {"at", "seconds", "none"}
    assert having[Role.TIME_ZONE] == {"zone", "none", "empty"}
    assert having[Role.ID] >= {"text", "number", "mail"}
    assert not {"yes", "choices", "pairs", "list"} & having[Role.ID]
    assert having[Role.ANSWERS] == having[Role.URL_PARAMS] == {"pairs", "list"}
    assert having[Role.ANSWER] >= {"text", "number", "yes", "choices"}
    assert not {"rows", "pairs", "nothing", "list"} & having[Role.ANSWER]
    assert {name: each.kind for name, each in tree.items() if "." not in name and "[" not in name} == {
        "mail": BranchKind.TEXT, "at": BranchKind.TEXT, "seconds": BranchKind.NUMBER, "zone": BranchKind.TEXT,
        "text": BranchKind.TEXT, "number": BranchKind.NUMBER, "yes": BranchKind.TRUTH, "none": BranchKind.NOTHING,
        "empty": BranchKind.TEXT, "choices": BranchKind.LIST, "rows": BranchKind.LIST, "pairs": BranchKind.OBJECT,
        "nothing": BranchKind.OBJECT, "list": BranchKind.KEYED_LIST,
    }  # fmt: skip


def test_people_in_a_list_are_told_by_their_number_because_their_ids_differ_each_time() -> None:
    tree = branches(
        {"attendees": [{"id": "at_71", "email": "a@birch.example"}, {"id": "at_72", "email": "b@birch.example"}]}
    )
    assert "attendees[0].email" in tree


def test_an_answer_is_told_by_the_senders_key_of_its_question_else_by_its_label_and_not_by_an_id_of_its_own() -> (
    None
):
    entry = {"id": "a-71", "label": "Size", "value": "5"}
    assert "f[Size].value" in branches({"f": [entry]})
    assert "f[size].value" in branches({"f": [{**entry, "key": "size"}]})
    assert "f[q1].value" in branches({"f": [{"field": {"id": "q1"}, "label": "Size", "value": "5"}]})
    assert "f[a-71].value" in branches({"f": [{"id": "a-71", "value": "5"}]})


def test_two_questions_of_one_label_are_told_by_their_number() -> None:
    fields = [{"label": "Phone", "value": "1"}, {"label": "Phone", "value": "2"}, {"label": "Name", "value": "N"}]
    assert {"f[0].value", "f[1].value", "f[Name].value"} <= branches({"f": fields}).keys()


def test_a_sample_with_thousands_of_keys_is_shown_in_part() -> None:
    tree = draw_tree({f"key{n}": n for n in range(5_000)})
    assert len(tree.branches) == MOST_OF_ONE
    assert tree.left_out == 5_000 - MOST_OF_ONE
    wide = draw_tree({f"key{n}": {f"{m}": m for m in range(100)} for n in range(50)})
    shown = [*wide.walk()]
    assert len(shown) == MOST_BRANCHES
    assert wide.left_out == 50 * 101 - MOST_BRANCHES
    assert len(wide.branches) == 50  # what is nearer to the root comes first


def test_a_sample_that_is_nested_deeply_is_shown_as_far_as_it_can_be_taught() -> None:
    body: Any = "noor@birch-tools.example"
    for _level in range(DEEPEST):
        body = {"a": body}
    [*_others, last] = draw_tree(body).walk()
    assert Role.EMAIL in last.roles
    assert read_path(last.written) == last.path
    for _level in range(400):
        body = {"a": body}
    deep = draw_tree(body)
    assert len([*deep.walk()]) == DEEPEST
    assert deep.left_out == 400


def test_a_megabyte_is_drawn_in_good_time() -> None:
    entries = [{"label": f"Question {n}", "value": "x" * 20, "ref": f"r{n}"} for n in range(15_000)]
    raw = json.dumps({"answers": entries, "text": "y" * 10_000}).encode()
    assert len(raw) > 1_000_000
    began = time.process_time()
    tree = draw_tree(parse(raw))
    assert time.process_time() - began < 3
    assert len([*tree.walk()]) == MOST_BRANCHES


@pytest.mark.parametrize("body", [[], [{}], "text", 1, None, True])
def test_what_is_no_object_is_refused(body: Any) -> None:
    with pytest.raises(BodyUnreadable) as refused:
        draw_tree(body)
    assert dict(refused.value.faults) == {"body": "must be an object"}


@pytest.mark.parametrize("text", ["half \ud83d", "x" * 1_001], ids=["surrogate", "long"])
def test_what_no_path_can_hold_is_no_branch_and_no_label_to_find_an_entry_by(text: str) -> None:
    body = {
        text: "lost",
        "event": f"created {text}",
        "fields": [{"label": text, "value": "Price"}, {"label": "Topic", "value": text}],
        "typed": [{"name": "Topic", "type": text, text: "Price"}],
    }
    found = branches(body)
    assert {"fields[0]", "fields[Topic]", "typed[0]"} <= set(found)
    assert "lost" not in {each.shown for each in found.values()}
    assert propose(body).stored()
