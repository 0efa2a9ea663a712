"""What the random sequences look at: deliveries here, records at HubSpot."""

from __future__ import annotations

from typing import Any

from hubspot_sandbox.control.records import seen
from hubspot_sandbox.state import DEFAULT_ACCOUNT
from hubsync.store import db, end_read
from hubsync.store.deliveries import Delivery


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
