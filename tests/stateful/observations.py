"""What the random sequences look at: deliveries here, records at HubSpot."""

from __future__ import annotations

from typing import Any

from hubspot_sandbox.control.records import seen
from hubspot_sandbox.state import DEFAULT_ACCOUNT
from hubsync.store import db, end_read
from hubsync.store.deliveries import Delivery
from hubsync.store.fillings import ExistingAssociation


class Looking:
    """Mixed into a play with the team *acme*."""

    acme: Any

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
