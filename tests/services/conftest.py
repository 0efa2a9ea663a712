"""The team of all services' tests, and which of them run on PostgreSQL too."""

from __future__ import annotations

import pytest

from tests.kit import databases
from tests.kit.acme import acme, oauth_acme

__all__ = ["acme", "oauth_acme"]

ON_POSTGRESQL_TOO = {
    "test_api_access_races",
    "test_steps",
    "test_bursts",
    "test_daily_check_once",
    "test_change_races",
    "test_completion",
    "test_runner",
    "test_invitation_races",
    "test_answer_placement",
    "test_notices_once",
    "test_races",
    "test_source_calendars",
    "test_company_registry",
    "test_leases",
    "test_sessions",
    "test_token_refresh_workers",
    "test_connecting",
    "test_renewing",
    "test_checking",
    "test_ending",
    "test_comparison",
    "test_silence",
    "test_rules",
    "test_claims",
    "test_upkeep",
    "test_last_times",
    "test_record_claims",
    "test_guest_change_races",
    "test_going_live",
    "test_turns",
}
"""What claims, leases and unique keys hold together; everything else does not depend on the database."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database" in metafunc.fixturenames and metafunc.module.__name__.rsplit(".")[-1] in ON_POSTGRESQL_TOO:
        metafunc.parametrize("database", databases.BOTH, indirect=True)
