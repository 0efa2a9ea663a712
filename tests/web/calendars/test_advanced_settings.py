"""Guest Question Settings and Service Integration on the Advanced settings."""

from __future__ import annotations

import pytest

from hubsync.domain.questions import Kind
from tests.kit.connected_team import ConnectedTeam, connected_team
from tests.kit.page import read_page, words

__all__ = ["connected_team"]


def labels(connected_team: ConnectedTeam) -> list[str]:
    return [
        words(each) for each in connected_team.owner.open(connected_team.advanced).select(".question-list strong")
    ]


def csrf(connected_team: ConnectedTeam) -> tuple[str, str]:
    field = connected_team.owner.open(connected_team.advanced).select_one("main input[name=csrf_token]")
    assert field is not None
    return "csrf_token", str(field["value"])


def address(connected_team: ConnectedTeam, label: str) -> str:
    return f"{connected_team.advanced}/questions/{connected_team.questions()[label].id}"


def test_a_question_of_every_kind_can_be_added(connected_team: ConnectedTeam) -> None:
    for kind in Kind:
        answer = connected_team.owner.press(
            f"{connected_team.advanced}/questions/new",
            label=f"質問 {kind.value}",
            kind=kind.value,
            required="y",
            choices="赤\r\n  青 \r\n\r\n赤\r\n",
            supplement="  説明  ",
        )
        assert answer.status_code == 302
    assert labels(connected_team) == [
        "Company Name",
        "Name",
        "Email",
        "Comment",
        *(f"質問 {kind.value}" for kind in Kind),
    ]
    stored = connected_team.questions()
    assert stored["質問 single_choice"].choices == ["赤", "青"]
    assert stored["質問 text"].choices == []
    assert (stored["質問 date"].required, stored["質問 date"].supplement) == (True, "説明")


@pytest.mark.parametrize(
    ("wrong", "at"),
    [
        ({"label": "  "}, "label"),
        ({"label": "x" * 301}, "label"),
        ({"label": "company  NAME"}, "label"),
        ({"kind": "signature"}, "kind"),
        ({"kind": "single_choice", "choices": " \r\n "}, "choices"),
        ({"kind": "single_choice", "choices": "x" * 301}, "choices"),
        ({"kind": "several_choices", "choices": "\n".join(map(str, range(201)))}, "choices"),
        ({"supplement": "x" * 2001}, "supplement"),
    ],
)
@pytest.mark.quick_cases(4)
def test_a_question_that_cannot_be_is_refused_and_what_was_typed_is_kept(
    connected_team: ConnectedTeam, wrong: dict[str, str], at: str
) -> None:
    sound = {"label": "Budget", "kind": "text", "choices": "one", "supplement": "per year"}
    answer = connected_team.owner.press(f"{connected_team.advanced}/questions/new", **sound | wrong)
    assert answer.status_code == 422
    shown = read_page(answer)
    assert shown.select_one(f"#{at}-error") is not None
    if at != "supplement":
        assert words(shown.select_one("#supplement")) == "per year"
    assert labels(connected_team) == ["Company Name", "Name", "Email", "Comment"]


def test_a_question_can_be_edited(connected_team: ConnectedTeam) -> None:
    answer = connected_team.owner.press(
        address(connected_team, "Comment"),
        label="Anything else?",
        kind="single_choice",
        choices="yes\nno",
        required="y",
    )
    assert answer.status_code == 302
    changed = connected_team.questions()["Anything else?"]
    assert (changed.kind, changed.choices, changed.required) == ("single_choice", ["yes", "no"], True)


def test_name_and_email_stay_required_keep_their_kind_and_cannot_be_deleted(connected_team: ConnectedTeam) -> None:
    assert (
        connected_team.owner.press(
            address(connected_team, "Email"), required=None, label="E-mail address"
        ).status_code
        == 302
    )
    assert connected_team.questions()["E-mail address"].required
    answer = connected_team.owner.press(address(connected_team, "Name"), kind="text")
    assert answer.status_code == 422
    assert connected_team.questions()["Name"].kind == "name"
    for label in ("Name", "E-mail address"):
        delete = f"{address(connected_team, label)}/delete"
        assert connected_team.owner.get(delete).status_code == 400
        assert connected_team.owner.send(delete, [csrf(connected_team)]).status_code == 400
    assert labels(connected_team) == ["Company Name", "Name", "E-mail address", "Comment"]


def test_questions_move_up_and_down_and_stop_at_the_ends(connected_team: ConnectedTeam) -> None:
    def move(label: str, where: str) -> None:
        answer = connected_team.owner.send(
            f"{address(connected_team, label)}/move", [csrf(connected_team), ("where", where)]
        )
        page, arrow = answer.headers["Location"].split("#")
        pressed = connected_team.owner.open(page).select_one(f"button#{arrow}")
        assert words(pressed) == f"Move {label} {where}"  # a browser gives it the focus again

    move("Comment", "up")
    assert labels(connected_team) == ["Company Name", "Name", "Comment", "Email"]
    move("Company Name", "down")
    assert labels(connected_team) == ["Name", "Company Name", "Comment", "Email"]
    move("Name", "up")
    move("Email", "down")
    assert labels(connected_team) == ["Name", "Company Name", "Comment", "Email"]
    sideways = connected_team.owner.send(
        f"{address(connected_team, 'Name')}/move", [csrf(connected_team), ("where", "left")]
    )
    assert sideways.status_code == 400


