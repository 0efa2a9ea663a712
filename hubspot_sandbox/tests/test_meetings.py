"""Meetings on the timelines of contacts and companies."""

import pytest
from hubspot.crm.objects.meetings import AssociationSpec, PublicAssociationsForObject, PublicObjectId
from hubspot.crm.objects.meetings import SimplePublicObjectInput as LegacyChange
from hubspot.crm.objects.meetings import SimplePublicObjectInputForCreate as LegacyMeeting

from hubspot_sandbox.crm.meeting_links import link
from hubspot_sandbox.state import DEFAULT_ACCOUNT

BASE = "/crm/objects/2026-09"
START, END = "2026-12-01T09:00:00.000Z", "2026-12-01T09:30:00.000Z"
TIMES = {"hs_meeting_start_time": START, "hs_meeting_end_time": END}


def to(record_id: str, type_id: int) -> dict[str, object]:
    types = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": type_id}]
    return {"to": {"id": record_id}, "types": types}


@pytest.fixture
def contact(hubspot):
    """The id of a contact."""
    return hubspot.make("contacts", {"email": "jane@acme.co.jp"})["id"]


@pytest.fixture
def company(hubspot):
    """The id of a company."""
    return hubspot.make("companies", {"name": "Acme"})["id"]


def meetings_of(hubspot, kind: str, record_id: str) -> list[tuple[str, str]]:
    read = hubspot.get(f"{BASE}/{kind}/{record_id}?associations=meetings").json()
    return [
        (one["id"], one["type"])
        for one in read.get("associations", {}).get("meetings", {"results": []})["results"]
    ]


def test_a_meeting_is_on_the_timelines_of_the_records_its_create_names(hubspot, contact, company):
    values = {**TIMES, "hs_meeting_title": "Demo", "hs_meeting_outcome": "SCHEDULED"}
    made = hubspot.make("meetings", values, associations=[to(contact, 200), to(company, 188)])
    assert "associations" not in made
    assert meetings_of(hubspot, "contacts", contact) == [(made["id"], "contact_to_meeting_event")]
    assert meetings_of(hubspot, "companies", company) == [(made["id"], "company_to_meeting_event")]
    read = hubspot.get(f"{BASE}/meetings/{made['id']}?associations=contacts,companies").json()["associations"]
    assert read == {
        "contacts": {"results": [{"id": contact, "type": "meeting_event_to_contact"}]},
        "companies": {"results": [{"id": company, "type": "meeting_event_to_company"}]},
    }
    page = hubspot.get(f"{BASE}/contacts/{contact}/associations/meetings").json()["results"]
    assert page == [
        {
            "toObjectId": made["id"],
            "associationTypes": [{"category": "HUBSPOT_DEFINED", "typeId": 199, "label": None}],
        }
    ]


def test_the_same_create_twice_makes_two_meetings(hubspot, contact):
    first, second = (hubspot.make("meetings", TIMES, associations=[to(contact, 200)])["id"] for _ in range(2))
    assert [one for one, _ in meetings_of(hubspot, "contacts", contact)] == [first, second]


def test_a_record_names_a_hundred_of_its_meetings_and_the_batch_read_all_in_pages(
    hubspot, sandbox, contact, company
):
    for number in range(1, 602):
        link(sandbox.state, DEFAULT_ACCOUNT, str(number), "contacts", contact)
    shown = hubspot.get(f"{BASE}/contacts/{contact}?associations=meetings").json()["associations"]["meetings"]
    assert ([one["id"] for one in shown["results"]][-1], shown["paging"]["next"]["after"]) == ("100", "100")
    read, found, after = "/crm/associations/2026-09/contacts/meetings/batch/read", [], "0"
    while after:
        (result,) = hubspot.post(read, json={"inputs": [{"id": contact, "after": after}]}).json()["results"]
        after = result.get("paging", {}).get("next", {}).get("after")
        found.append([int(one["toObjectId"]) for one in result["to"]])
    assert found == [[*range(1, 501)], [*range(501, 602)]]
    none = hubspot.post(read.replace("contacts", "companies"), json={"inputs": [{"id": company}]})
    assert (none.status_code, none.json()["errors"][0]["category"]) == (207, "OBJECT_NOT_FOUND")


