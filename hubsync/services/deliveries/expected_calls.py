"""Estimate of the calls that a delivery will need; whether its company is remembered decides."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import bindparam, select

from hubsync.domain.matching import company_keys
from hubsync.domain.outcomes import OPEN
from hubsync.domain.pacing import ONE_CALL, SEARCH_AND_CREATE, SHARE, CallCount
from hubsync.services.deliveries.dispatch import read_delivery
from hubsync.services.posting import company_memory
from hubsync.services.posting.company_claims import posts_contact
from hubsync.services.posting.draft import draft_booking
from hubsync.store import db, end_read
from hubsync.store.connections import Connection
from hubsync.store.deliveries import Delivery

_ACCOUNT = select(Connection.hubspot_account_id).where(Connection.team_id == bindparam("team"))


class ExpectedCalls(NamedTuple):
    """The calls that a delivery is expected to *need*, and the *keys* of the company that has to be looked for.

    *share* is what it may take of HubSpot's limits: all of them for a guest's booking that was not tried yet.
    """

    need: CallCount
    keys: frozenset[str] = frozenset()
    share: float = 1.0


def expect(delivery_id: int) -> ExpectedCalls:
    """What the delivery is likely to cost; a guess, for another booking may bring its company meanwhile.

    A repair, or a company that HubSpot no longer has, costs more.
    """
    try:
        return _expected(read_delivery(delivery_id))
    except Exception:  # erased, or a bug: whoever takes it meets the same, and writes it down
        db.session.rollback()
        return ExpectedCalls(ONE_CALL)
    finally:
        end_read()


def _expected(delivery: Delivery) -> ExpectedCalls:
    drawn = draft_booking(delivery.booking) if delivery.company in OPEN else None
    keys = company_keys((drawn.draft.company if drawn is not None else None) or {})
    account_id = db.session.scalar(_ACCOUNT, {"team": delivery.team_id})
    share = 1.0 if delivery.attempts_used == 0 else SHARE
    if drawn is None or not keys or account_id is None:
        return ExpectedCalls(ONE_CALL, share=share)
    trusted = company_memory.trusted_for(posts_contact(drawn.draft))
    if company_memory.recall(account_id, keys, trusted) is not None:
        return ExpectedCalls(ONE_CALL, share=share)
    return ExpectedCalls(SEARCH_AND_CREATE, frozenset(keys.texts()), share)
