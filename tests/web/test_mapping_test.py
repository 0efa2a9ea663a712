"""The test of a mapping: its page says what will be created, and exactly that is created, once."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from tests.web.mapping_trials import button, outcomes, records
from tests.web.workshop import Pairs, Workshop, filled, page, text, workshop

__all__ = ["workshop"]


def spoiled(form: Pairs, name: str, value: str) -> Pairs:
    return [(each, value if each == name else old) for each, old in form if each != name or value]


def confirm(workshop: Workshop) -> BeautifulSoup:
    workshop.owner.press(workshop.editor)
    return workshop.owner.open(f"{workshop.editor}/test")


def test_the_page_says_exactly_what_is_then_created(workshop: Workshop) -> None:
    shown = confirm(workshop)
    announced = [
        {text(name): text(value) for name, value in zip(each.select("dt"), each.select("dd"), strict=True)}
        for each in shown.select("section.panel")
    ]
    assert records(workshop, "companies") == []
    answer = workshop.owner.send(f"{workshop.editor}/test/send", filled(shown))
    assert answer.status_code == 200
    [company], [contact] = records(workshop, "companies"), records(workshop, "contacts")
    assert announced[0] == {
        "Company name (name)": company["name"],
        "Company Domain Name (domain)": company["domain"],
    }
    assert announced[1] == {
        "Email(Required)": contact["email"],
        "Last Name (lastname)": contact["lastname"],
        "First Name (firstname)": contact["firstname"],
    }
    assert company["name"].startswith("HubSync test ")
    assert contact["lastname"] == company["name"]
    created = page(answer)
    assert outcomes(created) == {"Company": "created", "Contact": "created", "Association": "made"}
    assert len(created.select("table.parts a[href*='/record/0-']")) == 2


def test_a_second_press_on_the_same_page_creates_nothing(workshop: Workshop) -> None:
    form = filled(confirm(workshop))
    assert workshop.owner.send(f"{workshop.editor}/test/send", form).status_code == 200
    answer = workshop.owner.send(f"{workshop.editor}/test/send", form)
    assert answer.status_code == 409
    assert "This test was sent already." in text(page(answer))
    assert len(records(workshop, "companies")) == len(records(workshop, "contacts")) == 1
    again = filled(page(answer))
    assert workshop.owner.send(f"{workshop.editor}/test/send", again).status_code == 200
    assert len(records(workshop, "contacts")) == 2


def test_what_hubspot_refuses_is_said_in_plain_words_with_the_row(workshop: Workshop) -> None:
    confirm(workshop)
    workshop.own_property("companies", "rank", label="Our rank", type="string", fieldType="text")
    rank = {"companies-2-property_name": "rank", "companies-2-information": "fact:host"}
    workshop.owner.press(workshop.editor, ("refresh", "1"))
    workshop.owner.press(workshop.editor, **rank)
    workshop.own_property("companies", "rank", type="number")
    form = filled(workshop.owner.open(f"{workshop.editor}/test"))
    answer = workshop.owner.send(f"{workshop.editor}/test/send", form)
    assert "Our rank (rank) was left out. HubSpot wants a whole number here." in text(page(answer))


@pytest.mark.parametrize("code", ["²", "A1B2C3D4", "x" * 5000, "<script>"])
def test_a_code_that_we_did_not_make_is_refused(workshop: Workshop, code: str) -> None:
    form = spoiled(filled(confirm(workshop)), "code", code)
    assert workshop.owner.send(f"{workshop.editor}/test/send", form).status_code == 400
    assert records(workshop, "contacts") == []


def test_without_a_code_the_question_is_asked_again(workshop: Workshop) -> None:
    form = [pair for pair in filled(confirm(workshop)) if pair[0] != "code"]
    answer = workshop.owner.send(f"{workshop.editor}/test/send", form)
    assert answer.status_code == 422
    assert button(page(answer), "Create these in HubSpot") is not None
    assert records(workshop, "contacts") == []


def test_without_access_no_button_is_offered_and_a_post_says_why(workshop: Workshop) -> None:
    form = filled(confirm(workshop))
    workshop.disconnect("lost")
    shown = workshop.owner.open(f"{workshop.editor}/test")
    assert "Create these in HubSpot" not in text(shown)
    answer = workshop.owner.send(f"{workshop.editor}/test/send", form)
    assert answer.status_code == 409
    assert "HubSync has no access to the HubSpot account any more." in text(page(answer))
