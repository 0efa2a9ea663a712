"""Every code that a delivery can carry has its sentence; the codes are read from the product itself."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

import hubsync
from hubsync.domain.delivery_states import DeliveryState
from hubsync.domain.email_address import NoAddress
from hubsync.domain.mapping import LeftOutCode, Section
from hubsync.domain.meetings import NoMeeting
from hubsync.domain.owners import OwnerProblem
from hubsync.domain.reasons import OF_THE_MAPPING, Reason
from hubsync.domain.remarks import FurtherStep, RemarkKind
from hubsync.errors import family
from hubsync.store.deliveries import Delivery
from hubsync.web.shell import reasons as wording
from hubsync.web.shell.email_problems import EMAIL_CAUSES, explain_no_address
from hubsync.web.shell.reason_texts import STATE_WORDS
from tests.kit.catalogues import installed
from tests.kit.source_code import nodes_of

SERVICES = Path(hubsync.__file__).parent / "services"


def nodes() -> Iterator[ast.AST]:
    for path in SERVICES.rglob("*.py"):
        yield from nodes_of(path, {"AttemptResult", "Reason", "DeliveryState"})


def endings() -> Iterator[tuple[set[str], set[str]]]:
    """(states, reasons) as written in every ``AttemptResult(state, reason)`` of the services."""
    for node in nodes():
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "AttemptResult":
            yield literals(node.args[0]), literals(node.args[1]) if len(node.args) > 1 else set()


def literals(part: ast.AST) -> set[str]:
    """The states or reasons that *part* may be."""
    enums: dict[str, type[DeliveryState] | type[Reason]] = {"DeliveryState": DeliveryState, "Reason": Reason}
    named = [each for each in ast.walk(part) if isinstance(each, ast.Attribute)]
    return {enums[ast.unparse(each.value)][each.attr] for each in named if ast.unparse(each.value) in enums}


def test_every_state_has_a_sentence() -> None:
    assert set(wording.STATES) == set(STATE_WORDS) == set(DeliveryState)
    written = set().union(*(states for states, _reasons in endings()))
    assert {"skipped", "waiting", "retrying", "posted"} <= written  # the walk finds them
    assert written <= set(wording.STATES)


def test_every_reason_has_a_sentence() -> None:
    assert set(Reason) - set(wording.REASONS) == set()


def test_every_error_of_the_family_has_a_sentence() -> None:
    assert len(family()) > 20
    assert set(family()) - set(wording.REASONS) == set()


def test_whatever_keeps_a_booking_out_of_hubspot_comes_with_advice(app: Flask) -> None:
    with app.test_request_context():
        skips = set().union(*(reasons for states, reasons in endings() if states & {"skipped", "waiting"}))
        assert Reason.NOTHING_MAPPED in skips  # the walk finds them
        for code in {Reason.PLAN, *OF_THE_MAPPING, *skips}:
            assert wording.advise(code), code
        for code, kind in family().items():
            assert not kind.advice or wording.advise(code) == kind.advice


def test_every_way_a_row_is_left_out_has_a_sentence() -> None:
    assert {code.value for code in LeftOutCode} == set(wording.LEFT_OUT)
    assert {cause.value for cause in NoAddress} == set(EMAIL_CAUSES)


def test_every_kind_of_remark_has_its_words(app: Flask) -> None:
    about_a_row_or_a_record = {RemarkKind.LEFT_OUT, RemarkKind.DROPPED, RemarkKind.REFUSED}
    with app.test_request_context():
        refused = {"kind": "refused", "code": "required_property_missing", "properties": ["industry"]}
        assert "industry" in wording.explain_refused(refused)
        for kind in set(RemarkKind) - about_a_row_or_a_record:
            told = {"kind": kind, "count": 2, "domain": "acme.com", "section": "contacts", "code": "record_gone"}
            for step in FurtherStep:
                assert wording.explain_remark({**told, "step": step}), (kind, step)


def test_a_refused_email_is_called_by_its_name(app: Flask) -> None:
    refused = {"kind": "refused", "code": "values_refused", "properties": ["email"]}
    with app.test_request_context():
        assert wording.explain_refused(refused) == "HubSpot does not take this e-mail address."
        assert "domain" in wording.explain_refused({**refused, "properties": ["domain"]})


@pytest.mark.parametrize("table", ["STATES", "REASONS", "ADVICE", "LEFT_OUT", "DROPPED", "REMARKS"])
def test_sentences_are_sentences(app: Flask, table: str) -> None:
    with app.test_request_context():
        for code, sentence in getattr(wording, table).items():
            assert str(sentence).endswith("."), code
            assert "_" not in str(sentence).replace("HUBSYNC_ENCRYPTION_KEYS", ""), code


@pytest.mark.parametrize("cause", NoAddress)
def test_what_is_no_address_is_quoted_with_its_cause(app: Flask, cause: NoAddress) -> None:
    with app.test_request_context():
        told = wording.explain_left_out({"code": cause.value, "shown": "a@b, c@d"})
        assert told == f"“a@b, c@d” is not an e-mail address: {EMAIL_CAUSES[cause.value]}."
        assert str(EMAIL_CAUSES[cause.value]) in explain_no_address(cause)


def test_a_code_of_another_version_is_shown_as_it_is(app: Flask) -> None:
    with app.test_request_context():
        assert "who_knows" in wording.explain_reason("who_knows")
        assert wording.advise("who_knows") == ""
        assert "who_knows" in wording.explain_left_out({"code": "who_knows", "shown": ""})
        assert wording.explain_remark({"kind": "who_knows"}) == ""


def test_nothing_is_said_where_there_is_no_reason(app: Flask) -> None:
    with app.test_request_context():
        assert wording.explain_reason("") == ""
        assert wording.advise("not_found") == ""


def test_a_property_of_the_article_is_called_in_the_readers_language_and_another_as_the_account_calls_it(
    app: Flask, tmp_path: Path
) -> None:
    words = {"Company name": "Firmenname", "City": "Stadt", "Phone Number": "Telefon"}
    with installed(app, tmp_path, {"de": words}), app.test_request_context(headers={"Accept-Language": "de"}):
        assert wording.name_property("companies", "name", "Company name") == "Firmenname"
        assert wording.name_property("companies", "hq_city", "City") == "City"
        assert wording.name_property("companies", "city", "100 % City") == "100 % City"
        assert wording.name_property("contacts", "fax", None) == "fax"


def test_what_both_records_of_a_booking_share_is_said_once(app: Flask) -> None:
    apart = [{"kind": "no_owner", "section": each, "code": OwnerProblem.GONE} for each in Section]
    with app.test_request_context():
        both = wording.explain_remarks(Delivery(state=DeliveryState.POSTED, remarks=apart))
        assert len(both) == 1
        assert both[0].startswith(
            "The company and the contact were posted without an owner. HubSpot does not have"
        )
        other = [{**apart[0], "code": OwnerProblem.DEACTIVATED}, apart[1]]
        assert len(wording.explain_remarks(Delivery(state=DeliveryState.POSTED, remarks=other))) == 2


def test_of_a_booking_of_which_nothing_is_in_hubspot_no_meeting_is_missed(app: Flask) -> None:
    remark = {"kind": "not_done", "step": "meeting", "section": "", "code": NoMeeting.NO_RECORD}
    with app.test_request_context():
        for state, told in ((DeliveryState.FAILED, 0), (DeliveryState.PARTIAL, 1)):
            assert len(wording.explain_remarks(Delivery(state=state, remarks=[remark]))) == told
