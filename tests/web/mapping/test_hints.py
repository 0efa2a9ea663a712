"""Hints and proposals in the mapping editor, and the difference that a late save is shown."""

from __future__ import annotations

from hubsync.domain.questions import Kind
from hubsync.domain.roles import Role
from hubsync.services import now
from hubsync.store import db, end_read, write_transaction
from hubsync.store.teams import AuditEntry
from tests.kit import rows
from tests.kit.connected_team import ConnectedTeam, connected_team
from tests.kit.forms import filled
from tests.kit.page import Element, read_page, words

__all__ = ["connected_team"]


def hints(shown: Element, kind: str) -> list[str]:
    """What is said at each place of a kind: companies, companies-row, contacts, contacts-row, email."""
    found = shown.select(f'[data-hints="{kind}"]')
    return [words(each) for each in found if each.find_parent("template") is None]


def chosen(shown: Element, section: str) -> dict[str, str]:
    """The rows of a section as they stand: property to information."""
    rows = shown.select(f'[data-rows="{section}"] > [data-row]')
    pairs = [[each.select_one("option[selected]") for each in row.select("select")] for row in rows]
    return {str(name["value"]) if name else "": str(told["value"]) if told else "" for name, told in pairs}


def test_a_sound_proposal_only_says_what_becomes_of_the_domain(connected_team: ConnectedTeam) -> None:
    shown = connected_team.owner.open(connected_team.editor)
    assert hints(shown, "companies") == hints(shown, "contacts") == [""]
    assert hints(shown, "companies-row") == [
        "",
        "The part after the @ is posted. Free e-mail domains are left out.",
    ]


def test_hints_stand_at_their_row_after_every_press_and_never_refuse(connected_team: ConnectedTeam) -> None:
    changed = {
        "companies-0-property_name": "numberofemployees",
        "companies-1-property_name": "city",
        "contacts-0-information": "",
    }
    shown = read_page(connected_team.owner.press(connected_team.editor, ("add", "contacts"), **changed))
    assert hints(shown, "companies")[0].startswith("No company will ever be posted")
    assert hints(shown, "companies-row")[0].startswith("HubSpot wants a number here. Answers that are none")
    assert "HubSpot may add companies of its own" in hints(shown, "contacts")[0]
    del changed["contacts-0-information"]
    assert connected_team.owner.press(connected_team.editor, **changed).status_code == 302
    again = connected_team.owner.open(connected_team.editor)
    assert hints(again, "companies")[0].startswith("No company will ever be posted")


def test_the_script_gets_the_hints_alone_for_the_rows_as_they_stand(connected_team: ConnectedTeam) -> None:
    sent = [("companies-40-property_name", "numberofemployees"), ("companies-40-information", "fact:start")]
    form = [*filled(connected_team.owner.open(connected_team.editor)), *sent, ("check", "1")]
    connected_team.calls()
    answer = connected_team.owner.send(connected_team.editor, form)
    assert answer.status_code == 200
    told = hints(read_page(answer), "companies-row")
    assert told[2] == "HubSpot wants a number here, and this never is one. The row is left out."
    assert len(hints(read_page(answer), "contacts-row")) == 2
    assert len(answer.text) < 3000
    assert connected_team.calls() == []
    assert connected_team.mapping() is None


def test_an_optional_question_as_the_only_key_is_named_at_its_row(connected_team: ConnectedTeam) -> None:
    shown = read_page(connected_team.owner.press(connected_team.editor, ("remove", "companies-1")))
    assert hints(shown, "companies-row")[0].startswith("Guests may leave this open")


def test_a_property_that_hubspot_asked_for_lately_is_asked_for(connected_team: ConnectedTeam) -> None:
    with connected_team.app.app_context():
        end_read()
        with write_transaction() as session:
            booking = rows.add_booking(
                session, connected_team.team_id, connected_team.calendar_id, created_at=now()
            )
            names = ["city", "made_of_options"]
            refused = {"kind": "refused", "section": "companies", "code": "required_property_missing"}
            rows.add_delivery(
                session,
                booking,
                "partial",
                hubspot_account_id=rows.ACCOUNT,
                company="refused",
                remarks=[{**refused, "properties": names}],
            )
    told = hints(connected_team.owner.open(connected_team.editor), "companies")[0]
    assert "requires “City (city)” for new records. Add a row for it." in told
    assert "requires “made_of_options” for new records. HubSync cannot fill this property" in told
    more = {"companies-2-property_name": "city", "companies-2-information": "fact:host"}
    shown = read_page(connected_team.owner.press(connected_team.editor, ("add", "companies"), **more))
    assert "City (city)" not in hints(shown, "companies")[0]


def test_proposing_adds_rows_for_new_questions_and_touches_no_other(connected_team: ConnectedTeam) -> None:
    connected_team.owner.press(connected_team.editor, **{"companies-0-information": "fact:host"})
    connected_team.ask("役職", Kind.TEXT)
    connected_team.ask("Number of employees", Kind.NUMBER)
    connected_team.ask("Anything else", Kind.TEXT)
    before = connected_team.rows()
    answer = connected_team.owner.press(
        connected_team.editor, ("propose", "1"), **{"contacts-1-information": "fact:source"}
    )
    assert answer.status_code == 200
    shown = read_page(answer)
    assert "2 rows were proposed. Nothing is saved yet." in words(shown)
    assert "Job Title (jobtitle) ← 役職 (question)" in words(shown)
    companies, contacts = chosen(shown, "companies"), chosen(shown, "contacts")
    assert companies["name"] == "fact:host"
    assert companies["numberofemployees"] == connected_team.token("Number of employees")
    assert contacts["jobtitle"] == connected_team.token("役職")
    assert contacts["firstname"] == "fact:source"
    assert connected_team.rows() == before
    again = read_page(connected_team.owner.send(connected_team.editor, [*filled(shown), ("propose", "1")]))
    assert "No other question matches a property that has no row yet." in words(again)
    assert chosen(again, "contacts") == contacts


