"""The mapping editor as a calendar's owner works it, without JavaScript."""

from __future__ import annotations

import pytest

from hubsync.domain.questions import Kind
from hubsync.domain.roles import Role
from tests.kit.connected_team import ConnectedTeam, connected_team
from tests.kit.forms import filled
from tests.kit.page import Element, read_page, words

__all__ = ["connected_team"]


def row_names(shown: Element, section: str) -> list[str]:
    return [str(each["name"]) for each in shown.select(f'[data-rows="{section}"] select')]


def selected(shown: Element, id: str) -> tuple[str, str]:
    found = shown.select_one(f"#{id} option[selected]")
    assert found is not None
    return str(found["value"]), words(found)


def test_a_new_editor_proposes_rows_and_stores_nothing(connected_team: ConnectedTeam) -> None:
    shown = connected_team.owner.open(connected_team.editor)
    assert "Nothing is saved yet" in words(shown)
    assert selected(shown, "companies-0-property_name")[0] == "name"
    assert selected(shown, "companies-1-information") == (connected_team.token("Email"), "Email (question)")
    assert selected(shown, "contacts-0-information")[0] == connected_team.token("Name", ":family_name")
    assert selected(shown, "email")[0] == connected_team.token("Email")
    assert connected_team.mapping() is None


def test_saving_the_proposal_stores_rows_with_labels_and_types(connected_team: ConnectedTeam) -> None:
    answer = connected_team.owner.press(
        connected_team.editor,
        **{
            "companies-2-property_name": "numberofemployees",
            "companies-2-information": connected_team.token("Comment"),
        },
    )
    assert answer.status_code == 302
    assert connected_team.rows() == [
        ("companies", "name", "Company name", "string", connected_team.token("Company Name")),
        ("companies", "domain", "Company Domain Name", "string", connected_team.token("Email")),
        ("companies", "numberofemployees", "Number of Employees", "number", connected_team.token("Comment")),
        ("contacts", "email", "Email(Required)", "string", connected_team.token("Email")),
        ("contacts", "lastname", "Last Name", "string", connected_team.token("Name", ":family_name")),
        ("contacts", "firstname", "First Name", "string", connected_team.token("Name", ":given_name")),
    ]
    again = connected_team.owner.open(connected_team.editor)
    assert "Nothing is saved yet" not in words(again)
    assert selected(again, "companies-2-property_name")[1] == "Number of Employees (numberofemployees)"


def test_plus_adds_a_row_checks_nothing_and_loses_nothing(connected_team: ConnectedTeam) -> None:
    answer = connected_team.owner.press(
        connected_team.editor,
        ("add", "companies"),
        **{"companies-0-information": "", "companies_on": None, "contacts-7-property_name": "jobtitle"},
    )
    assert answer.status_code == 200
    shown = read_page(answer)
    assert len(row_names(shown, "companies")) == 6
    assert shown.select_one("#companies-2-property_name[autofocus]") is not None
    assert selected(shown, "companies-0-property_name")[0] == "name"
    assert selected(shown, "contacts-2-property_name")[0] == "jobtitle"
    assert not shown.select("#companies_on[checked]")
    assert not shown.select(".field-error, .error-summary")
    assert connected_team.mapping() is None


def test_remove_takes_exactly_that_row_away(connected_team: ConnectedTeam) -> None:
    answer = connected_team.owner.press(connected_team.editor, ("remove", "contacts-0"))
    shown = read_page(answer)
    assert row_names(shown, "contacts") == ["contacts-0-property_name", "contacts-0-information"]
    assert selected(shown, "contacts-0-property_name")[0] == "firstname"
    assert len(row_names(shown, "companies")) == 4


def test_save_is_the_first_button_so_that_enter_saves(connected_team: ConnectedTeam) -> None:
    form = connected_team.owner.open(connected_team.editor).select("main form")[-1]
    assert form.select("button")[0]["name"] == "save"


def test_the_form_copied_by_plus_is_the_row_itself(connected_team: ConnectedTeam) -> None:
    shown = connected_team.owner.open(connected_team.editor)
    blank = shown.select_one('template[data-blank="companies"]')
    assert blank is not None
    assert [each["name"] for each in blank.select("select")] == [
        "companies-__index__-property_name",
        "companies-__index__-information",
    ]


