"""What a delivery did to records that HubSpot had already, as it is kept: values and the association."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import bindparam, delete, insert, select
from sqlalchemy.orm import Session

from hubsync.domain.filling import FillOutcome, JoinOutcome
from hubsync.domain.mapping import Filling, Section
from hubsync.errors import SecretUnreadable
from hubsync.services import now, tools
from hubsync.store import db, run
from hubsync.store.deliveries import Delivery
from hubsync.store.fillings import ExistingAssociation, FilledValue
from hubsync.store.sealed_text import NOTHING, Sealed

SENT = (FillOutcome.INTENT, FillOutcome.FILLED)
"""Of these the value is kept: it is at HubSpot, or may be."""
MADE_OR_SENT = (JoinOutcome.MADE, JoinOutcome.INTENT)
"""Of these the association is there by the delivery's doing, or may be."""
_VALUES, _JOINS, _DELIVERIES = FilledValue.__table__, ExistingAssociation.__table__, Delivery.__table__
_KEPT = select(_VALUES.c.property_name, _VALUES.c.record_id, _VALUES.c.outcome).where(
    _VALUES.c.delivery_id == bindparam("delivery"), _VALUES.c.section == bindparam("of_section")
)
_BY_OTHERS = (
    select(_VALUES.c.property_name)
    .join(_DELIVERIES, _DELIVERIES.c.id == _VALUES.c.delivery_id)
    .where(
        _VALUES.c.record_id == bindparam("record"),
        _VALUES.c.section == bindparam("of_section"),
        _VALUES.c.outcome == FillOutcome.FILLED,
        _VALUES.c.delivery_id != bindparam("delivery"),
        _DELIVERIES.c.hubspot_account_id == bindparam("account"),
    )
)
_FORGET = delete(_VALUES).where(
    _VALUES.c.delivery_id == bindparam("delivery"),
    _VALUES.c.section == bindparam("of_section"),
    _VALUES.c.property_name == bindparam("named"),
)
_ADD = insert(_VALUES)
_KEPT_JOIN = select(_JOINS).where(_JOINS.c.delivery_id == bindparam("delivery"))
_FORGET_JOIN = delete(_JOINS).where(_JOINS.c.delivery_id == bindparam("delivery"))
_ADD_JOIN = insert(_JOINS)


@dataclass(frozen=True, slots=True)
class KeptValue:
    """What is kept of one property: of which record, and what became of it."""

    record_id: str
    outcome: FillOutcome


@dataclass(frozen=True, slots=True)
class Join:
    """What became of the association of a contact that exists."""

    contact_id: str
    company_id: str
    outcome: JoinOutcome
    other_company_id: str = ""
    code: str = ""


def kept_values(delivery_id: int, section: Section) -> dict[str, KeptValue]:
    """What is kept of the section's properties, by their names."""
    rows = run(db.session(), _KEPT, {"delivery": delivery_id, "of_section": section})
    return {row.property_name: KeptValue(row.record_id, row.outcome) for row in rows}


def filled_by_others(delivery_id: int, account_id: str, section: Section, record_id: str) -> set[str]:
    """The properties of the record that another delivery of the account has filled."""
    this = {"delivery": delivery_id, "account": account_id, "of_section": section, "record": record_id}
    return set(run(db.session(), _BY_OTHERS, this).scalars())


def keep_values(
    session: Session,
    delivery_id: int,
    record_id: str,
    outcomes: Mapping[Filling, FillOutcome],
    codes: Mapping[str, str] | None = None,
) -> None:
    """Write down what became of these values, in place of what was; the caller commits.

    *codes* are HubSpot's for those that it refused, by the property's name.
    """
    if not outcomes:
        return
    named = [
        {"delivery": delivery_id, "of_section": each.section, "named": each.property_name} for each in outcomes
    ]
    run(session, _FORGET, named)
    rows = [
        {
            "delivery_id": delivery_id,
            "section": each.section,
            "property_name": each.property_name,
            "property_label": each.property_label,
            "record_id": record_id,
            "outcome": outcome,
            "code": (codes or {}).get(each.property_name, ""),
            "value_sealed": _seal(delivery_id, each) if outcome in SENT else NOTHING,
            "decided_at": now(),
        }
        for each, outcome in outcomes.items()
    ]
    run(session, _ADD, rows)


def kept_join(delivery_id: int) -> Join | None:
    """What is kept of the association."""
    row = run(db.session(), _KEPT_JOIN, {"delivery": delivery_id}).one_or_none()
    return row and Join(row.contact_id, row.company_id, row.outcome, row.other_company_id, row.code)


def keep_join(session: Session, delivery_id: int, join: Join | None) -> None:
    """Write down what became of the association, in place of what was; None for nothing. The caller commits."""
    run(session, _FORGET_JOIN, {"delivery": delivery_id})
    if join is None:
        return
    values = {
        "delivery_id": delivery_id,
        "contact_id": join.contact_id,
        "company_id": join.company_id,
        "outcome": join.outcome,
        "code": join.code,
        "other_company_id": join.other_company_id,
        "decided_at": now(),
    }
    run(session, _ADD_JOIN, values)


def hand_over(session: Session, kept_id: int, gone_id: int) -> None:
    """Let what a delivery did that goes count as done by the one that stays; the caller commits.

    A value is sealed for its delivery; one that no key opens goes.
    """
    values = [each for each in list_values([gone_id]) if each.outcome in SENT]
    ours = {(each.section, each.property_name): each for each in list_values([kept_id])} if values else {}
    for value in values:
        same = ours.get((value.section, value.property_name))
        if same is not None and same.outcome in SENT:
            continue
        with suppress(SecretUnreadable):
            text = open_value(value)
            if same is not None:
                session.delete(same)
                session.flush()
            place = value_place(kept_id, value.section, value.property_name)
            value.delivery_id, value.value_sealed = kept_id, tools().vault.seal(place, text)
    join = kept_join(gone_id)
    if join is not None and join.outcome in MADE_OR_SENT:
        before = kept_join(kept_id)
        if before is None or before.outcome not in MADE_OR_SENT:
            keep_join(session, kept_id, join)
    session.flush()


def list_values(delivery_ids: Iterable[int]) -> list[FilledValue]:
    """Everything that is kept of the values of these deliveries, in the order of the mapping's rows."""
    these = FilledValue.delivery_id.in_(list(delivery_ids))
    return list(db.session.scalars(select(FilledValue).where(these).order_by(FilledValue.id)))


def open_value(value: FilledValue) -> str:
    """The value that was sent, or may have been. Raises SecretUnreadable when no key opens it."""
    return tools().vault.open(
        value_place(value.delivery_id, value.section, value.property_name), value.value_sealed
    )


def _seal(delivery_id: int, filling: Filling) -> Sealed:
    return tools().vault.seal(value_place(delivery_id, filling.section, filling.property_name), filling.text)


def value_place(delivery_id: int, section: Section, property_name: str) -> str:
    """What such a value is sealed for."""
    return f"delivery:{delivery_id}:fill:{section.value}:{property_name}"
