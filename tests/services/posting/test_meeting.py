"""The meeting on the timeline: one for each booking, on its contact and company, beside what was posted."""

from __future__ import annotations

from typing import Any

import pytest

from hubsync.domain.questions import Part
from hubsync.services.deliveries.dispatch import read_delivery, retry
from hubsync.services.deliveries.due_retries import run_due
from hubsync.store import write_transaction
from hubsync.store.bookings import BookingRecord
from hubsync.store.deliveries import Delivery
from tests.kit.clock import later
from tests.kit.meetings import (
    LOST,
    crowd_timeline,
    meetings_at,
    read_kept,
    switch_meetings_on,
    synchronise,
    timeline,
)

__all__ = ["timeline"]

MEETINGS = "POST /crm/objects/2026-09/meetings"
REFUSED = {"status": "error", "message": "No.", "category": "VALIDATION_ERROR"}


def remarks_of(delivery: Delivery) -> list[str]:
    return [each["code"] for each in delivery.remarks if each.get("step") == "meeting"]


def through(delivery_id: int) -> Delivery:
    with later(hours=2):
        run_due()
    return read_delivery(delivery_id)


def test_a_booking_is_on_the_timelines_of_its_contact_and_company(timeline: Any) -> None:
    switch_meetings_on(timeline.calendar_id, "Call with {guest_name}", "Company: {company}\nHost: {host}")
    delivery = timeline.book("Sato <b>Mika</b>", "mika@acme.co.jp", "Acme & Co")
    (meeting,) = meetings_at(timeline.sandbox)
    values = meeting["properties"]
    assert delivery.state == "posted"
    assert meeting["associated"] == [
        {"object": "contacts", "id": delivery.contact_id},
        {"object": "companies", "id": delivery.company_id},
    ]
    start = delivery.booking.starts_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    assert values["hs_timestamp"] == values["hs_meeting_start_time"] == start
    assert values["hs_meeting_end_time"] > start
    assert (values["hs_meeting_title"], values["hs_meeting_outcome"]) == (
        "Call with Sato <b>Mika</b>",
        "SCHEDULED",
    )
    assert values["hs_meeting_body"] == "Company: Acme &amp; Co<br>Host: Mika Sato"
    assert values["hs_internal_meeting_notes"].startswith("HubSync ")
    kept = read_kept(delivery.id)
    assert (kept.state, kept.meeting_id, kept.starts_at) == ("created", meeting["id"], delivery.booking.starts_at)
    assert (kept.lease_owner, kept.lease_until) == ("", None)


def test_it_costs_one_call(timeline: Any) -> None:
    def calls(*booking: str) -> list[str]:
        return [each.split("2026-09/")[-1] for each in timeline.calls_of(lambda: timeline.book(*booking))]

    assert calls("Sato Mika", "mika@acme.co.jp", "Acme") == [
        "companies/search",
        "companies",
        "contacts",
        "meetings",
    ]
    assert calls("Kato Rei", "rei@acme.co.jp", "Acme") == ["contacts", "meetings"]


def test_a_guest_who_booked_before_costs_no_more(timeline: Any) -> None:
    first = timeline.book("Sato Mika", "mika@acme.co.jp", "Acme")
    calls = timeline.calls_of(lambda: timeline.book("Sato Mika", "mika@acme.co.jp", "Acme", form_id="again"))
    assert [each.split()[0] for each in calls] == ["GET", "POST"]
    assert calls[1] == MEETINGS
    timeline.delete("contacts", first.contact_id)
    delivery = timeline.book("Sato Mika", "mika@acme.co.jp", "Acme", form_id="and again")
    assert (delivery.state, delivery.contact, len(meetings_at(timeline.sandbox))) == ("posted", "created", 3)


def test_off_nothing_is_called_and_nothing_kept(acme: Any) -> None:
    assert MEETINGS not in acme.calls_of(lambda: acme.book("Sato Mika", "mika@acme.co.jp", "Acme"))
    with write_transaction() as session:
        assert session.connection().exec_driver_sql("select count(*) from meetings").scalar() == 0


def test_a_lead_without_a_time_has_no_meeting_and_says_so(timeline: Any) -> None:
    timeline.fault(action="status", status=503, path="/contacts", times=1)
    delivery = timeline.book("Sato Mika", "mika@acme.co.jp", "Acme")
    with write_transaction() as session:
        session.query(BookingRecord).update({"starts_at": None, "ends_at": None})
    ended = through(delivery.id)
    assert (ended.state, remarks_of(ended), meetings_at(timeline.sandbox)) == ("posted", ["meeting_no_time"], [])


def test_one_cancelled_before_it_was_posted_gets_none(timeline: Any) -> None:
    timeline.fault(action="status", status=503, path="/contacts", times=1)
    delivery = timeline.book("Sato Mika", "mika@acme.co.jp", "Acme")
    with write_transaction() as session:
        session.query(BookingRecord).update({"cancelled_at": delivery.created_at})
    ended = through(delivery.id)
    assert (ended.state, remarks_of(ended)) == ("posted", ["meeting_cancelled_before"])
    assert meetings_at(timeline.sandbox) == []


