"""What became of company and contact decides whether a booking can count as left out."""

from __future__ import annotations

import pytest

from hubsync.domain.outcomes import Outcome, is_at_hubspot

THERE = {Outcome.CREATED, Outcome.DUPLICATE}


@pytest.mark.parametrize("company", Outcome)
@pytest.mark.parametrize("contact", Outcome)
def test_a_booking_is_at_hubspot_with_either_of_its_records(company: Outcome, contact: Outcome) -> None:
    assert is_at_hubspot(company, contact) is (company in THERE or contact in THERE)
