"""Rotation of encryption keys: every sealed text is resealed with the newest key, without downtime.

The newest key stands first in HUBSYNC_ENCRYPTION_KEYS and all serving processes know it before this begins;
then whatever they seal meanwhile is sealed with it. A text is replaced only if it is still the one that was read,
so a token that was refreshed in between is never overwritten by the one it replaced.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, Table, select, update
from sqlalchemy.exc import SQLAlchemyError

from hubsync.domain.security_events import SecurityEvent
from hubsync.errors import Refused, SecretUnreadable
from hubsync.services import tools
from hubsync.services.security_log import write
from hubsync.store import changed, db, end_read, write_transaction
from hubsync.store.sealed import sealed_columns
from hubsync.store.sealed_text import Sealed
from hubsync.store.teams import Team

BATCH = 200
PASSES = 5


@dataclass(frozen=True)
class UnreadableSecret:
    """A sealed text that no key opens: its column such as ``connections.access_sealed``, its row, its team."""

    column: str
    row_id: int
    team_slug: str


@dataclass
class Rotation:
    """What came of it, counted in sealed texts.

    *left* is not 0 when the last pass still met texts of an older key: some process goes on sealing with it.
    """

    renewed: int = 0
    already: int = 0
    left: int = 0
    unreadable: list[UnreadableSecret] = field(default_factory=list)


@dataclass(frozen=True)
class SealedTexts:
    """How many sealed texts there are, how many of them no key opens, and how many need an older key."""

    total: int = 0
    unreadable: int = 0
    older: int = 0


def rotate_keys() -> Rotation:
    """Seal everything with the newest key, text by text; stopped at any point, it can simply be run again.

    Passes are made until one finds nothing to renew: a process that was not restarted with the new key may
    have sealed with the old one behind our back. After five of them it is left at that.
    Raises Refused when the database has no tables or does not answer; what was renewed before that stays so.
    """
    rotation = Rotation()
    try:
        _rotate(rotation)
    except SQLAlchemyError as fault:
        db.session.rollback()
        raise Refused(
            "The database does not answer, or has no tables (`flask db upgrade` makes them). "
            f"Sealed anew so far: {rotation.renewed}. Run `flask keys rotate` again."
        ) from fault
    write(SecurityEvent.KEYS_ROTATED)
    return rotation


def _rotate(rotation: Rotation) -> None:
    vault = tools().vault
    for number in range(PASSES):
        rotation.left, rotation.unreadable = 0, []
        for column, row_id, sealed in _sealed_texts():
            if vault.is_sealed_with_newest(sealed):
                rotation.already += number == 0
                continue
            try:
                resealed = vault.reseal(sealed)
            except SecretUnreadable:
                rotation.unreadable.append(_unreadable(column, row_id))
                continue
            rotation.left += 1
            rotation.renewed += _replace(column, row_id, sealed, resealed)
        if not rotation.left:
            break


def count_sealed_texts() -> SealedTexts:
    """Look at every sealed text; nothing is changed."""
    total = unreadable = older = 0
    vault = tools().vault
    for _place, _row_id, sealed in _sealed_texts():
        total += 1
        if not vault.is_sealed_with_newest(sealed):
            if vault.can_open(sealed):
                older += 1
            else:
                unreadable += 1
    return SealedTexts(total, unreadable, older)


def _sealed_texts() -> Iterator[tuple[Column[Any], int, Sealed]]:
    """Every sealed text with its column and row, read in small pieces between transactions."""
    for column in sealed_columns():
        key = _table(column).c.id
        last = 0
        while True:
            query = select(key, column).where(key > last, column != "").order_by(key).limit(BATCH)
            rows = db.session.execute(query).all()
            end_read()
            if not rows:
                break
            for row_id, sealed in rows:
                yield column, row_id, sealed
            last = rows[-1][0]


def _replace(column: Column[Any], row_id: int, sealed: Sealed, resealed: Sealed) -> bool:
    """Store *resealed* unless the row has another text by now; whether it was stored."""
    table = _table(column)
    with write_transaction() as session:
        still = update(table).where(table.c.id == row_id, column == sealed)
        return changed(session, still.values({column.name: resealed})) == 1


def _unreadable(column: Column[Any], row_id: int) -> UnreadableSecret:
    table = _table(column)
    slug = ""
    if "team_id" in table.c:
        query = select(Team.slug).join(table, table.c.team_id == Team.id).where(table.c.id == row_id)
        slug = db.session.scalar(query) or ""
        end_read()
    return UnreadableSecret(f"{table.name}.{column.name}", row_id, slug)


def _table(column: Column[Any]) -> Table:
    return column.table
