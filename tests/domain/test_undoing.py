"""What HubSpot tells of a record decides whether it may be undone; in doubt it stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from hubsync.domain.filling import ExistingRecord, LastChange
from hubsync.domain.undoing import (
    CompanyLinks,
    PastValue,
    RecordLinks,
    UndoFate,
    Verdict,
    judge,
    judge_association,
    judge_value,
)

MADE = datetime(2026, 12, 1, 9, tzinfo=UTC)
OURS = RecordLinks("1", MADE, "INTEGRATION", "77")
WRITTEN = PastValue("email", MADE, "INTEGRATION", "77", by_user=False)
LOOKED_UP = PastValue("industry", MADE + timedelta(days=1), "DATA_ENRICHMENT", "", by_user=False)
PHONE = ExistingRecord("1", {"phone": "+81 3"}, {"phone": LastChange("+81 3")})


@pytest.mark.parametrize(
    ("links", "past", "verdict"),
    [
        (OURS, (WRITTEN, LOOKED_UP), Verdict(UndoFate.ARCHIVED)),
        (None, (), Verdict(UndoFate.GONE)),
        (replace(OURS, id="2"), (WRITTEN,), Verdict(UndoFate.MERGED)),
        (replace(OURS, source="CRM_UI"), (replace(WRITTEN, source="CRM_UI"),), Verdict(UndoFate.DOUBTFUL)),
        (replace(OURS, created_at=None), (WRITTEN,), Verdict(UndoFate.DOUBTFUL)),
        (OURS, (), Verdict(UndoFate.DOUBTFUL)),
        (OURS, (replace(WRITTEN, at=MADE + timedelta(minutes=2)),), Verdict(UndoFate.DOUBTFUL)),
        (OURS, (WRITTEN, replace(WRITTEN, at=MADE + timedelta(days=1))), Verdict(UndoFate.TOUCHED, "email")),
        (OURS, (WRITTEN, replace(LOOKED_UP, by_user=True)), Verdict(UndoFate.TOUCHED, "industry")),
        (replace(OURS, linked={"deals": ("5", "6")}), (WRITTEN,), Verdict(UndoFate.LINKED, "deals", 2)),
    ],
    ids=lambda each: each.fate.value if isinstance(each, Verdict) else "",
)
def test_a_record_is_archived_only_as_it_was_made(
    links: RecordLinks | None, past: tuple[PastValue, ...], verdict: Verdict
) -> None:
    assert judge("1", links, past, {}) == verdict


@pytest.mark.parametrize(
    ("record", "verdict"),
    [
        (PHONE, Verdict(UndoFate.EMPTIED)),
        (None, Verdict(UndoFate.GONE)),
        (replace(PHONE, id="2"), Verdict(UndoFate.MERGED)),
        (replace(PHONE, values={"phone": ""}), Verdict(UndoFate.GONE)),
        (replace(PHONE, changes={}), Verdict(UndoFate.DOUBTFUL)),
        (replace(PHONE, values={"phone": "+44"}), Verdict(UndoFate.TOUCHED, "phone")),
        (
            replace(PHONE, changes={"phone": LastChange("+81 3", by_person=True)}),
            Verdict(UndoFate.TOUCHED, "phone"),
        ),
    ],
    ids=lambda each: each.fate.value if isinstance(each, Verdict) else "",
)
def test_a_value_is_emptied_only_while_it_is_surely_ours(record: ExistingRecord | None, verdict: Verdict) -> None:
    assert judge_value("1", record, "phone", "+81 3") == verdict


@pytest.mark.parametrize(
    ("links", "fate"),
    [
        (CompanyLinks("1", {"9": frozenset({"contact_to_company"})}), UndoFate.REMOVED),
        (CompanyLinks("2", {"9": frozenset({"contact_to_company"})}), UndoFate.MERGED),
        (CompanyLinks("1", {"8": frozenset({"contact_to_company"})}), UndoFate.GONE),
        (CompanyLinks("1", {"9": frozenset({"contact_to_company", "partner"})}), UndoFate.TOUCHED),
        (None, UndoFate.GONE),
    ],
)
def test_an_association_is_removed_only_as_it_was_made(links: CompanyLinks | None, fate: UndoFate) -> None:
    assert judge_association("1", links, "9").fate is fate
