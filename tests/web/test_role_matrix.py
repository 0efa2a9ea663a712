"""Every route x method x everybody who may come along: each gets what the matrix says, and nobody more."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from hubsync.config import settings
from hubsync.web import CSRF_EXEMPT
from hubsync.web.shell.recent_sign_in import HURTING
from tests.kit.page import words
from tests.kit.settings import change_settings
from tests.web.role_matrix import MATRIX, RECENT, WRITES_DOWN
from tests.web.role_matrix_app import BASE_URL, MatrixApp, address, known_rules, open_matrix_app, rules
from tests.web.role_rights import EVERYBODY

SAFE = {"GET", "HEAD", "OPTIONS"}
STALE_FORM = "This form is no longer valid"
OF_A_TEAM = {"team_slug", "slug", "filename", "token"}
"""Parts of addresses that are no numbers of a thing in a team."""
AT_ONCE = {rights.words: row for row, rights in reversed(MATRIX.items())}.values()
"""What the quick run asks: the first row of each kind of rights."""


@pytest.fixture(scope="module")
def matrix_app(tmp_path_factory: pytest.TempPathFactory, own_database: dict[str, str]) -> Iterator[MatrixApp]:
    with open_matrix_app(tmp_path_factory.mktemp("matrix"), **own_database) as made:
        yield made


def kind_of(answer: TestResponse) -> str:
    """The answer in a word of the matrix, or what it is where it is none of them."""
    where = answer.headers.get("Location", "").removeprefix(BASE_URL)
    if 300 <= answer.status_code < 400:
        return "login" if re.match(r"/signin($|\?)", where) else "page"
    if answer.status_code in (200, 204, 409, 422):
        return "page"
    return str(answer.status_code)


def test_every_route_has_a_row_and_every_row_a_route(matrix_app: MatrixApp) -> None:
    routes = set(rules(matrix_app.app))
    missing, idle = sorted(routes - set(MATRIX)), sorted(set(MATRIX) - routes)
    assert not missing, f"say in tests/web/role_matrix.py, MATRIX, who may open {missing}"
    assert not idle, f"take these rows out of tests/web/role_matrix.py, no route is like that: {idle}"


@pytest.mark.parametrize(
    "row", [pytest.param(row, marks=[] if row in AT_ONCE else pytest.mark.slow) for row in MATRIX]
)
def test_everybody_gets_what_the_matrix_says(matrix_app: MatrixApp, row: str) -> None:
    method, rights = row.split()[0], MATRIX[row]
    where = address(matrix_app, row)
    matrix_app.restore()
    before = matrix_app.contents()
    wrong = []
    for who in EVERYBODY:
        answer = matrix_app.ask(who, method, where, rights.sent)
        got, expected = kind_of(answer), rights.of(who)
        if got != ("page" if expected == "public" else expected) and not (expected == "public" and got == "login"):
            wrong.append(f"{who}: {got} ({answer.status_code}) instead of {expected}: {words(answer)[:300]!r}")
        if STALE_FORM.encode() in answer.data:  # a download is no text
            wrong.append(f"{who}: the form token was not taken")
        if method == "GET" and (after := matrix_app.contents()) != before:
            changed = {table for table in after if after[table] != before.get(table)}
            if changed - WRITES_DOWN.get(row, set()):
                wrong.append(f"{who}: a GET changed {sorted(changed)}")
    assert not wrong, f"{method} {where}\n" + "\n".join(wrong)


def test_what_hurts_asks_for_a_recent_sign_in_once_the_role_is_known(matrix_app: MatrixApp) -> None:
    hurting = {row for row in rules(matrix_app.app) if row.split()[1] in HURTING}
    assert hurting == set(RECENT), "say in tests/web/role_matrix.py, RECENT, what asks for a sign-in again"
    usual = settings(matrix_app.app)
    matrix_app.restore()
    before, wrong = matrix_app.contents(), []
    try:
        change_settings(matrix_app.app, signin_again_minutes=-1)  # every sign-in is too old
        for row, fields in RECENT.items():
            where = address(matrix_app, row)
            for who in ("owner", "keeper", "outsider"):
                got = matrix_app.ask(who, row.split()[0], where, {**MATRIX[row].sent, **fields})
                asked = got.headers.get("Location", "") == "/signin/again"
                # Whose an account's own things are is looked up later.
                is_right = asked == (MATRIX[row].of(who) == "page") or (asked and where.startswith("/account/"))
                if not is_right or matrix_app.contents() != before:
                    wrong.append(f"{row} as {who}: {got.status_code} {got.headers.get('Location')}")
    finally:
        change_settings(matrix_app.app, signin_again_minutes=usual.signin_again_minutes)
    assert wrong == []


def with_ids(app: Flask) -> list[tuple[str, str]]:
    """(row, part of its address) for each number of a thing in an address below a team."""
    return [
        (row, part)
        for row, rule in known_rules(app).items()
        if "team_slug" in rule.arguments
        for part in sorted(rule.arguments - OF_A_TEAM)
    ]


def test_another_teams_things_are_not_found_under_the_own_teams_address(matrix_app: MatrixApp) -> None:
    looked_at = with_ids(matrix_app.app)
    assert len(looked_at) > 20
    wrong = []
    for row, part in looked_at:
        theirs = {part: getattr(matrix_app.things["acme"], part)}
        where = address(matrix_app, row, "globex", **theirs)
        answer = matrix_app.ask("foreign owner", row.split()[0], where, MATRIX[row].sent)
        if answer.status_code != 404:
            wrong.append(f"{row} {where}: {answer.status_code}")
    assert wrong == []


@pytest.mark.slow
def test_things_that_do_not_exist_are_not_found(matrix_app: MatrixApp) -> None:
    wrong = []
    for row, part in with_ids(matrix_app.app):
        for number in (0, 999_999, 2**31, 2**63, 10**30):
            where = address(matrix_app, row, **{part: number})
            answer = matrix_app.ask("owner", row.split()[0], where, MATRIX[row].sent)
            # werkzeug says 405 for a number that no rule takes where the same address is also open to GET
            if answer.status_code not in (404, 405):
                wrong.append(f"{row} {where}: {answer.status_code}")
    assert wrong == []


def test_no_unsafe_route_takes_a_form_without_its_token(matrix_app: MatrixApp) -> None:
    looked_at, wrong = [], []
    matrix_app.restore()
    before = matrix_app.contents()
    for row, rule in known_rules(matrix_app.app).items():
        method = row.split()[0]
        if method in SAFE or rule.endpoint.split(".")[0] in CSRF_EXEMPT:
            continue
        looked_at.append(row)
        for who, token in (("owner", {}), ("owner", {"csrf_token": "made up"}), ("guest", {})):
            where = address(matrix_app, row)
            answer = matrix_app.send(who, method, where, {**MATRIX[row].sent, **token})
            if answer.status_code != 400 or STALE_FORM not in answer.text:
                wrong.append(f"{row} as {who}: {answer.status_code}")
    assert len(looked_at) > 15
    assert wrong == []
    assert matrix_app.contents() == before


def test_only_guests_and_booking_sources_are_free_of_the_form_token() -> None:
    assert set(CSRF_EXEMPT) == {"bookings", "intake"}
