"""Protocol of a booking source."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from hubsync.domain.booking import Booking

LARGEST_BODY = 1_048_576
"""Bytes of a body that a source may send; every source is read within this one limit."""

Verify = Callable[[str | Sequence[str], bytes, str, datetime], None]
"""(secrets, raw body, proof header, now): raises ProofMissing unless the sender knew a secret."""

Read = Callable[[bytes], Booking]
"""The verified raw body to a booking: raises BodyUnreadable with the faults."""


@dataclass(frozen=True, slots=True)
class Source:
    """A source by its name, the header that carries its proof, and how it is verified and read."""

    name: str
    proof_header: str
    verify: Verify
    read: Read
