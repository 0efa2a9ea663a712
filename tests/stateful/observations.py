"""What the random sequences look at: deliveries here, records at HubSpot."""

from __future__ import annotations

from typing import Any

import requests

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
        answer = requests.get(f"{self.acme.sandbox.url}/sandbox/api/records/{what}?account=1234567", timeout=60)
        answer.raise_for_status()
        found: list[dict[str, Any]] = answer.json()["results"]
        return found

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
