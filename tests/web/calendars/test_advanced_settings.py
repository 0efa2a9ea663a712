"""Guest Question Settings and Service Integration on the Advanced settings."""

from __future__ import annotations

import pytest

from hubsync.domain.questions import Kind
from tests.kit.page import read_page, words
from tests.kit.workshop import Workshop, workshop

__all__ = ["workshop"]


def labels(workshop: Workshop) -> list[str]:
    return [words(each) for each in workshop.owner.open(workshop.advanced).select(".question-list strong")]


def csrf(workshop: Workshop) -> tuple[str, str]:
    field = workshop.owner.open(workshop.advanced).select_one("main input[name=csrf_token]")
    assert field is not None
    return "csrf_token", str(field["value"])


def address(workshop: Workshop, label: str) -> str:
    return f"{workshop.advanced}/questions/{workshop.questions()[label].id}"


def test_a_question_of_every_kind_can_be_added(workshop: Workshop) -> None:
    for kind in Kind:
        answer = workshop.owner.press(
            f"{workshop.advanced}/questions/new",
            label=f"質問 {kind.value}",
            kind=kind.value,
            required="y",
            choices="赤\r\n  青 \r\n\r\n赤\r\n",
            supplement="  説明  ",
        )
        assert answer.status_code == 302
    assert labels(workshop) == [
        "Company Name",
        "Name",
        "Email",
        "Comment",
        *(f"質問 {kind.value}" for kind in Kind),
    ]
    stored = workshop.questions()
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
def test_a_question_that_cannot_be_is_refused_and_what_was_typed_is_kept(
    workshop: Workshop, wrong: dict[str, str], at: str
) -> None:
    sound = {"label": "Budget", "kind": "text", "choices": "one", "supplement": "per year"}
    answer = workshop.owner.press(f"{workshop.advanced}/questions/new", **sound | wrong)
    assert answer.status_code == 422
    shown = read_page(answer)
    assert shown.select_one(f"#{at}-error") is not None
    if at != "supplement":
        assert words(shown.select_one("#supplement")) == "per year"
    assert labels(workshop) == ["Company Name", "Name", "Email", "Comment"]


def test_a_question_can_be_edited(workshop: Workshop) -> None:
    answer = workshop.owner.press(
        address(workshop, "Comment"), label="Anything else?", kind="single_choice", choices="yes\nno", required="y"
    )
    assert answer.status_code == 302
    changed = workshop.questions()["Anything else?"]
    assert (changed.kind, changed.choices, changed.required) == ("single_choice", ["yes", "no"], True)


def test_name_and_email_stay_required_keep_their_kind_and_cannot_be_deleted(workshop: Workshop) -> None:
    assert (
        workshop.owner.press(address(workshop, "Email"), required=None, label="E-mail address").status_code == 302
    )
    assert workshop.questions()["E-mail address"].required
    answer = workshop.owner.press(address(workshop, "Name"), kind="text")
    assert answer.status_code == 422
    assert workshop.questions()["Name"].kind == "name"
    for label in ("Name", "E-mail address"):
        delete = f"{address(workshop, label)}/delete"
        assert workshop.owner.get(delete).status_code == 400
        assert workshop.owner.send(delete, [csrf(workshop)]).status_code == 400
    assert labels(workshop) == ["Company Name", "Name", "E-mail address", "Comment"]


def test_questions_move_up_and_down_and_stop_at_the_ends(workshop: Workshop) -> None:
    def move(label: str, where: str) -> None:
        answer = workshop.owner.send(f"{address(workshop, label)}/move", [csrf(workshop), ("where", where)])
        page, arrow = answer.headers["Location"].split("#")
        pressed = workshop.owner.open(page).select_one(f"button#{arrow}")
        assert words(pressed) == f"Move {label} {where}"  # a browser gives it the focus again

    move("Comment", "up")
    assert labels(workshop) == ["Company Name", "Name", "Comment", "Email"]
    move("Company Name", "down")
    assert labels(workshop) == ["Name", "Company Name", "Comment", "Email"]
    move("Name", "up")
    move("Email", "down")
    assert labels(workshop) == ["Name", "Company Name", "Comment", "Email"]
    sideways = workshop.owner.send(f"{address(workshop, 'Name')}/move", [csrf(workshop), ("where", "left")])
    assert sideways.status_code == 400


def test_deleting_a_mapped_question_names_the_rows_that_lose_it(workshop: Workshop) -> None:
    workshop.owner.press(workshop.editor)
    delete = f"{address(workshop, 'Company Name')}/delete"
    assert "Company name name" in words(workshop.owner.open(delete))
    assert labels(workshop)[0] == "Company Name"
    assert workshop.owner.press(delete).status_code == 302
    assert labels(workshop) == ["Name", "Email", "Comment"]
    assert workshop.owner.get(delete).status_code == 404
    assert "mapping takes" not in words(workshop.owner.open(f"{address(workshop, 'Comment')}/delete"))


