"""Undo of a delivery: what we made and nobody has touched is archived, everything else stays."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from hubspot_sandbox.crm.kinds import kind_named
from hubspot_sandbox.crm.records import change_record, create_record
from hubspot_sandbox.crm.sources import BY_HAND, Source
from hubspot_sandbox.state import DEFAULT_ACCOUNT
from hubsync.domain.undoing import UndoFate
from hubsync.errors import WatchOnly
from hubsync.services import now
from hubsync.services.deliveries.dispatch import read_delivery, retry
from hubsync.services.deliveries.due_retries import run_due
from hubsync.services.deliveries.posting_again import post_again
from hubsync.services.deliveries.replays import replay_these
from hubsync.services.deliveries.undo_plan import made_by, plan
from hubsync.services.deliveries.undoing import read_undoing, undo
from hubsync.store import db, end_read, write_transaction
from hubsync.store.companies import KnownCompany
from hubsync.store.connections import Connection
from hubsync.store.deliveries import Delivery
from hubsync.store.leases import UNDOING
from hubsync.store.mappings import MappingRecord
from hubsync.store.teams import AuditEntry
from hubsync.store.undoings import Undoing
from tests.kit.clock import later
from tests.kit.held_calls import while_held
from tests.kit.replays import person_id

ENRICHED = Source("DATA_ENRICHMENT", "", "")
WORKFLOW = Source("AUTOMATION_PLATFORM", "77", "")
SETTING = Source("CRM_SETTING", "", '"Create and associate companies with contacts" setting')
FURTHER = ("deals", "tickets")


def change(acme: Any, kind: str, record_id: str, source: Source = BY_HAND, **values: str) -> None:
    """Somebody, or something else than HubSync, writes values over a record."""
    state = acme.sandbox.state
    change_record(state, state.records.get(f"1234567:{kind}:{record_id}"), kind_named(kind), values, source)


def fates(delivery: Delivery) -> dict[str, tuple[str, str]]:
    """What became of each record of the delivery, and what about."""
    undoing = read_undoing(delivery.id)
    end_read()
    return {part.part.value: (part.fate.value, part.about) for part in undoing.parts} if undoing else {}


def expected(delivery: Delivery) -> list[tuple[UndoFate, str, int]]:
    found = [(verdict.fate, verdict.about, verdict.number) for _record, verdict in plan(made_by(delivery))]
    end_read()
    return found


def undone(acme: Any, delivery: Delivery) -> dict[str, tuple[str, str]]:
    assert undo(delivery.id, person_id())
    return fates(delivery)


def left(acme: Any) -> tuple[int, int]:
    return len(acme.records("companies")), len(acme.records("contacts"))


def test_what_nobody_has_touched_is_archived(acme: Any) -> None:
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    assert undone(acme, delivery) == {
        "made_contact": ("undo_archived", ""),
        "made_company": ("undo_archived", ""),
    }
    assert left(acme) == (0, 0)
    assert db.session.query(KnownCompany).count() == 0
    entry = db.session.query(AuditEntry).order_by(AuditEntry.id.desc()).first()
    assert (entry.action, entry.details) == ("delivery_undone", {"delivery": delivery.id})


def test_the_question_tells_what_pressing_does(acme: Any) -> None:
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    assert expected(delivery) == [(UndoFate.ARCHIVED, "", 0)] * 2
    assert left(acme) == (1, 1)


@pytest.mark.parametrize(
    "source", [BY_HAND, WORKFLOW, Source("INTEGRATION", "another", "")], ids=lambda each: each.name
)
def test_a_record_that_somebody_changed_stays(acme: Any, source: Source) -> None:
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    change(acme, "contacts", delivery.contact_id, source, phone="1")
    assert undone(acme, delivery) == {
        "made_contact": ("stays_touched", "phone"),
        "made_company": ("stays_linked", "contacts"),
    }
    assert left(acme) == (1, 1)


def test_a_value_that_somebody_took_back_has_been_touched(acme: Any) -> None:
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    change(acme, "companies", delivery.company_id, name="Other")
    change(acme, "companies", delivery.company_id, name="Acme")
    assert undone(acme, delivery)["made_company"] == ("stays_touched", "name")
    assert left(acme) == (1, 0)


def test_what_hubspot_adds_by_itself_is_nobodys_touch(acme: Any) -> None:
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    change(acme, "companies", delivery.company_id, ENRICHED, industry="TOYS")
    assert expected(delivery) == [(UndoFate.ARCHIVED, "", 0)] * 2


@pytest.mark.parametrize("beside", ["deals", "notes"])
def test_a_record_that_something_is_associated_with_stays(acme: Any, beside: str) -> None:
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    url = f"{acme.sandbox.url}/sandbox/api/records/contacts/{delivery.contact_id}/beside"
    requests.post(url, json={"object": beside, "id": "7"}, timeout=60).raise_for_status()
    assert undone(acme, delivery)["made_contact"] == ("stays_linked", beside)
    assert left(acme) == (1, 1)


def test_a_company_that_another_booking_met_stays(acme: Any) -> None:
    first = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    second = acme.book("Kato Rei", "rei@acme.co.jp", "Acme")
    assert expected(first) == [(UndoFate.ARCHIVED, "", 0), (UndoFate.USED, "", 1)]
    assert undone(acme, second) == {"made_contact": ("undo_archived", "")}
    assert expected(first) == [(UndoFate.ARCHIVED, "", 0)] * 2


def test_a_contact_that_another_booking_met_stays(acme: Any) -> None:
    first = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    assert expected(first)[0] == (UndoFate.USED, "", 1)


def test_what_is_gone_or_merged_is_said(acme: Any) -> None:
    first, second = acme.book("A B", "a@acme.co.jp", "Acme"), acme.book("C D", "c@beta.co.jp", "Beta")
    acme.delete("contacts", first.contact_id)
    url = f"{acme.sandbox.url}/sandbox/api/records/companies/{first.company_id}/merge"
    requests.post(url, json={"into": second.company_id}, timeout=60).raise_for_status()
    assert expected(first) == [(UndoFate.GONE, "", 0), (UndoFate.MERGED, "", 0)]


def test_without_the_permission_for_deals_the_rest_is_looked_at(acme: Any) -> None:
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    acme.fault(action="status", status=403, path=f"/contacts/{delivery.contact_id}", method="GET", times=1)
    assert expected(delivery)[0] == (UndoFate.ARCHIVED, "", 0)


def test_a_refusal_is_kept_and_can_be_tried_again(acme: Any) -> None:
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    acme.fault(action="status", status=403, path="/contacts", method="DELETE", times=1)
    acme.fault(action="status", status=503, path="/companies", method="GET", times=1)
    assert undone(acme, delivery) == {"made_contact": ("undo_refused", ""), "made_company": ("undo_open", "")}
    assert left(acme) == (1, 1)
    assert {fate for fate, _about in undone(acme, delivery).values()} == {"undo_archived"}
    assert left(acme) == (0, 0)


def test_a_lost_answer_is_said_and_cleared_up_by_the_next_press(acme: Any) -> None:
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    acme.fault(action="drop", when="after", path="/contacts", method="DELETE", times=1)
    assert undone(acme, delivery)["made_contact"] == ("undo_sent", "")
    acme.fault(action="status", status=503, path="/contacts", method="GET", times=1)
    assert undone(acme, delivery)["made_contact"] == ("undo_sent", "")
    assert acme.calls_of(lambda: post_again(delivery.id, person_id())) == []
    assert undone(acme, delivery)["made_contact"] == ("undo_archived", "")


def test_what_is_done_is_not_done_again_by_the_next_press(acme: Any) -> None:
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    acme.fault(action="status", status=404, path="/companies", method="DELETE", times=1)
    done, refused = {"made_contact": ("undo_archived", "")}, {"made_company": ("undo_refused", "")}
    assert undone(acme, delivery) == {**done, **refused}  # HubSpot says that the company is gone, and has it
    assert undone(acme, delivery) == {**done, "made_company": ("undo_archived", "")}


def test_somebody_who_changes_it_between_question_and_answer_keeps_it(acme: Any) -> None:
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    assert expected(delivery)[0][0] is UndoFate.ARCHIVED
    change(acme, "contacts", delivery.contact_id, firstname="Mikako")
    assert undone(acme, delivery)["made_contact"] == ("stays_touched", "firstname")


def test_two_at_once_undo_it_once(acme: Any) -> None:
    delivery, person = acme.book("Sato Mika", "mika@acme.co.jp", "Acme"), person_id()
    second: list[bool] = []
    acme.fault(action="delay", hold=True, path="/contacts", method="DELETE", times=1)
    waiting = while_held(acme, lambda: second.append(undo(delivery.id, person)))
    assert undo(delivery.id, person)
    waiting.join()
    assert second == [False]
    assert {fate for fate, _about in fates(delivery).values()} == {"undo_archived"}


def test_an_undone_partial_delivery_is_retried_by_nobody(acme: Any) -> None:
    acme.fault(action="status", status=403, path="/companies", times=1)
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    assert delivery.state == "partial"
    undone(acme, delivery)
    assert replay_these(acme.team_id, person_id(), [delivery.id]) is None
    assert acme.calls_of(lambda: retry(delivery.id)) == []
    assert read_delivery(delivery.id).dismissed_at is not None


def test_retry_waits_while_somebody_undoes(acme: Any) -> None:
    acme.fault(action="status", status=403, path="/companies", times=1)
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    with write_transaction() as session:
        session.add(Undoing(delivery_id=delivery.id, asked_at=now(), **UNDOING.taken(now(), "somebody")))
    assert acme.calls_of(lambda: retry(delivery.id)) == []


def test_post_again_makes_what_was_archived_anew(acme: Any) -> None:
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    undone(acme, delivery)
    again = post_again(delivery.id, person_id())
    assert (again.state, again.company, again.contact, again.association) == (
        "posted",
        "created",
        "created",
        "made",
    )
    assert left(acme) == (1, 1)
    assert read_undoing(delivery.id) is None
    assert [entry.action for entry in db.session.query(AuditEntry).order_by(AuditEntry.id)][-1] == "posted_again"


def test_post_again_leaves_alone_what_stayed(acme: Any) -> None:
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    change(acme, "companies", delivery.company_id, phone="1")
    company = delivery.company_id
    undone(acme, delivery)
    again = post_again(delivery.id, person_id())
    assert (again.state, again.company_id, again.association) == ("posted", company, "made")
    assert left(acme) == (1, 1)


def test_what_was_not_undone_is_not_posted_again(acme: Any) -> None:
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    assert acme.calls_of(lambda: post_again(delivery.id, person_id())) == []


def test_what_made_nothing_cannot_be_undone(acme: Any) -> None:
    acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    again = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    assert not undo(again.id, person_id())
    assert made_by(again).things == ()


def test_a_company_goes_with_the_contact_that_only_the_delivery_associated_with_it(acme: Any) -> None:
    seeded = {"properties": {"email": "mika@acme.co.jp"}}
    requests.post(f"{acme.sandbox.url}/sandbox/api/records/contacts", json=seeded, timeout=60).raise_for_status()
    with write_transaction() as session:
        session.query(MappingRecord).one().associates_existing = True
    acme.calendar()
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    assert undone(acme, delivery) == {
        "made_association": ("undo_removed", ""),
        "made_company": ("undo_archived", ""),
    }
    assert left(acme) == (0, 1)


def test_while_the_team_watches_only_nothing_is_undone(acme: Any) -> None:
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    with write_transaction() as session:
        session.query(Connection).one().watching_since = now()
    with pytest.raises(WatchOnly):
        plan(made_by(delivery))
    with pytest.raises(WatchOnly):
        undo(delivery.id, person_id())
    assert (left(acme), read_undoing(delivery.id)) == ((1, 1), None)


@pytest.mark.parametrize("is_ours", [False, True], ids=["another app's", "ours"])
def test_where_ours_was_lost_only_what_our_app_made_is_archived(acme: Any, is_ours: bool) -> None:
    acme.book("Kato Rei", "rei@other.co.jp", "Other")
    lost = {"when": "after" if is_ours else "before", "except_path": "/search", "times": 1}
    acme.fault(action="drop", method="POST", path="/companies", **lost)
    delivery = acme.book("Sato Mika", "mika@gmail.com", "Acme")
    if not is_ours:
        another_app = Source("INTEGRATION", "7777", "Another app")
        create_record(acme.sandbox.state, DEFAULT_ACCOUNT, kind_named("companies"), {"name": "Acme"}, another_app)
    with later(minutes=10):
        run_due()
        assert read_delivery(delivery.id).company == "created"
        fate = "undo_archived" if is_ours else "stays_doubtful"
        assert undone(acme, delivery) == {"made_contact": ("undo_archived", ""), "made_company": (fate, "")}


def test_what_somebody_changes_while_its_maker_is_asked_for_stays(acme: Any) -> None:
    known = acme.book("Kato Rei", "rei@other.co.jp", "Other")
    acme.fault(action="drop", when="after", method="POST", path="/companies", except_path="/search", times=1)
    delivery = acme.book("Sato Mika", "mika@gmail.com", "Acme")
    with later(minutes=10):
        run_due()
        (company_id,) = {each["id"] for each in acme.records("companies")} - {known.company_id}
        acme.fault(action="delay", delay=0.0, hold=True, path=f"/contacts/{known.contact_id}", times=1)
        thread = while_held(acme, lambda: change(acme, "companies", company_id, phone="1"))
        made_company = undone(acme, delivery)["made_company"]
        thread.join()
    assert made_company == ("stays_touched", "phone")


@pytest.mark.parametrize("maker", [BY_HAND, SETTING, ENRICHED], ids=["a person", "a setting", "HubSpot"])
def test_what_no_app_made_stays_though_it_came_up_where_ours_was_lost(acme: Any, maker: Source) -> None:
    acme.fault(action="drop", when="before", method="POST", path="/companies", except_path="/search", times=1)
    delivery = acme.book("Sato Mika", "mika@gmail.com", "Acme")
    state = acme.sandbox.state
    create_record(state, DEFAULT_ACCOUNT, kind_named("companies"), {"name": "Acme"}, maker)
    with later(minutes=10):
        run_due()
        assert read_delivery(delivery.id).company == "created"
        assert undone(acme, delivery)["made_company"] == ("stays_doubtful", "")
    assert [each["properties"]["name"] for each in acme.records("companies")] == ["Acme"]
