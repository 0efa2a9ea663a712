"""A ledger of bookings that were made, and what HubSpot and the guests' mailboxes have of them."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from bench.installation import Guest


@dataclass(frozen=True)
class Comparison:
    """What is there of what was sent: *missing* not at all, *doubled* more than once, *unasked* without reason."""

    expected: int
    missing: int
    doubled: int
    unasked: int

    @property
    def exact(self) -> bool:
        return not (self.missing or self.doubled or self.unasked)

    @classmethod
    def of(cls, expected: set[str], found: Counter[str]) -> Comparison:
        """Each of *expected* has to be there once, and nothing else."""
        return cls(
            expected=len(expected),
            missing=len(expected - found.keys()),
            doubled=sum(number - 1 for number in found.values()),
            unasked=len(found.keys() - expected),
        )


@dataclass
class Ledger:
    """Guests whose booking was confirmed to them or to the sender, and what was answered; threads share it."""

    made: dict[str, Guest] = field(default_factory=dict)
    by_mail: set[str] = field(default_factory=set)
    """Addresses of those who booked on a page: they are mailed."""
    failed: Counter[str] = field(default_factory=Counter)
    waits: dict[str, list[float]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def confirm(self, who: Guest, *, by_mail: bool) -> None:
        """*who* was told that the booking is made."""
        with self._lock:
            self.made[who.email] = who
            if by_mail:
                self.by_mail.add(who.email)

    def fail(self, what: str) -> None:
        with self._lock:
            self.failed[what] += 1

    def wait(self, what: str, seconds: float) -> None:
        """An answer to *what* took so long."""
        with self._lock:
            self.waits.setdefault(what, []).append(seconds)

    def compare_contacts(self, records: list[dict[str, Any]]) -> Comparison:
        """With all contacts at HubSpot."""
        return Comparison.of(set(self.made), _by(records, "email"))

    def compare_companies(self, records: list[dict[str, Any]]) -> Comparison:
        """With all companies at HubSpot."""
        return Comparison.of({who.company for who in self.made.values()}, _by(records, "name"))

    def compare_mails(self, recipients: Counter[str]) -> Comparison:
        """With the recipients of all mails to guests."""
        return Comparison.of(self.by_mail, recipients)

    def count_unassociated(self, contacts: list[dict[str, Any]], companies: list[dict[str, Any]]) -> int:
        """Contacts that are not associated with the company of their guest alone."""
        names = {record["id"]: record["properties"].get("name") for record in companies}
        wrong = 0
        for record in contacts:
            who = self.made.get(record["properties"].get("email", ""))
            theirs = {names.get(each["id"]) for each in record["associated"]}
            wrong += who is not None and theirs != {who.company}
        return wrong


def _by(records: list[dict[str, Any]], name: str) -> Counter[str]:
    return Counter(str(record["properties"].get(name)) for record in records if not record["archived"])


__all__ = ["Comparison", "Ledger"]