def test_where_only_the_company_stands_it_is_on_that_timeline(timeline: Any) -> None:
    timeline.fault(action="status", status=400, method="POST", path="/contacts", body=REFUSED, times=1)
    delivery = timeline.book("Sato Mika", "mika@acme.co.jp", "Acme")
    (meeting,) = meetings_at(timeline.sandbox)
    assert (delivery.state, meeting["associated"]) == (
        "partial",
        [{"object": "companies", "id": delivery.company_id}],
    )


def test_a_refused_meeting_is_a_remark_and_a_retry_makes_it(timeline: Any) -> None:
    timeline.fault(action="status", status=400, path="/meetings", body=REFUSED, times=1)
    delivery = timeline.book("Sato Mika", "mika@acme.co.jp", "Acme")
    assert (delivery.state, remarks_of(delivery)) == ("posted", ["record_refused"])
    assert (read_kept(delivery.id).state, meetings_at(timeline.sandbox)) == ("refused", [])


def test_a_passing_fault_brings_the_delivery_back_for_the_meeting_alone(timeline: Any) -> None:
    timeline.fault(action="status", status=503, path="/meetings", times=1)
    delivery = timeline.book("Sato Mika", "mika@acme.co.jp", "Acme")
    assert (delivery.state, delivery.contact) == ("retrying", "created")
    calls = timeline.calls_of(lambda: through(delivery.id))
    assert [each for each in calls if each.startswith("POST") and "batch" not in each] == [MEETINGS]
    assert (read_delivery(delivery.id).state, len(meetings_at(timeline.sandbox))) == ("posted", 1)


def test_one_that_the_hosts_calendar_brought_before_the_retry_is_left_alone(timeline: Any) -> None:
    """The contact is ours, and has a meeting by then all the same."""
    timeline.fault(action="status", status=429, path="/meetings", times=1)
    delivery = timeline.book("Sato Mika", "mika@acme.co.jp", "Acme")
    synchronise(timeline.sandbox, delivery.contact_id, delivery.booking.starts_at.isoformat())
    assert through(delivery.id).state == "posted"
    assert (read_kept(delivery.id).state, len(meetings_at(timeline.sandbox))) == ("already_there", 1)


def test_one_that_it_brought_for_a_contact_whose_answer_was_lost_is_left_alone(timeline: Any) -> None:
    timeline.fault(action="drop", when="after", method="POST", path="/contacts", times=1)
    delivery = timeline.book("Sato Mika", "mika@acme.co.jp", "Acme")
    (contact,) = timeline.records("contacts")
    synchronise(timeline.sandbox, contact["id"], delivery.booking.starts_at.isoformat())
    ended = through(delivery.id)
    assert (ended.contact, read_kept(delivery.id).state) == ("created", "already_there")
    assert len(meetings_at(timeline.sandbox)) == 1


@pytest.mark.parametrize("mark_was_deleted", [False, True])
def test_one_whose_answer_was_lost_is_found_again(timeline: Any, mark_was_deleted: bool) -> None:
    timeline.fault(**LOST)
    delivery = timeline.book("Sato Mika", "mika@acme.co.jp", "Acme")
    assert (delivery.state, read_kept(delivery.id).state) == ("retrying", "intent")
    if mark_was_deleted:
        state = timeline.sandbox.state
        (record,) = state.records_of(1234567, "meetings")
        del record.properties["hs_internal_meeting_notes"]
    ended = through(delivery.id)
    (meeting,) = meetings_at(timeline.sandbox)
    kept = read_kept(delivery.id)
    assert (ended.state, kept.state, kept.meeting_id) == ("posted", "created", meeting["id"])


@pytest.mark.parametrize("whose", ["ours", "of a synchronised calendar"])
def test_one_among_the_very_many_of_a_contact_is_found(timeline: Any, whose: str) -> None:
    contact_id = timeline.book("Sato Mika", "mika@acme.co.jp", "Acme").contact_id
    crowd_timeline(timeline.sandbox, contact_id, 510)  # two pages
    if whose == "ours":
        timeline.fault(**LOST)
    else:
        (first,) = meetings_at(timeline.sandbox)
        timeline.delete("meetings", first["id"])
        start = first["properties"]["hs_meeting_start_time"]
        synchronise(timeline.sandbox, contact_id, start)
    delivery = timeline.book("Sato Mika", "mika@acme.co.jp", "Acme", form_id="again")
    calls = timeline.calls_of(lambda: through(delivery.id))
    kept, meeting = read_kept(delivery.id), meetings_at(timeline.sandbox)[-1]
    assert kept.meeting_id == meeting["id"]
    assert (kept.state, len(meetings_at(timeline.sandbox))) == (
        ("created", 2) if whose == "ours" else ("already_there", 1)
    )
    if whose == "ours":
        assert [each.split("2026-09/")[-1] for each in calls] == [
            f"contacts/{contact_id}",
            "contacts/meetings/batch/read",
            "contacts/meetings/batch/read",
            "meetings/batch/read",
        ]


