"""Switches that can be changed while a sandbox runs; every guess about HubSpot has one."""

from dataclasses import dataclass


@dataclass
class Switches:
    """All are readable and settable through ``/sandbox/api/settings``; limits of 0 are off.

    hubspot_sandbox/README.md says of each which side is documented by HubSpot and which is a guess.
    """

    name: str = "switches"
    search_lag_seconds: float = 0.0
    clock_offset_seconds: float = 0.0
    access_token_seconds: int = 1800
    rotate_refresh_tokens: bool = False
    oauth_v3_error_bodies: bool = True
    tokens_survive_uninstall: bool = False
    bad_hub_after_uninstall: bool = False
    second_authorization_ends_former_tokens: bool = False
    token_info_of_service_keys: bool = True
    errors_list_in_400: bool = True
    number_error_code: str = "INVALID_INTEGER"
    international_emails: str = "a_labels"
    require_minimum_properties: bool = True
    normalise_domains: bool = False
    search_sees_additional_emails: bool = False
    search_sees_additional_domains: bool = False
    first_company_becomes_primary: bool = True
    most_companies_of_a_contact: int = 0
    find_company_by_domain: bool = False
    empty_properties_are_null: bool = True
    archived_owner_ids_refused: bool = True
    owner_email_filter_ignores_case: bool = True
    property_validations_enforced: str = "2026-09"
    merge_makes_new_record: bool = False
    associations_accept_merged_ids: bool = False
    batch_reads_accept_merged_ids: bool = True
    calendar_sync: bool = False
    meeting_times_in_milliseconds: bool = False
    search_limits_of_one_request: bool = True
    search_most_groups: int = 5
    search_limit_per_second: int = 0
    burst_limit_per_ten_seconds: int = 0
    burst_window_seconds: float = 10.0
    association_limit_per_ten_seconds: int = 0
    daily_limit: int = 0
    retry_after_on_429: bool = False