def test_email_is_fixed_and_offers_email_questions_only(connected_team: ConnectedTeam) -> None:
    connected_team.ask("Billing e-mail", Kind.EMAIL)
    shown = connected_team.owner.open(connected_team.editor)
    offered = [words(each) for each in shown.select("#email option")]
    assert offered == ["Select…", "Email (question)", "Billing e-mail (question)"]
    properties = [each["value"] for each in shown.select("#contacts-0-property_name option")]
    assert "lastname" in properties
    assert "email" not in properties


def test_pull_downs_are_grouped_with_the_common_properties_first(connected_team: ConnectedTeam) -> None:
    connected_team.own_property("companies", "aaa_rank", label="AAA rank", type="string", fieldType="text")
    shown = connected_team.owner.open(connected_team.editor)
    groups = shown.select("#companies-0-property_name optgroup")
    assert [group["label"] for group in groups] == ["Common properties", "Other properties"]
    assert words(groups[0].select("option")[0]) == "Company name (name)"
    assert words(groups[1].select("option")[0]) == "AAA rank (aaa_rank)"
    information = [group["label"] for group in shown.select("#companies-0-information optgroup")]
    assert information == ["Questions", "Parts of names", "Booking", "URL parameters"]


def test_half_rows_come_back_with_the_error_at_the_pull_down(connected_team: ConnectedTeam) -> None:
    answer = connected_team.owner.press(
        connected_team.editor,
        **{
            "companies-0-information": "",
            "contacts-0-property_name": "",
            "contacts-1-property_name": "jobtitle",
            "email": "",
        },
    )
    assert answer.status_code == 422
    shown = read_page(answer)
    assert words(shown.select_one("#companies-0-information-error")) == "Select the information to be obtained."
    assert words(shown.select_one("#contacts-0-property_name-error")) == "Select a HubSpot property."
    assert "Contacts need an e-mail address" in words(shown.select_one("#email-error"))
    links = [str(each["href"]) for each in shown.select(".error-summary a")]
    assert links == ["#companies-0-information", "#email", "#contacts-0-property_name"]
    assert all(shown.select_one(link) is not None for link in links)
    assert selected(shown, "contacts-1-property_name")[0] == "jobtitle"
    assert connected_team.mapping() is None


def test_rows_left_wholly_empty_are_passed_over(connected_team: ConnectedTeam) -> None:
    answer = connected_team.owner.press(
        connected_team.editor, **{"companies-9-property_name": "", "companies-9-information": ""}
    )
    assert answer.status_code == 302
    assert [row[1] for row in connected_team.rows() if row[0] == "companies"] == ["name", "domain"]


def test_contacts_that_are_off_need_no_email(connected_team: ConnectedTeam) -> None:
    assert connected_team.owner.press(connected_team.editor, email="", contacts_on=None).status_code == 302
    assert "email" not in [row[1] for row in connected_team.rows()]


def test_a_second_editor_is_told_and_overwrites_nothing_unasked(connected_team: ConnectedTeam) -> None:
    connected_team.owner.press(connected_team.editor)
    late = filled(connected_team.owner.open(connected_team.editor))
    connected_team.owner.press(connected_team.editor, ("save", "1"), **{"companies-0-information": "fact:host"})
    before = connected_team.rows()
    late = [(name, "fact:source" if name == "companies-0-information" else value) for name, value in late]
    answer = connected_team.owner.send(connected_team.editor, late)
    assert answer.status_code == 409
    shown = read_page(answer)
    told = words(shown.select_one(".notice.tone-care"))
    assert "owner@acme.example saved this mapping after you opened it." in told
    assert "Company name (name) Setting of Companies Host Booking source" in told
    assert "4 other rows are the same in both." in told
    assert selected(shown, "companies-0-information")[0] == "fact:source"
    assert connected_team.rows() == before

    again = filled(shown)
    assert connected_team.owner.send(connected_team.editor, again).status_code == 409
    button = shown.select_one("button[name=over]")
    assert button is not None
    assert (
        connected_team.owner.send(connected_team.editor, [*again, ("over", str(button["value"]))]).status_code
        == 302
    )
    assert connected_team.rows()[0][4] == "fact:source"