def test_a_mapped_question_keeps_its_kind(workshop: Workshop) -> None:
    workshop.owner.press(workshop.editor)
    answer = workshop.owner.press(address(workshop, "Company Name"), kind="date")
    assert answer.status_code == 422
    assert read_page(answer).select_one("#kind-error") is not None
    assert workshop.questions()["Company Name"].kind == "text"


def test_questions_of_other_calendars_are_not_found(workshop: Workshop) -> None:
    made = workshop.owner.press("/teams/acme/calendars/new", name="Other", duration_minutes="30", time_zone="UTC")
    elsewhere = f"{made.headers['Location']}/advanced/questions/{workshop.questions()['Comment'].id}"
    assert workshop.owner.get(elsewhere).status_code == 404
    for end in ("move", "delete"):
        answer = workshop.owner.send(f"{elsewhere}/{end}", [csrf(workshop), ("where", "up")])
        assert answer.status_code == 404
    assert "Comment" in labels(workshop)


def test_hubspot_is_added_paused_and_removed_on_the_advanced_settings(workshop: Workshop) -> None:
    shown = workshop.owner.open(workshop.advanced)
    adding = shown.select_one("details.add-service")
    assert adding is not None
    assert words(adding) == "Add service Integration HubSpot Companies and contacts"
    assert adding.select_one("a")["href"] == workshop.editor  # type: ignore[index]  # the line above found it
    assert workshop.owner.send(f"{workshop.editor}/active", [csrf(workshop), ("active", "off")]).status_code == 404
    assert workshop.owner.get(f"{workshop.editor}/remove").status_code == 404

    workshop.owner.press(workshop.editor)
    for active, word in (("off", "paused"), ("on", "active")):
        workshop.owner.send(f"{workshop.editor}/active", [csrf(workshop), ("active", active)])
        assert word in words(workshop.owner.open(workshop.advanced).select_one(".service"))
    assert workshop.owner.send(f"{workshop.editor}/active", [csrf(workshop)]).status_code == 400

    assert "5 rows are deleted" in words(workshop.owner.open(f"{workshop.editor}/remove"))
    assert workshop.owner.press(f"{workshop.editor}/remove").status_code == 302
    assert workshop.mapping() is None
    assert workshop.rows() == []


def test_questions_take_the_order_into_which_they_were_dragged(workshop: Workshop) -> None:
    asked = workshop.questions()
    wanted = ["Email", "Name", "Comment", "Company Name"]
    order = [("question", str(asked[label].id)) for label in wanted]
    assert workshop.owner.send(f"{workshop.advanced}/questions/order", [csrf(workshop), *order]).status_code == 302
    assert labels(workshop) == wanted


@pytest.mark.parametrize("change", ["one missing", "one twice", "a foreign one", "none"])
def test_an_order_of_other_questions_than_are_asked_changes_nothing(workshop: Workshop, change: str) -> None:
    ids = [str(row.id) for row in workshop.questions().values()]
    sent = {
        "one missing": ids[1:],
        "one twice": [ids[0], *ids],
        "a foreign one": [*ids[:-1], "999"],
        "none": [],
    }[change]
    fields = [csrf(workshop), *(("question", each) for each in reversed(sent))]
    assert workshop.owner.send(f"{workshop.advanced}/questions/order", fields).status_code == 302
    shown = workshop.owner.open(workshop.advanced)
    assert "Somebody changed the questions meanwhile" in words(shown)
    assert labels(workshop) == ["Company Name", "Name", "Email", "Comment"]


@pytest.mark.parametrize("sent", ["²", "-1", "x", "9" * 30, "1.0", ""])
def test_an_order_of_what_is_no_question_is_refused(workshop: Workshop, sent: str) -> None:
    fields = [csrf(workshop), ("question", sent)]
    assert workshop.owner.send(f"{workshop.advanced}/questions/order", fields).status_code == 400


def test_the_preview_shows_what_guests_see_and_sends_nothing(workshop: Workshop) -> None:
    workshop.ask("会社の規模", Kind.SINGLE_CHOICE, ("1–10", "11–50"))
    shown = workshop.owner.open(f"{workshop.advanced}/questions/preview")
    assert "Preview: guests see this page." in words(shown)
    assert "会社の規模" in words(shown)
    assert shown.select_one("button.complete").has_attr("disabled")  # type: ignore[union-attr]
    assert shown.select_one("input[name=form_token]") is None