def test_deleting_a_mapped_question_names_the_rows_that_lose_it(connected_team: ConnectedTeam) -> None:
    connected_team.owner.press(connected_team.editor)
    delete = f"{address(connected_team, 'Company Name')}/delete"
    assert "Company name name" in words(connected_team.owner.open(delete))
    assert labels(connected_team)[0] == "Company Name"
    assert connected_team.owner.press(delete).status_code == 302
    assert labels(connected_team) == ["Name", "Email", "Comment"]
    assert connected_team.owner.get(delete).status_code == 404
    assert "mapping takes" not in words(connected_team.owner.open(f"{address(connected_team, 'Comment')}/delete"))


def test_a_mapped_question_keeps_its_kind(connected_team: ConnectedTeam) -> None:
    connected_team.owner.press(connected_team.editor)
    answer = connected_team.owner.press(address(connected_team, "Company Name"), kind="date")
    assert answer.status_code == 422
    assert read_page(answer).select_one("#kind-error") is not None
    assert connected_team.questions()["Company Name"].kind == "text"


def test_questions_of_other_calendars_are_not_found(connected_team: ConnectedTeam) -> None:
    made = connected_team.owner.press(
        "/teams/acme/calendars/new", name="Other", duration_minutes="30", time_zone="UTC"
    )
    elsewhere = f"{made.headers['Location']}/advanced/questions/{connected_team.questions()['Comment'].id}"
    assert connected_team.owner.get(elsewhere).status_code == 404
    for end in ("move", "delete"):
        answer = connected_team.owner.send(f"{elsewhere}/{end}", [csrf(connected_team), ("where", "up")])
        assert answer.status_code == 404
    assert "Comment" in labels(connected_team)


def test_hubspot_is_added_paused_and_removed_on_the_advanced_settings(connected_team: ConnectedTeam) -> None:
    shown = connected_team.owner.open(connected_team.advanced)
    adding = shown.select_one("details.add-service")
    assert adding is not None
    assert words(adding) == "Add service Integration HubSpot Companies and contacts"
    assert adding.select_one("a")["href"] == connected_team.editor  # type: ignore[index]  # the line above found it
    assert (
        connected_team.owner.send(
            f"{connected_team.editor}/active", [csrf(connected_team), ("active", "off")]
        ).status_code
        == 404
    )
    assert connected_team.owner.get(f"{connected_team.editor}/remove").status_code == 404

    connected_team.owner.press(connected_team.editor)
    for active, word in (("off", "paused"), ("on", "active")):
        connected_team.owner.send(f"{connected_team.editor}/active", [csrf(connected_team), ("active", active)])
        assert word in words(connected_team.owner.open(connected_team.advanced).select_one(".service"))
    assert connected_team.owner.send(f"{connected_team.editor}/active", [csrf(connected_team)]).status_code == 400

    assert "5 rows are deleted" in words(connected_team.owner.open(f"{connected_team.editor}/remove"))
    assert connected_team.owner.press(f"{connected_team.editor}/remove").status_code == 302
    assert connected_team.mapping() is None
    assert connected_team.rows() == []


def test_questions_take_the_order_into_which_they_were_dragged(connected_team: ConnectedTeam) -> None:
    asked = connected_team.questions()
    wanted = ["Email", "Name", "Comment", "Company Name"]
    order = [("question", str(asked[label].id)) for label in wanted]
    assert (
        connected_team.owner.send(
            f"{connected_team.advanced}/questions/order", [csrf(connected_team), *order]
        ).status_code
        == 302
    )
    assert labels(connected_team) == wanted


@pytest.mark.parametrize("change", ["one missing", "one twice", "a foreign one", "none"])
def test_an_order_of_other_questions_than_are_asked_changes_nothing(
    connected_team: ConnectedTeam, change: str
) -> None:
    ids = [str(row.id) for row in connected_team.questions().values()]
    sent = {
        "one missing": ids[1:],
        "one twice": [ids[0], *ids],
        "a foreign one": [*ids[:-1], "999"],
        "none": [],
    }[change]
    fields = [csrf(connected_team), *(("question", each) for each in reversed(sent))]
    assert connected_team.owner.send(f"{connected_team.advanced}/questions/order", fields).status_code == 302
    shown = connected_team.owner.open(connected_team.advanced)
    assert "Somebody changed the questions meanwhile" in words(shown)
    assert labels(connected_team) == ["Company Name", "Name", "Email", "Comment"]


@pytest.mark.parametrize("sent", ["²", "-1", "x", "9" * 30, "1.0", ""])
def test_an_order_of_what_is_no_question_is_refused(connected_team: ConnectedTeam, sent: str) -> None:
    fields = [csrf(connected_team), ("question", sent)]
    assert connected_team.owner.send(f"{connected_team.advanced}/questions/order", fields).status_code == 400


def test_the_preview_shows_what_guests_see_and_sends_nothing(connected_team: ConnectedTeam) -> None:
    connected_team.ask("会社の規模", Kind.SINGLE_CHOICE, ("1–10", "11–50"))
    shown = connected_team.owner.open(f"{connected_team.advanced}/questions/preview")
    assert "Preview: guests see this page." in words(shown)
    assert "会社の規模" in words(shown)
    assert shown.select_one("button.complete").has_attr("disabled")  # type: ignore[union-attr]
    assert shown.select_one("input[name=form_token]") is None