def test_a_row_whose_question_is_deleted_stays_marked_and_can_be_saved_with_the_others(
    connected_team: ConnectedTeam,
) -> None:
    connected_team.owner.press(
        connected_team.editor,
        **{"companies-2-property_name": "city", "companies-2-information": connected_team.token("Comment")},
    )
    comment = connected_team.token("Comment")
    connected_team.owner.press(f"{connected_team.advanced}/questions/{comment.split(':')[1]}/delete")
    shown = connected_team.owner.open(connected_team.editor)
    assert selected(shown, "companies-2-information") == (comment, "Comment (deleted question)")
    assert "Guests are not asked this any more" in words(shown.select_one("#companies-2-hints"))
    assert "1 row needs you" in words(connected_team.owner.open("/teams/acme/calendars"))
    assert (
        connected_team.owner.press(connected_team.editor, **{"contacts-1-information": "fact:host"}).status_code
        == 302
    )
    assert ("companies", "city", "City", "string", comment) in connected_team.rows()


def test_the_difference_comes_before_faults_that_the_other_save_made(connected_team: ConnectedTeam) -> None:
    comment = connected_team.token("Comment")
    connected_team.owner.press(
        connected_team.editor, **{"companies-2-property_name": "city", "companies-2-information": comment}
    )
    connected_team.owner.press(f"{connected_team.advanced}/questions/{comment.split(':')[1]}/delete")
    late = filled(connected_team.owner.open(connected_team.editor))
    connected_team.owner.press(connected_team.editor, **{"companies-2-information": "fact:host"})
    before = connected_team.rows()

    answer = connected_team.owner.send(connected_team.editor, late)
    assert answer.status_code == 409
    shown = read_page(answer)
    assert "saved this mapping after you opened it." in words(shown.select_one(".notice.tone-care"))
    assert not shown.select(".field-error")

    over = [*filled(shown), ("over", str(shown.select_one("button[name=over]")["value"]))]
    answer = connected_team.owner.send(connected_team.editor, over)
    assert answer.status_code == 422
    told = words(read_page(answer).select_one("#companies-2-information-error"))
    assert told == "Guests are not asked this any more. Select something else or remove the row."
    assert connected_team.rows() == before


CANNOT_BE_FILLED: list[dict[str, object]] = [
    {"hidden": True},
    {"type": "string", "fieldType": "file"},
    {"type": "string", "fieldType": "html"},
]


@pytest.mark.parametrize("now", CANNOT_BE_FILLED, ids=["hidden", "file", "rich text"])
def test_a_property_that_can_be_filled_no_longer_stays_marked(
    connected_team: ConnectedTeam, now: dict[str, object]
) -> None:
    connected_team.own_property("companies", "rank", label="Rank 100 %", type="number", fieldType="number")
    token = connected_team.token("Comment")
    connected_team.owner.press(
        connected_team.editor, **{"companies-2-property_name": "rank", "companies-2-information": token}
    )
    assert ("companies", "rank", "Rank 100 %", "number", token) in connected_team.rows()
    connected_team.own_property("companies", "rank", **now)
    shown = read_page(connected_team.owner.press(connected_team.editor, ("refresh", "1")))
    assert selected(shown, "companies-2-property_name") == ("rank", "Rank 100 % (rank): not available")
    assert "This property cannot be filled any more" in words(shown.select_one("#companies-2-hints"))
    assert connected_team.owner.press(connected_team.editor).status_code == 302
    assert ("companies", "rank", "Rank 100 %", "number", token) in connected_team.rows()
    deleting = f"{connected_team.advanced}/questions/{token.split(':')[1]}/delete"
    assert "Rank 100 % rank" in words(connected_team.owner.open(deleting))


def test_members_edit_their_own_calendars_only(connected_team: ConnectedTeam) -> None:
    member = connected_team.add_person("member@acme.example", Role.MEMBER)
    assert member.get(connected_team.editor).status_code == 403
    assert member.get(connected_team.advanced).status_code == 403
    made = member.press("/teams/acme/calendars/new", name="Mine", duration_minutes="30", time_zone="UTC")
    own = f"{made.headers['Location']}/advanced/hubspot"
    form = filled(member.open(own))
    assert member.send(own, form).status_code == 302
    assert member.send(connected_team.editor, form).status_code == 403
    admin = connected_team.add_person("admin@acme.example", Role.ADMINISTRATOR)
    assert admin.get(connected_team.editor).status_code == 200
