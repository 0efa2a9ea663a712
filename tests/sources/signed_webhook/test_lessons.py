"""What the page asks of the source: options in, options out."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from hubsync.domain.booking import Booking
from hubsync.sources.registry import SOURCES
from hubsync.sources.signed_webhook import SOURCE, configure
from hubsync.sources.signed_webhook.paths import Step, place_of, read_path, write_path
from hubsync.sources.teachable import ROLE_LABELS, Branch, Role, SchemeInvalid, Teachable

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
SAMPLES = Path("hubsync/sources/signed_webhook/samples")
ANOTHER = {"preset": "another"}
BODY = {
    "ticket": "T-1",
    "who": {"mail": "noor@birch.example", "called": "Noor Haddad"},
    "when": "2026-12-09T10:00:00+09:00",
    "asked": [{"q": "x", "label": "Topics", "value": ["Pricing"]}, {"q": "y", "label": "Size", "value": 5}],
    "extra": {"plan": "Pro"},
    "kind": "visit.created",
}


def lessons() -> Teachable:
    teachable = SOURCES["signed_webhook"].teachable
    assert teachable is not None
    return teachable


def branch(place: str, body: Any = BODY) -> Branch:
    return next(each for each in lessons().draw_tree(body).walk() if place_of(each.path) == place)


def pointed(options: dict[str, Any], **places: str) -> dict[str, Any]:
    for role, place in places.items():
        options = lessons().point(options, Role(role), branch(place).written, BODY)
    return options


def said(options: dict[str, Any], body: Any = BODY) -> Booking:
    source = configure(json.loads(json.dumps(options)))
    read = source.receive(source.prove("s", json.dumps(body).encode(), NOW), ["s"], NOW)
    assert isinstance(read, Booking)
    return read


def test_every_role_has_a_label_and_can_be_taught() -> None:
    assert ROLE_LABELS.keys() == {*Role}
    able = {role for each in lessons().draw_tree(BODY).walk() for role in each.roles}
    assert able >= {*Role} - {Role.TIME_ZONE}


def test_a_body_is_taught_branch_by_branch() -> None:
    options = pointed(
        ANOTHER, id="ticket", email="who.mail", name="who.called", start="when", answers="asked",
        single_answers="extra.plan", events="kind",
    )  # fmt: skip
    booking = said(options)
    assert (booking.external_id, booking.guest.name, booking.guest.email) == (
        "T-1",
        "Noor Haddad",
        "noor@birch.example",
    )
    assert booking.starts_at == datetime(2026, 12, 9, 1, tzinfo=UTC)
    assert [(each.label, each.value) for each in booking.answers] == [
        ("plan", "Pro"), ("Topics", ("Pricing",)), ("Size", "5")
    ]  # fmt: skip
    assert lessons().pointed_at(options)[Role.ID] == ('["ticket"]',)


def test_a_role_moves_with_the_next_press_and_lists_come_together() -> None:
    options = pointed(ANOTHER, id="ticket")
    assert lessons().pointed_at(pointed(options, id="who.called"))[Role.ID] == ('["who","called"]',)
    both = pointed(pointed(ANOTHER, answers="asked"), answers="extra")
    assert lessons().pointed_at(both)[Role.ANSWERS] == ('["asked"]', '["extra"]')
    again = pointed(both, answers="asked")
    assert sorted(lessons().pointed_at(again)[Role.ANSWERS]) == ['["asked"]', '["extra"]']
    less = lessons().unpoint(again, Role.ANSWERS, '["asked"]')
    assert lessons().pointed_at(less)[Role.ANSWERS] == ('["extra"]',)
    for role in (Role.ANSWERS, Role.ID, Role.EVENT, Role.ANSWER, Role.URL_PARAMS):
        assert role not in lessons().pointed_at(lessons().unpoint(again, role, None))


def test_single_answers_of_lists_are_called_as_their_questions() -> None:
    options = lessons().point(ANOTHER, Role.ANSWER, branch("asked[Topics].value").written, BODY)
    options = pointed(options, id="ticket")
    assert [each.label for each in said(options).answers] == ["Topics"]
    moved = {**BODY, "asked": BODY["asked"][::-1]}
    assert [each.value for each in said(options, moved).answers] == [("Pricing",)]
    less = lessons().unpoint(options, Role.ANSWER, branch("asked[Topics].value").written)
    assert Role.ANSWER not in lessons().pointed_at(less)


@pytest.mark.parametrize(
    ("role", "path"),
    [(Role.EMAIL, ("ticket",)), (Role.START, ("ticket",)), (Role.ANSWERS, ("ticket",)), (Role.ID, ("nowhere",)),
     (Role.ID, ("who",)), (Role.ID, ())],
)  # fmt: skip
def test_a_branch_is_not_taught_as_what_it_cannot_be(role: Role, path: tuple[Step, ...]) -> None:
    with pytest.raises(ValueError, match="cannot be that"):
        lessons().point(ANOTHER, role, write_path(path), BODY)


def test_a_proposal_is_offered_for_another_and_a_preset_needs_none() -> None:
    assert said(lessons().propose(ANOTHER, BODY)).guest.email == "noor@birch.example"
    assert lessons().propose({"preset": "tally", "teaching": {"version": 1}}, {}) == {"preset": "tally"}


def test_a_presets_list_stays_read_as_the_preset_does() -> None:
    body = json.loads((SAMPLES / "tally/FORM_RESPONSE.json").read_text())
    options = lessons().point({"preset": "tally"}, Role.ANSWERS, '["data","fields"]', body)
    options = lessons().point(options, Role.COMPANY, '["data","formName"]', body)
    booking = said(options, body)
    assert booking.guest.company == "Contact us"
    assert "Topics (Pricing)" not in {each.label for each in booking.answers}
    assert {each.label: each.value for each in booking.answers}["Topics"] == ("Pricing", "Onboarding")


def test_presets_are_listed_by_their_names_and_another_comes_last() -> None:
    cards = lessons().presets
    assert [each.name for each in cards][-1] == "another"
    assert [each.label for each in cards[:-1]] == sorted(each.label for each in cards[:-1])
    assert {each.name for each in cards if each.has_times} == {"another", "savvycal", "zoom", "jicoo"}
    assert not any(each.is_unsigned for each in cards)


def test_a_scheme_is_described_set_and_checked() -> None:
    told = lessons().describe_scheme({"preset": "zoom"})
    assert told.keys() == {each.name for each in lessons().scheme_fields}
    assert (told["header"], told["signed"], told["time_header"]) == (
        "x-zm-signature", "v0:t:body", "x-zm-request-timestamp"
    )  # fmt: skip
    options = lessons().set_scheme(ANOTHER, told)
    assert configure(options).proof_headers == configure({"preset": "zoom"}).proof_headers
    assert not lessons().is_unsigned(options)
    unsigned = lessons().set_scheme(ANOTHER, {"carrier": "secret_address"})
    assert lessons().is_unsigned(unsigned)
    assert (configure(unsigned).proof_headers, configure(unsigned).proof_params) == ((), ("secret",))
    usual = {each.name: each.usual for each in lessons().scheme_fields if each.usual}
    assert {name: value for name, value in lessons().describe_scheme(ANOTHER).items() if value} == usual


@pytest.mark.parametrize(
    ("told", "field"),
    [({"header": "X Y"}, "header"), ({"encoding": "rot13"}, "encoding"),
     ({"tolerance_seconds": "soon"}, "tolerance_seconds"),
     ({"signed": "t.body"}, "time_header"), ({"signed": "id.t.body", "time_header": "X-Time"}, "id_header"),
     ({"prefix": "two words"}, "prefix"), ({"carrier": "secret_address", "param": "se cret"}, "param")],
)  # fmt: skip
def test_a_scheme_that_does_not_fit_is_refused_at_its_field(told: dict[str, str], field: str) -> None:
    with pytest.raises(SchemeInvalid) as refused:
        lessons().set_scheme(ANOTHER, told)
    assert [each for each, _reason in refused.value.faults] == [field]


def test_the_source_is_another_until_a_team_sets_it_up() -> None:
    usual = configure({})
    assert (SOURCE.proof_headers, SOURCE.events) == (usual.proof_headers, usual.events)
    assert SOURCE.takes_several
    assert SOURCE.tries_first is None


def test_some_senders_make_the_secret_and_the_others_are_given_one() -> None:
    sources = {each.name: configure({"preset": each.name}) for each in lessons().presets}
    assert {name for name, each in sources.items() if each.entered_secret} == {
        "formbricks",
        "savvycal",
        "zoom",
        "jicoo",
    }
    assert {name for name, each in sources.items() if each.tries_first} == {"formbricks"}
    assert sources["zoom"].label == "Zoom Scheduler"
    assert sources["another"].label == SOURCE.label


def test_a_branch_is_read_as_it_was_written() -> None:
    assert read_path(branch("who.mail").written) == ("who", "mail")
