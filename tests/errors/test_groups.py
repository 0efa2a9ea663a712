"""Which errors a group holds that is made of scope and remedy: a change of either shows here what it moves."""

from __future__ import annotations

import pytest

from hubsync.errors import ACCESS_GONE, ACCOUNT_TROUBLES, HubSpotError, HubSyncError, Scope, codes, family
from hubsync.services.connection import problems, token_refresh
from hubsync.services.operations.background_jobs import FOUND
from hubsync.services.posting import company_lookup, context
from hubsync.web.connection import status_text
from hubsync.web.deliveries import held_back_text, log
from hubsync.web.mapping import trial_text
from hubsync.web.shell import reasons

PERMISSION, FULL = "permission_missing", "account_full"
SETTINGS = {"app_misconfigured", "secret_unreadable"}
ACCOUNT = {"account_trouble", FULL, "account_suspended"}
ACCESS = {"not_connected", "access_lost", "idle_expired", "access_expired"}
NOT_NOW = {"hubspot_unreachable", "hubspot_busy", "rate_limited"}
OF_VALUES = {"record_refused", "required_property_missing", "values_refused"}
OF_NO_ATTEMPT = codes(scopes={Scope.REQUEST, Scope.SERVICE})
"""What is raised where no booking is posted."""


def of_scopes(*scopes: Scope) -> set[str]:
    """The codes of HubSpot's own errors of these *scopes*."""
    return {code for code, kind in family(HubSpotError).items() if kind.scope in scopes}


def codes_of(kinds: tuple[type[HubSyncError], ...]) -> set[str]:
    return {kind.code for kind in kinds}


GROUPS = {
    "trouble of the whole account": (ACCOUNT_TROUBLES, ACCOUNT),
    "access is gone": (ACCESS_GONE, ACCESS),
    "troubles of a connection that settings end": (problems.SETTINGS, SETTINGS),
    "troubles of a connection that somebody has to end": (
        problems.NEEDS_SOMEBODY,
        {PERMISSION, *SETTINGS, *ACCOUNT},
    ),
    "troubles of one kind of call": (problems.OF_ONE_KIND, {PERMISSION, FULL}),
    "troubles of a connection that pass": (status_text.PASSING, {*NOT_NOW, "answer_lost"}),
    "after which tokens are not renewed": (
        codes_of(token_refresh._PAUSED_BY),
        {*NOT_NOW, "app_misconfigured"},
    ),
    "HubSpot's answers about a record": (
        of_scopes(*context.ABOUT_THE_RECORD),
        {
            *OF_VALUES,
            *(PERMISSION, "contact_exists", "person_erased", "record_conflict", "record_gone"),
            "look_up_refused",  # raised without a call, so that nobody asks
        },
    ),
    "HubSpot's refusals of a question": (
        codes_of(company_lookup.LOOK_UP_REFUSED),
        {*OF_VALUES, "record_gone", "look_up_refused"},  # as above
    ),
    "ended in the mapping": (
        log.MENDED_IN_THE_MAPPING,
        {"not_added", "paused", "nothing_mapped", "nothing_to_post", *OF_VALUES},
    ),
    "ended on the HubSpot page": (
        log.MENDED_AT_HUBSPOT,
        {*ACCOUNT, *ACCESS, PERMISSION, "secret_unreadable"},
    ),
    "without an answer of HubSpot's": (
        set(reasons.OUR_NOTES) - set(OF_NO_ATTEMPT),
        {
            *("address_unreadable", "another_account", "company_busy", "idle_expired"),
            *("no_place", "not_asked", "not_connected", "record_busy", "secret_unreadable", "watch_only"),
        },
    ),
    "send the test again later": (
        {code for code, words in trial_text.WHAT_TO_DO.items() if words is trial_text.LATER},
        {*NOT_NOW, "not_asked", "no_place"},
    ),
    "connect, then send the test": (
        {code for code, words in trial_text.WHAT_TO_DO.items() if words is trial_text.CONNECT},
        {*ACCESS, "another_account"},
    ),
}


@pytest.mark.parametrize("group", GROUPS)
def test_a_group_holds_these_errors(group: str) -> None:
    made, expected = GROUPS[group]
    assert set(made) == expected


def test_the_log_has_words_for_all_that_somebody_has_to_end() -> None:
    # HubSpot's troubles with an account are raised as one of their two kinds.
    assert set(problems.TOLD) == set(problems.NEEDS_SOMEBODY) - {"account_trouble"}


def test_what_the_daily_check_has_words_for_is_ended_by_somebody() -> None:
    # The rest is asked again in an hour, which its line says.
    assert set(FOUND) - {""} <= {*problems.NEEDS_SOMEBODY, *ACCESS_GONE}
    assert {PERMISSION, *SETTINGS, "access_lost", "idle_expired"} <= set(FOUND)


def test_an_account_that_takes_no_records_is_among_what_somebody_has_to_end() -> None:
    assert set(problems.OF_ONE_KIND) <= set(problems.NEEDS_SOMEBODY)


def test_a_booking_that_access_kept_back_is_told_of_as_such() -> None:
    # No delivery is kept back by a token that a refresh replaces.
    assert set(ACCESS_GONE) - {"access_expired"} < set(held_back_text.THEN)