def test_a_half_row_is_completed_and_an_unreadable_one_left_alone(connected_team: ConnectedTeam) -> None:
    changed = {"companies-0-information": "", "companies-1-information": "question:²"}
    shown = read_page(connected_team.owner.press(connected_team.editor, ("propose", "1"), **changed))
    assert chosen(shown, "companies") == {"name": connected_team.token("Company Name"), "domain": "question:²"}


def test_no_more_than_a_hundred_rows_are_proposed(connected_team: ConnectedTeam) -> None:
    form = [
        pair
        for pair in filled(connected_team.owner.open(connected_team.editor))
        if not pair[0].startswith("contacts-")
    ]
    form += [(f"contacts-{number}-property_name", f"own_{number}") for number in range(100)]
    shown = read_page(connected_team.owner.send(connected_team.editor, [*form, ("propose", "1")]))
    assert len(chosen(shown, "contacts")) == 100


# ---- two people at once


def test_a_late_save_is_shown_who_was_first_and_what_differs(connected_team: ConnectedTeam) -> None:
    connected_team.owner.press(connected_team.editor)
    admin = connected_team.add_person("admin@acme.example", Role.ADMINISTRATOR)
    late = filled(connected_team.owner.open(connected_team.editor))
    more = {"companies-2-property_name": "city", "companies-2-information": "fact:host", "contacts_on": None}
    admin.press(connected_team.editor, **more)
    late += [("contacts-7-property_name", "jobtitle"), ("contacts-7-information", "fact:calendar")]
    answer = connected_team.owner.send(connected_team.editor, late)
    assert answer.status_code == 409
    shown = read_page(answer)
    assert "admin@acme.example saved this mapping after you opened it." in words(shown)
    rows = [[words(cell) for cell in row.select("td")] for row in shown.select("table.difference tbody tr")]
    assert rows == [
        ["Setting of Contacts", "off", "on"],
        ["City (city) Setting of Companies", "Host", "no row"],
        ["Job Title (jobtitle) Setting of Contacts", "no row", "Calendar name"],
    ]
    assert chosen(shown, "contacts")["jobtitle"] == "fact:calendar"
    take = shown.select_one("a[data-leave]")
    assert take is not None
    assert take["href"] == connected_team.editor


def test_an_editor_over_a_removed_mapping_says_so_and_can_still_save(connected_team: ConnectedTeam) -> None:
    connected_team.owner.press(connected_team.editor)
    late = filled(connected_team.owner.open(connected_team.editor))
    connected_team.owner.press(f"{connected_team.editor}/remove")
    answer = connected_team.owner.send(connected_team.editor, late)
    assert answer.status_code == 409
    assert "This mapping was removed after you opened it." in words(read_page(answer))
    assert connected_team.mapping() is None
    assert (
        connected_team.owner.send(connected_team.editor, [*filled(read_page(answer)), ("over", "0")]).status_code
        == 302
    )
    assert connected_team.mapping() is not None


def test_a_third_save_meanwhile_is_not_overwritten_either(connected_team: ConnectedTeam) -> None:
    connected_team.owner.press(connected_team.editor)
    late = filled(connected_team.owner.open(connected_team.editor))
    connected_team.owner.press(connected_team.editor, **{"companies-0-information": "fact:host"})
    shown = read_page(connected_team.owner.send(connected_team.editor, late))
    button = shown.select_one("button[name=over]")
    assert button is not None
    connected_team.owner.press(connected_team.editor, **{"companies-0-information": "fact:source"})
    answer = connected_team.owner.send(connected_team.editor, [*filled(shown), ("over", str(button["value"]))])
    assert answer.status_code == 409
    assert connected_team.rows()[0][4] == "fact:source"


def test_every_action_is_in_the_audit_trail_with_who_did_it(connected_team: ConnectedTeam) -> None:
    connected_team.owner.press(connected_team.editor)
    switching = [("csrf_token", dict(filled(connected_team.owner.open(connected_team.editor)))["csrf_token"])]
    connected_team.owner.send(f"{connected_team.editor}/active", [*switching, ("active", "off")])
    connected_team.owner.press(connected_team.editor, active="on")
    connected_team.owner.press(f"{connected_team.editor}/remove")
    with connected_team.app.app_context():
        trail = [
            (entry.action, entry.person_shown, entry.details["calendar"])
            for entry in db.session.query(AuditEntry).order_by(AuditEntry.id)
            if entry.action.startswith("mapping")
        ]
    actions = ["mapping_saved", "mapping_paused", "mapping_saved", "mapping_resumed", "mapping_removed"]
    assert trail == [(action, "owner@acme.example", "Intro call") for action in actions]


def test_a_save_that_comes_too_late_leaves_no_trace_in_the_trail(connected_team: ConnectedTeam) -> None:
    connected_team.owner.press(connected_team.editor)
    late = filled(connected_team.owner.open(connected_team.editor))
    connected_team.owner.press(connected_team.editor)
    with connected_team.app.app_context():
        before = db.session.query(AuditEntry).count()
    assert connected_team.owner.send(connected_team.editor, late).status_code == 409
    with connected_team.app.app_context():
        assert db.session.query(AuditEntry).count() == before