@pytest.mark.parametrize("written", [START, "1796115600000", "2026-12-01T18:00:00+09:00"])
def test_a_time_is_taken_in_either_form_and_read_in_one(hubspot, written):
    made = hubspot.make("meetings", {"hs_meeting_start_time": written})
    assert made["properties"]["hs_meeting_start_time"] == START
    read = hubspot.get(f"{BASE}/meetings/{made['id']}?properties=hs_timestamp").json()
    assert read["properties"]["hs_timestamp"] == START


def test_times_are_milliseconds_with_the_switch(hubspot):
    hubspot.switch(meeting_times_in_milliseconds=True)
    assert hubspot.make("meetings", TIMES)["properties"]["hs_meeting_start_time"] == "1796115600000"


@pytest.mark.parametrize(
    ("values", "associations", "said"),
    [
        ({"hs_meeting_outcome": "CANCELLED"}, [], "INVALID_OPTION"),
        ({"hs_meeting_start_time": "tomorrow"}, [], "tomorrow was not a valid long."),
        ({}, [to("4711", 200)], "CONTACT=4711 is not valid"),
        ({}, [to("4711", 188)], "COMPANY=4711 is not valid"),
        ({}, [to("4711", 199)], "invalid from object type 0-47"),
        ({}, [{"to": {"id": "1"}, "types": [{"associationTypeId": 200}]}], "Some required fields were not set"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_made(hubspot, values, associations, said):
    refused = hubspot.post(f"{BASE}/meetings", json={"properties": values, "associations": associations})
    assert (refused.status_code, said in refused.text) == (400, True), refused.text
    assert hubspot.get(f"{BASE}/meetings").json()["results"] == []


def test_a_body_without_properties_is_refused(hubspot):
    refused = hubspot.post(f"{BASE}/meetings", json={"associations": []})
    assert "required attributes are not set [properties]" in refused.json()["message"]


def test_the_options_of_the_outcome_are_hubspots_and_one_of_the_accounts_own(hubspot):
    definition = hubspot.get("/crm/properties/2026-09/meetings/hs_meeting_outcome").json()
    values = {one["value"] for one in definition["options"]}
    assert values == {"SCHEDULED", "COMPLETED", "RESCHEDULED", "NO_SHOW", "CANCELED", "WAITING_FOR_PAPERS"}


def test_the_scopes_for_contacts_are_those_for_meetings(hubspot, sandbox):
    scopes = ["crm.objects.contacts.read", "crm.objects.companies.write"]
    key = hubspot.post("/sandbox/api/service-keys", json={"scopes": scopes}).json()["token"]
    hubspot.headers["Authorization"] = f"Bearer {key}"
    assert hubspot.get(f"{BASE}/meetings").status_code == 200
    refused = hubspot.post(f"{BASE}/meetings", json={"properties": TIMES})
    assert (refused.status_code, "crm.objects.contacts.write" in refused.text) == (403, True)


def test_an_archived_meeting_is_on_no_timeline(hubspot, contact):
    made = hubspot.make("meetings", TIMES, associations=[to(contact, 200)])["id"]
    assert hubspot.delete(f"{BASE}/meetings/{made}").status_code == 204
    assert meetings_of(hubspot, "contacts", contact) == []
    changed = hubspot.patch(f"{BASE}/meetings/{made}", json={"properties": {"hs_meeting_outcome": "CANCELED"}})
    assert changed.status_code == 404


def test_the_meetings_of_a_merged_contact_go_over(hubspot, contact):
    other = hubspot.make("contacts", {"email": "jane@other.co.jp"})["id"]
    made = hubspot.make("meetings", TIMES, associations=[to(other, 200)])["id"]
    merge = {"primaryObjectId": contact, "objectIdToMerge": other}
    assert hubspot.post(f"{BASE}/contacts/merge", json=merge).status_code == 200
    assert [one for one, _ in meetings_of(hubspot, "contacts", contact)] == [made]


def test_a_further_timeline_gets_a_meeting_and_gives_it_up(hubspot, contact):
    made = hubspot.make("meetings", TIMES)["id"]
    path = f"{BASE}/meetings/{made}/associations"
    answer = hubspot.put(f"{path}/default/contacts/{contact}").json()
    assert [one["associationSpec"]["associationTypeId"] for one in answer["results"]] == [200, 199]
    assert len(meetings_of(hubspot, "contacts", contact)) == 1
    assert hubspot.delete(f"{path}/contacts/{contact}").status_code == 204
    assert meetings_of(hubspot, "contacts", contact) == []


def test_a_synchronised_calendar_brings_the_meeting_once_more(hubspot, contact):
    hubspot.switch(calendar_sync=True)
    ours = hubspot.make("meetings", TIMES, associations=[to(contact, 200)])["id"]
    hubspot.post(f"/sandbox/api/records/contacts/{contact}/synced-meetings", json={"properties": TIMES})
    ids = [{"id": one} for one, _ in meetings_of(hubspot, "contacts", contact)]
    asked = {"inputs": ids, "properties": ["hs_meeting_source", "hs_i_cal_uid", "hs_meeting_start_time"]}
    read = hubspot.post(f"{BASE}/meetings/batch/read", json=asked).json()["results"]
    sources = {one["id"]: one["properties"]["hs_meeting_source"] for one in read}
    assert sorted(sources.values(), key=str) == ["BIDIRECTIONAL_SYNC", "BIDIRECTIONAL_SYNC", None]
    assert sources[ours] is None
    assert {one["properties"]["hs_meeting_start_time"] for one in read} == {START}


def test_the_pages_show_a_meeting_and_whose_timeline_it_is_on(hubspot, contact):
    values = {**TIMES, "hs_meeting_title": "Demo with Jane"}
    made = hubspot.make("meetings", values, associations=[to(contact, 200)])["id"]
    assert "Demo with Jane" in hubspot.get("/contacts/1234567/objects/0-47").text
    page = hubspot.get(f"/contacts/1234567/record/0-47/{made}").text
    assert "On the timeline of" in page
    assert "jane@acme.co.jp" in page
    assert "Demo with Jane" in hubspot.get(f"/contacts/1234567/record/0-1/{contact}").text


def test_the_legacy_client_makes_moves_and_finds_a_meeting(legacy, contact):
    spec = AssociationSpec(association_category="HUBSPOT_DEFINED", association_type_id=200)
    inline = PublicAssociationsForObject(to=PublicObjectId(id=contact), types=[spec])
    api = legacy.crm.objects.meetings.basic_api
    made = api.create(LegacyMeeting(properties=TIMES, associations=[inline]))
    api.update(made.id, LegacyChange(properties={"hs_meeting_outcome": "CANCELED"}))
    read = api.get_by_id(made.id, properties=["hs_meeting_outcome"], associations=["contacts"])
    assert read.properties["hs_meeting_outcome"] == "CANCELED"
    assert [one.id for one in read.associations["contacts"].results] == [contact]
    of_contact = legacy.crm.contacts.basic_api.get_by_id(contact, associations=["meetings"])
    assert [one.id for one in of_contact.associations["meetings"].results] == [made.id]


def test_the_current_client_makes_and_moves_a_meeting(current, contact):
    types = [{"association_category": "HUBSPOT_DEFINED", "association_type_id": 200}]
    made = current.crm.objects.meetings.create(
        properties=TIMES, associations=[{"to": {"id": contact}, "types": types}]
    )
    moved = current.crm.objects.meetings.update(made.id, properties={"hs_meeting_outcome": "NO_SHOW"})
    assert moved.properties["hs_meeting_outcome"] == "NO_SHOW"
    found = current.crm.associations.batch.get(
        "meetings", from_object_type="contacts", inputs=[{"id": contact, "after": "0"}]
    )
    assert [one.to_object_id for one in found.results[0].to] == [made.id]
