"""Work on a record that HubSpot has already: what is to be done to it, and what is decided of it by now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from hubsync.domain.filling import FillOutcome, JoinOutcome
from hubsync.domain.mapping import Filling, Section
from hubsync.errors import (
    HubSpotError,
    PermissionMissing,
    RecordGone,
    RecordRefused,
    RequiredPropertyMissing,
    ValuesRefused,
)
from hubsync.services.posting.filled_values import Join

REFUSALS: tuple[type[HubSpotError], ...] = (
    PermissionMissing,
    RecordGone,
    RecordRefused,
    RequiredPropertyMissing,
    ValuesRefused,
)
"""What HubSpot says of this write alone; nothing was written then."""


@dataclass
class ExistingWork:
    """What is to be done to one record, and what is decided of it by now.

    *sent_to* has the properties that an earlier attempt wrote down, with the record that they were for. The
    contact is to be associated with *company_id*, if there is one; *join* is what is known of that.
    """

    section: Section
    record_id: str
    fillings: tuple[Filling, ...] = ()
    sent_to: Mapping[str, str] = field(default_factory=dict)
    company_id: str = ""
    join: Join | None = None
    outcomes: dict[Filling, FillOutcome] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)

    @property
    def to_send(self) -> dict[str, str]:
        intended = (each for each, outcome in self.outcomes.items() if outcome is FillOutcome.INTENT)
        return {each.property_name: each.text for each in intended}

    @property
    def joins(self) -> bool:
        return bool(self.company_id) and self.join is not None and self.join.outcome is JoinOutcome.INTENT

    def refuse(self, codes: Mapping[str, str]) -> None:
        """HubSpot does not take these properties, for the reason that each code tells."""
        self.codes |= codes
        self.outcomes |= {each: FillOutcome.REFUSED for each in self.outcomes if each.property_name in codes}
