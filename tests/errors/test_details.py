"""Details of errors: what they keep, and how they are worded in two languages."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import hubsync
from hubsync.errors import Detail, DetailCode, HubSpotBusy, HubSpotError, NotConnected, Obstacle, family
from hubsync.errors.details import LONGEST_VALUE, OBSTACLES, SENTENCES, read_detail, tell
from tests.kit.source_code import nodes_of

CODE = Path(hubsync.__file__).parent
ADAPTER_AND_ATTEMPT = ("hubspot", "services/posting", "services/deliveries", "services/connection")
JAPANESE = {
    "%(text)s (%(aside)s)": "%(text)s（%(aside)s）",
    "HubSpot answered %(answer)s: the request was refused.": "HubSpotの応答は%(answer)sです。",
    "HubSpot could not be reached: %(obstacle)s.": "HubSpotに接続できませんでした（%(obstacle)s）。",
    "its certificate was not accepted (%(certificate)s)": "証明書を確認できません：%(certificate)s",
}
WITHOUT_DETAIL = {
    *("NotAsked", "NoReservation", "IdleExpired"),
    "AccessLost",
}
"""What a page tells by its code alone; of access that was lost before, too."""


def in_japanese(sentence: str) -> str:
    return JAPANESE[sentence]


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Every call of a function or class by its plain name, with its place."""
    words = {"tell", *(kind.__name__ for kind in family(HubSpotError).values())}
    for path in CODE.rglob("*.py"):
        for node in nodes_of(path, words):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in words:
                yield f"{path.relative_to(CODE).as_posix()}:{node.lineno}", node


def test_every_code_has_its_sentence() -> None:
    assert set(SENTENCES) == set(DetailCode)
    assert set(OBSTACLES) == set(Obstacle)


def test_a_detail_is_worded_in_the_language_of_whoever_reads_it() -> None:
    detail = tell(DetailCode.NOT_REACHED, obstacle=Obstacle.CERTIFICATE, certificate="self-signed")
    kept = read_detail(detail.stored())
    assert kept == detail
    assert str(kept) == "HubSpot could not be reached: its certificate was not accepted (self-signed)."
    assert kept.word(in_japanese) == "HubSpotに接続できませんでした（証明書を確認できません：self-signed）。"
    refused = tell(DetailCode.REFUSED, answer="403 (MISSING_SCOPES)")
    assert str(refused) == "HubSpot answered 403 (MISSING_SCOPES): the request was refused."
    assert refused.word(in_japanese) == "HubSpotの応答は403（MISSING_SCOPES）です。"


def test_an_error_is_logged_in_english_and_keeps_its_detail() -> None:
    fault = HubSpotBusy(tell(DetailCode.FAULT, answer=503), status=503)
    assert str(fault) == fault.message == "HubSpot answered 503: it had a fault."
    assert fault.detail == Detail("fault", {"answer": "503"})
    assert (NotConnected("this team is not connected").detail, read_detail({})) == (None, None)


def test_a_detail_of_another_version_is_no_error() -> None:
    assert str(read_detail({"code": "who_knows", "answer": "503"})) == ""
    assert str(read_detail({"code": "fault"})) == "HubSpot answered ?: it had a fault."
    assert str(read_detail({"code": "not_reached", "obstacle": "who_knows"})) == (
        "HubSpot could not be reached: who_knows."
    )


def test_a_percent_sign_of_hubspots_is_shown_as_it_is() -> None:
    assert str(tell(DetailCode.FAULT, answer="%(answer)s %d")) == "HubSpot answered %(answer)s %d: it had a fault."


def test_a_long_list_of_names_is_cut() -> None:
    kept = tell(DetailCode.VALUES_NOT_TAKEN, answer=400, properties="x" * 5000).stored()
    assert kept == {"code": "values_not_taken", "answer": "400", "properties": "x" * LONGEST_VALUE}


def test_every_detail_is_told_with_the_values_of_its_sentence() -> None:
    told = {}
    for place, call in calls():
        if isinstance(call.func, ast.Name) and call.func.id == "tell" and isinstance(call.args[0], ast.Attribute):
            wanted = set(re.findall(r"%\((\w+)\)s", SENTENCES[DetailCode[call.args[0].attr]]))
            given = {each.arg for each in call.keywords}
            told[place] = None in given or wanted == given  # **values have an obstacle
    assert len(told) > 20  # the walk finds them
    assert [place for place, fits in told.items() if not fits] == []


def test_what_hubspot_answers_an_attempt_is_told_as_a_detail() -> None:
    """A sentence that is written out would be shown in English, whoever reads it."""
    seen, written_out = 0, []
    for place, call in calls():
        if not place.startswith(ADAPTER_AND_ATTEMPT) or not isinstance(call.func, ast.Name):
            continue
        if call.func.id in {"tell", *WITHOUT_DETAIL} or not call.args:
            continue
        seen += 1
        if isinstance(call.args[0], ast.Constant | ast.JoinedStr):
            written_out.append(place)
    assert seen > 15
    assert written_out == []
