"""What no browser sends to the mapping editor: it ends in a form with errors or a refusal, and stores nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hubsync.domain.questions import Kind
from hubsync.services.calendars import calendars, questions
from hubsync.services.calendars.calendars import CalendarInput
from hubsync.services.teams import members
from hubsync.store import db, end_read
from hubsync.store.people import Person
from hubsync.store.teams import Team
from tests.kit.connected_team import ConnectedTeam, connected_team
from tests.kit.forms import Pairs, filled
from tests.kit.page import read_page, words

__all__ = ["connected_team"]
pytestmark = pytest.mark.slow


def sound_form(connected_team: ConnectedTeam) -> Pairs:
    return filled(connected_team.owner.open(connected_team.editor))


def foreign_question(connected_team: ConnectedTeam) -> str:
    """A question of another team's calendar."""
    with connected_team.app.app_context():
        members.create_team("Other", "other@other.example", "premium")
        person = db.session.query(Person.id).filter_by(email="other@other.example").scalar()
        team = db.session.query(Team.id).filter_by(slug="other").scalar()
        end_read()
        calendar = calendars.make_calendar(team, person, CalendarInput("Theirs", 30, "UTC"))
        secret = questions.QuestionInput("Secret label", Kind.EMAIL, False)
        return f"question:{questions.add_question(calendar.id, secret)}"


@pytest.mark.parametrize(
    ("field", "value", "error_at"),
    [
        ("companies-0-property_name", "no_such_property", "companies-0-property_name"),
        ("companies-0-property_name", "hs_object_id", "companies-0-property_name"),
        ("companies-1-property_name", "name", "companies-1-property_name"),
        ("contacts-0-property_name", "email", "contacts-0-property_name"),
        ("companies-0-information", "question:999999", "companies-0-information"),
        ("companies-0-information", "question:²", "companies-0-information"),
        ("companies-0-information", "question:-1", "companies-0-information"),
        ("companies-0-information", "fact:secret", "companies-0-information"),
        ("companies-0-information", "param:nobody_sent_this", "companies-0-information"),
        ("companies-0-information", "question:1:before_space", "companies-0-information"),
        ("companies-0-information", "\x00", "companies-0-information"),
        ("companies-0-property_name", "x" * 5000, "companies-0-property_name"),
        ("email", "question:1", "email"),
        ("email", "fact:host", "email"),
        ("email", "", "email"),
    ],
)
def test_a_row_that_cannot_be_comes_back_with_its_error(
    connected_team: ConnectedTeam, field: str, value: str, error_at: str
) -> None:
    answer = connected_team.owner.press(connected_team.editor, **{field: value})
    assert answer.status_code == 422
    shown = read_page(answer)
    assert shown.select_one(f"#{error_at}-error") is not None
    assert len(shown.select('[data-rows="companies"] > div')) == 2
    assert connected_team.mapping() is None


def test_another_teams_question_is_refused_and_not_named(connected_team: ConnectedTeam) -> None:
    token = foreign_question(connected_team)
    answer = connected_team.owner.press(
        connected_team.editor, **{"companies-0-information": token, "email": token}
    )
    assert answer.status_code == 422
    assert "Secret label" not in answer.text
    assert connected_team.mapping() is None


def test_what_was_sent_is_shown_as_text_never_as_markup(connected_team: ConnectedTeam) -> None:
    connected_team.ask("<script>alert(1)</script>", Kind.TEXT)
    connected_team.own_property("companies", "evil", label="</option><script>alert(2)</script>", type="string")
    typed = '"><script>alert(3)</script>'
    answer = connected_team.owner.press(
        connected_team.editor,
        **{"companies-0-property_name": typed, "companies-1-information": typed, "email": typed},
    )
    assert answer.status_code == 422
    assert "<script>alert" not in answer.text
    chosen = read_page(answer).select_one("#companies-0-property_name option[selected]")
    assert chosen is not None
    assert chosen["value"] == typed


def test_labels_are_shown_as_text_on_every_page_that_names_them(connected_team: ConnectedTeam) -> None:
    markup = "<img src=x onerror=alert(1)> 100 % (%s)"
    described = {"name": markup, "duration_minutes": "30", "time_zone": "UTC"}
    token = dict(filled(connected_team.owner.open("/teams/acme/calendars/1/settings")))["csrf_token"]
    connected_team.owner.send("/teams/acme/calendars/1/settings", [("csrf_token", token), *described.items()])
    question = f"{connected_team.advanced}/questions/{connected_team.ask(markup, Kind.TEXT)}"
    connected_team.own_property("companies", "odd", label=markup, type="string")
    mapped = {"companies-2-property_name": "odd", "companies-2-information": connected_team.token(markup)}
    assert connected_team.owner.press(connected_team.editor, **mapped).status_code == 302
    calendar = "/teams/acme/calendars/1"
    addresses = ("/teams/acme/calendars", calendar, connected_team.advanced, connected_team.editor, question)
    for address in (*addresses, f"{question}/delete", f"{connected_team.editor}/remove"):
        shown = connected_team.owner.open(address)
        assert shown.select("img") == []
        assert markup in words(shown) or any(markup in str(each.get("value")) for each in shown.select("input"))
    connected_team.owner.press(f"{question}/delete")
    assert f"Guests are not asked “{markup}” any more." in words(
        connected_team.owner.open(connected_team.advanced)
    )


