"""What the random sequences look at: deliveries here, records at HubSpot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import requests

from hubspot_sandbox.control.records import seen
from hubspot_sandbox.state import DEFAULT_ACCOUNT
from hubsync.hubspot.oauth import OWNERS_READ
from hubsync.hubspot.oauth import SCOPES as NEEDED
from hubsync.services.deliveries.undoing import undone_among
from hubsync.store import db, end_read
from hubsync.store.connections import Connection
from hubsync.store.deliveries import Delivery
from hubsync.store.fillings import ExistingAssociation
from hubsync.store.teams import Membership

SCOPES = [*NEEDED, OWNERS_READ]
FINAL = ("posted", "duplicate")


class Looking:
    """Mixed into a play with the team *acme*, as far as its parts know of each other.

    *forms* are the deliveries of booking pages by the form's id, *rows* those of imported files by the booking's.
    *undone* are deliveries that are, *touched* the records that people changed, by kind and id; *met* counts what
    the sequences came by.
    """

    acme: Any
    let_pass: Callable[[timedelta], None]
    forms: dict[str, int]
    rows: dict[str, int]
    undone: set[int]
    watching: bool
    touched: set[tuple[str, str]]
    met: Counter[str]

    def booked(self) -> dict[str, int]:
        """Every delivery, by the id of its booking."""
        return self.forms | self.rows

    def owner(self) -> Membership:
        found = db.session.query(Membership).filter_by(team_id=self.acme.team_id).one()
        end_read()
        return found

    def has_access(self) -> bool:
        """Whether the team is connected; else the page offers no Undo."""
        state = db.session.query(Connection.state).filter_by(team_id=self.acme.team_id).scalar()
        end_read()
        return bool(state == "connected")

    def hubspot_catches_up(self) -> None:
        self.let_pass(timedelta(seconds=21))

    def delete_in_hubspot(self, kind: str, which: str) -> None:
        """Archive a record, as somebody with a key of their own does."""
        key = self.acme.sandbox.state.add_service_key(DEFAULT_ACCOUNT, "somebody", SCOPES).token
        url = f"{self.acme.sandbox.url}/crm/v3/objects/{kind}/{which}"
        requests.delete(url, headers={"Authorization": f"Bearer {key}"}, timeout=60).raise_for_status()

    def change_in_hubspot(self, kind: str, which: str, properties: dict[str, str]) -> None:
        url = f"{self.acme.sandbox.url}/sandbox/api/records/{kind}/{which}"
        requests.patch(url, json={"properties": properties}, timeout=60).raise_for_status()

    def note_undone(self, delivery_id: int) -> None:
        if undone_among([delivery_id]):
            self.undone.add(delivery_id)
        end_read()

    def deliveries(self) -> list[Delivery]:
        found = db.session.query(Delivery).populate_existing().order_by(Delivery.id).all()
        end_read()
        return found

    def records(self, what: str) -> list[dict[str, Any]]:
        """All of a kind that HubSpot has; looked at in place, for a play looks a hundred times."""
        state = self.acme.sandbox.state
        with state.lock:
            return [seen(state, each) for each in state.records_of(DEFAULT_ACCOUNT, what)]

    def companies(self) -> list[dict[str, Any]]:
        return [each for each in self.records("companies") if not each["archived"] and not each["merged_into"]]

    def joined(self, contact_id: str) -> set[str]:
        """The companies that the contact was associated with, or may have been, after it was there."""
        joined = db.session.query(ExistingAssociation).filter_by(contact_id=contact_id)
        found = {each.company_id for each in joined if each.outcome in ("made", "intent")}
        end_read()
        return found

    def living(self, ids: set[str]) -> set[str]:
        """Under which ids HubSpot has these companies now."""
        records = {each["id"]: each for each in self.records("companies")}
        found = set()
        for each in ids - {""}:
            record = records[each]
            while record["merged_into"]:
                record = records[str(record["merged_into"])]
            if not record["archived"]:
                found.add(record["id"])
        return found

    def kept_records(self) -> list[tuple[str, str]]:
        """Kind and id of every company and contact that is not archived."""
        kinds = ("companies", "contacts")
        return [(kind, each["id"]) for kind in kinds for each in self.records(kind) if not each["archived"]]

    def written(self) -> list[str]:
        """HubSync's calls since the log was cleared that may have written a record; others call an older API."""
        calls = self.acme.sandbox.state.calls.all()
        asked = [f"{call.method} {call.path}" for call in calls if call.path.startswith("/crm/objects/")]
        return [each for each in asked if not each.startswith("GET ") and not each.endswith("/search")]

    def standing(self) -> dict[tuple[str, str], dict[str, Any]]:
        """Every record that is there, by its kind and id."""
        return {
            (kind, each["id"]): each
            for kind in ("companies", "contacts")
            for each in self.records(kind)
            if not each["archived"] and not each["merged_into"]
        }

    def made_by(self, delivery: Delivery) -> set[tuple[str, str]]:
        """The records that the delivery made."""
        made = (
            ("companies", delivery.company, delivery.company_id),
            ("contacts", delivery.contact, delivery.contact_id),
        )
        return {(kind, record_id) for kind, outcome, record_id in made if outcome == "created"}

    def needed_beside(self, delivery: Delivery, undone: set[int]) -> set[tuple[str, str]]:
        """The records that other deliveries have, but for those that were undone."""
        others = [each for each in self.deliveries() if each.id not in undone | {delivery.id}]
        return {("companies", each.company_id) for each in others} | {
            ("contacts", each.contact_id) for each in others
        }
