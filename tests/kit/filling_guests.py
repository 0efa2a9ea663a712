"""Guests of a calendar whose rows fill what is empty, and the records that HubSpot has of them."""

from __future__ import annotations

from typing import Any

import requests

from hubsync.domain.questions import Kind
from hubsync.services.posting.filled_values import list_values
from hubsync.store import end_read, write_transaction
from hubsync.store.mappings import MappingRecord


class Guests:
    """The calendar of a team whose rows fill: city and size of the company, phone and city of the contact."""

    def __init__(self, acme: Any) -> None:
        self.acme = acme
        self.asked = {label: acme.add_question(label, Kind.TEXT) for label in ("City", "Size", "Phone")}
        rows = (("companies", "city", "City"), ("companies", "numberofemployees", "Size"))
        for section, name, label in (*rows, ("contacts", "phone", "Phone"), ("contacts", "city", "City")):
            kind = "number" if label == "Size" else "string"
            acme.map(section, name, f"question:{self.asked[label]}", kind, when_exists="fill")

    def book(
        self, city: str = "Kobe", size: str = "80", phone: str = "+81 3", email: str = "mika@acme.co.jp"
    ) -> Any:
        answers = dict(zip(self.asked.values(), (city, size, phone), strict=True))
        return self.acme.book("Sato Mika", email, "Acme", answers=answers)

    def has(self, what: str, **properties: str) -> str:
        """Let HubSpot have such a record; its id."""
        return str(self.tell("POST", f"records/{what}", properties=properties)["id"])

    def tell(self, method: str, path: str, **body: Any) -> Any:
        answer = requests.request(method, f"{self.acme.sandbox.url}/sandbox/api/{path}", json=body, timeout=60)
        assert answer.ok, answer.text
        return answer.json()

    def record(self, what: str, record_id: str) -> dict[str, Any]:
        found = requests.get(f"{self.acme.sandbox.url}/sandbox/api/records/{what}", timeout=60).json()["results"]
        return next(each for each in found if each["id"] == record_id)

    def values(self, what: str, record_id: str, *names: str) -> tuple[str, ...]:
        properties = self.record(what, record_id)["properties"]
        return tuple(properties.get(name, "") for name in names)

    def associates(self) -> None:
        with write_transaction() as session:
            session.query(MappingRecord).one().associates_existing = True


def told(delivery: Any) -> dict[tuple[str, str], str]:
    kept = list_values([delivery.id])
    end_read()
    return {(each.section, each.property_name): each.outcome for each in kept}