def add(*pairs: tuple[str, str]) -> Callable[[Pairs], Pairs]:
    return lambda form: [*form, *pairs]


def rows(count: int) -> Callable[[Pairs], Pairs]:
    return add(*((f"companies-{number}-property_name", "") for number in range(count)))


def with_version(value: str) -> Callable[[Pairs], Pairs]:
    return lambda form: [(name, value if name == "version" else old) for name, old in form]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda form: [pair for pair in form if not pair[0].startswith("companies-")] + rows(101)([]),
        lambda form: [pair for pair in form if not pair[0].startswith("companies-")] + rows(500)([]),
        add(("companies-²-property_name", "city")),
        add(("companies-٣-property_name", "city")),
        add(("companies--1-property_name", "city")),
        add(("companies-99999-property_name", "city")),
        add(("companies-01-property_name", "city")),
        add(("companies-2-label", "city")),
        add(("companies-0-property_name", "city")),
        add(("companies-__index__-property_name", "city")),
        add(("add", "deals")),
        add(("remove", "companies-²")),
        add(("remove", "companies-77")),
        add(("remove", "companies-" + "9" * 5000)),
        add(("remove", "companies")),
        add(("remove", "")),
        add(("over", "-1")),
        add(("over", "9" * 50)),
        with_version(""),
        with_version("²"),
        lambda form: [pair for pair in form if pair[0] != "version"],
        lambda form: [pair for pair in form if pair[0] != "csrf_token"],
    ],
)
def test_a_form_that_no_editor_sends_is_refused(
    connected_team: ConnectedTeam, spoil: Callable[[Pairs], Pairs]
) -> None:
    answer = connected_team.owner.send(connected_team.editor, spoil(sound_form(connected_team)))
    assert answer.status_code == 400
    assert connected_team.mapping() is None


def test_gaps_in_the_numbers_are_no_mistake_and_keep_the_order(connected_team: ConnectedTeam) -> None:
    token = connected_team.token("Comment")
    form = sound_form(connected_team)
    for number, name in ((9000, "city"), (17, "zip")):
        form = add((f"companies-{number}-property_name", name), (f"companies-{number}-information", token))(form)
    assert connected_team.owner.send(connected_team.editor, form).status_code == 302
    assert [row[1] for row in connected_team.rows() if row[0] == "companies"] == ["name", "domain", "zip", "city"]


def test_nothing_comes_of_an_empty_form(connected_team: ConnectedTeam) -> None:
    token = dict(sound_form(connected_team))["csrf_token"]
    assert connected_team.owner.send(connected_team.editor, [("csrf_token", token)]).status_code == 400


def test_unknown_calendars_and_other_teams_are_not_found(connected_team: ConnectedTeam) -> None:
    foreign_question(connected_team)
    for calendar in ("2", "77", "99999999999999999999999999", "0", "-1", "²"):
        address = f"/teams/acme/calendars/{calendar}/advanced/hubspot"
        assert connected_team.owner.get(address).status_code == 404
        assert connected_team.owner.send(address, sound_form(connected_team)).status_code in (404, 405)
    assert connected_team.owner.get("/teams/other/calendars/2/advanced/hubspot").status_code == 404


def test_a_hundred_rows_are_the_most(connected_team: ConnectedTeam) -> None:
    form = [pair for pair in sound_form(connected_team) if not pair[0].startswith("companies-")] + rows(100)([])
    answer = connected_team.owner.send(connected_team.editor, [*form, ("add", "companies")])
    assert answer.status_code == 200
    shown = read_page(answer)
    assert len(shown.select('[data-rows="companies"] > div')) == 100
    assert "A section has up to 100 rows." in words(shown)
    assert shown.select("#companies-add[disabled]")


@pytest.mark.slow
def test_opening_and_saving_cost_the_same_queries_with_four_or_two_hundred_rows(
    connected_team: ConnectedTeam,
) -> None:
    token = connected_team.token("Comment")
    cost = {}
    for rows_of_each in (2, 100):
        form = [pair for pair in sound_form(connected_team) if not pair[0].startswith(("companies-", "contacts-"))]
        for section in ("companies", "contacts"):
            for number in range(rows_of_each):
                name = f"own_{number}"
                connected_team.own_property(section, name, label=f"Own {number}", type="string", fieldType="text")
                form += [(f"{section}-{number}-property_name", name), (f"{section}-{number}-information", token)]
        connected_team.owner.press(connected_team.editor, ("refresh", "1"))
        connected_team.calls()
        assert connected_team.owner.send(connected_team.editor, form).status_code == 302
        assert len(connected_team.rows()) == 2 * rows_of_each + 1

        opening = connected_team.count_queries(lambda: connected_team.owner.open(connected_team.editor))
        again = filled(connected_team.owner.open(connected_team.editor))
        saving = connected_team.count_queries(
            lambda form=again: connected_team.owner.send(connected_team.editor, form)
        )
        other = [
            connected_team.count_queries(
                lambda form=again, to=to: connected_team.owner.send(connected_team.editor + to[0], [*form, *to[1]])
            )
            for to in (("", [("check", "1")]), ("", [("propose", "1")]), ("/preview", []), ("/test", []))
        ]
        cost[rows_of_each] = opening, saving, *other
        [looked_up] = connected_team.calls()  # by the preview
        assert looked_up.startswith("GET /crm/objects/2026-09/contacts/")
    assert cost[2] == cost[100]
    assert max(cost[2]) <= 26