def test_one_of_a_company_alone_whose_answer_was_lost_is_found_again(timeline: Any) -> None:
    timeline.fault(action="status", status=400, method="POST", path="/contacts", body=REFUSED, times=1)
    timeline.fault(**LOST)
    delivery = timeline.book("Sato Mika", "mika@acme.co.jp", "Acme")
    assert (through(delivery.id).state, read_kept(delivery.id).state) == ("partial", "created")
    assert len(meetings_at(timeline.sandbox)) == 1


def test_one_that_never_arrived_is_made_after_a_look(timeline: Any) -> None:
    timeline.fault(**{**LOST, "when": "before"})
    delivery = timeline.book("Sato Mika", "mika@acme.co.jp", "Acme")
    assert through(delivery.id).state == "posted"
    (meeting,) = meetings_at(timeline.sandbox)
    assert read_kept(delivery.id).meeting_id == meeting["id"]


def test_a_meeting_that_a_synchronised_calendar_brought_is_left_alone(timeline: Any) -> None:
    first = timeline.book("Sato Mika", "mika@acme.co.jp", "Acme")
    timeline.delete("meetings", read_kept(first.id).meeting_id)
    synchronise(timeline.sandbox, first.contact_id, first.booking.starts_at.isoformat(), hs_meeting_title="Mine")
    delivery = timeline.book("Sato Mika", "mika@acme.co.jp", "Acme", form_id="again")
    (meeting,) = meetings_at(timeline.sandbox)
    kept = read_kept(delivery.id)
    assert (delivery.state, kept.state, kept.meeting_id) == ("duplicate", "already_there", meeting["id"])
    assert meeting["properties"]["hs_meeting_title"] == "Mine"


def test_meetings_of_other_bookings_are_not_read_and_do_not_count_as_this_one(timeline: Any) -> None:
    timeline.book("Sato Mika", "mika@acme.co.jp", "Acme")
    calls = timeline.calls_of(lambda: timeline.book("Sato Mika", "mika@acme.co.jp", "Acme", form_id="again"))
    assert not any("batch/read" in each for each in calls)
    assert len(meetings_at(timeline.sandbox)) == 2


def test_a_value_that_hubspot_does_not_take_is_left_out_of_the_meeting(timeline: Any) -> None:
    definition = {"options": [{"value": "PLANNED", "label": "Planned"}]}
    timeline.sandbox.state  # noqa: B018
    import requests

    url = f"{timeline.sandbox.url}/sandbox/api/properties/meetings/hs_meeting_outcome"
    requests.put(url, json=definition, timeout=60).raise_for_status()
    delivery = timeline.book("Sato Mika", "mika@acme.co.jp", "Acme")
    (meeting,) = meetings_at(timeline.sandbox)
    assert (delivery.state, "hs_meeting_outcome" in meeting["properties"]) == ("posted", False)


def test_one_whose_time_hubspot_does_not_take_is_not_made_without_it(timeline: Any) -> None:
    named = '[{"isValid":false,"error":"INVALID_DATE","name":"hs_meeting_end_time"}]'
    body = {**REFUSED, "category": "VALIDATION_ERROR", "message": f"Property values were not valid: {named}"}
    timeline.fault(action="status", status=400, path="/meetings", body=body, times=1)
    delivery = timeline.book("Sato Mika", "mika@acme.co.jp", "Acme")
    assert (read_kept(delivery.id).state, meetings_at(timeline.sandbox)) == ("refused", [])


def test_a_remembered_company_that_is_gone_does_not_keep_the_meeting_away(timeline: Any) -> None:
    first = timeline.book("Sato Mika", "mika@acme.co.jp", "Acme")
    timeline.delete("companies", first.company_id)
    delivery = timeline.book("Sato Mika", "mika@acme.co.jp", "Acme", form_id="again")
    meeting = meetings_at(timeline.sandbox)[-1]
    assert {"object": "companies", "id": delivery.company_id} in meeting["associated"]
    assert delivery.company_id != first.company_id


def test_the_answers_to_questions_are_in_the_body(timeline: Any) -> None:
    comment = timeline.question(Part.COMMENT).id
    switch_meetings_on(timeline.calendar_id, "{calendar}", f"Comment: {{#{comment}}}\nSite: {{location}}")
    timeline.book("Sato Mika", "mika@acme.co.jp", "Acme", answers={comment: "1 < 2\nthanks"})
    (meeting,) = meetings_at(timeline.sandbox)
    assert meeting["properties"]["hs_meeting_body"] == "Comment: 1 &lt; 2<br>thanks"


def test_a_retry_of_what_stands_makes_no_second_meeting(timeline: Any) -> None:
    timeline.fault(action="status", status=400, method="POST", path="/contacts", body=REFUSED, times=1)
    delivery = timeline.book("Sato Mika", "mika@acme.co.jp", "Acme")
    assert delivery.state == "partial"
    retry(delivery.id)
    assert len(meetings_at(timeline.sandbox)) == 1
