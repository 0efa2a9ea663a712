"""Texts of the settings page: its sections of (name, label, what it does)."""

from hubspot_sandbox.marks import N_

Row = tuple[str, str, str]

SECTIONS: tuple[tuple[str, tuple[Row, ...]], ...] = (
    (
        N_("Time"),
        (
            (
                "clock_offset_seconds",
                N_("Clock moved by (seconds)"),
                N_("Tokens expire and records are dated by the sandbox's clock. 1800 ends every access token."),
            ),
            (
                "search_lag_seconds",
                N_("Search lags by (seconds)"),
                N_("New and changed records show in searches only after this; reads are not affected."),
            ),
            ("access_token_seconds", N_("Access tokens last (seconds)"), N_("HubSpot's last 1800.")),
        ),
    ),
    (
        N_("Tokens and permissions"),
        (
            (
                "rotate_refresh_tokens",
                N_("Every refresh gives a new refresh token"),
                N_("The old one stops working. HubSpot usually returns the same one."),
            ),
            (
                "tokens_survive_uninstall",
                N_("Access tokens outlive an uninstall"),
                N_("Off: they get 401 at once. What HubSpot does is not documented."),
            ),
            (
                "bad_hub_after_uninstall",
                N_("Refresh after an uninstall answers BAD_HUB"),
                N_("Off: BAD_REFRESH_TOKEN. HubSpot has been seen to answer either."),
            ),
            (
                "second_authorization_ends_former_tokens",
                N_("Connecting once more ends the former tokens"),
                N_("Off: refresh tokens of before work on, with the permissions of then. Not documented."),
            ),
            (
                "token_info_of_service_keys",
                N_("HubSpot tells what a service key may do"),
                N_("An old address that has worked until now. Off: 404."),
            ),
            (
                "oauth_v3_error_bodies",
                N_("OAuth errors carry both sets of fields"),
                N_("Off: only status and message, as the oldest version does."),
            ),
        ),
    ),
    (
        N_("Limits (0 is off)"),
        (
            (
                "search_limits_of_one_request",
                N_("Limits of one search"),
                N_("6 filters a group, 18 in all, 200 a page, 10,000 results, 3,000 characters; groups as below."),
            ),
            (
                "search_most_groups",
                N_("Filter groups in a search"),
                N_("5 in HubSpot's guide, 6 in its definition."),
            ),
            ("search_limit_per_second", N_("Searches a second"), N_("HubSpot's limit is 5 for each account.")),
            ("burst_limit_per_ten_seconds", N_("Calls in ten seconds"), N_("100 or 190, by the account's plan.")),
            (
                "association_limit_per_ten_seconds",
                N_("Association calls in ten seconds"),
                N_("100 or 150, by the account's plan. Off: they count as other calls do."),
            ),
            (
                "burst_window_seconds",
                N_("Seconds of these two limits"),
                N_("HubSpot's ten; fewer, and calls are let in sooner."),
            ),
            (
                "daily_limit",
                N_("Calls a day"),
                N_("250,000 or more, by the plan; a day begins at the account's midnight."),
            ),
            ("retry_after_on_429", N_("429 answers carry Retry-After"), N_("Not documented by HubSpot.")),
        ),
    ),
    (
        N_("Records and search"),
        (
            (
                "require_minimum_properties",
                N_("Ask for a minimum of properties"),
                N_("A contact needs an e-mail or a name, a company a name or a domain."),
            ),
            (
                "errors_list_in_400",
                N_("400 answers list their errors"),
                N_("Off: reasons are inside the message."),
            ),
            (
                "number_error_code",
                N_("Code for a value that is no number"),
                N_("INVALID_INTEGER or INVALID_LONG; both have been seen."),
            ),
            (
                "calendar_sync",
                N_("Hosts' calendars are synchronised"),
                N_(
                    "A meeting that an app puts on a contact's timeline comes once more, from the host's calendar."
                ),
            ),
            (
                "meeting_times_in_milliseconds",
                N_("Times of meetings are read as milliseconds"),
                N_("Off: as ISO 8601. HubSpot has been seen to answer either; both are taken on write."),
            ),
            (
                "international_emails",
                N_("International e-mail addresses are taken in"),
                N_("a_labels (ann@xn--bcher-kva.de), own_letters (ann@bücher.de), both, neither. Not documented."),
            ),
            (
                "empty_properties_are_null",
                N_("Empty properties are null"),
                N_("Off: they are left out of the answer."),
            ),
            (
                "normalise_domains",
                N_("Tidy company domains on write"),
                N_("Drops scheme, www. and path. Not documented."),
            ),
            ("search_sees_additional_emails", N_("Search sees additional e-mails"), N_("Not documented.")),
            ("search_sees_additional_domains", N_("Search sees additional domains"), N_("Not documented.")),
            (
                "find_company_by_domain",
                N_("Companies can be read by domain"),
                N_("idProperty=domain. Not documented."),
            ),
            (
                "archived_owner_ids_refused",
                N_("Records are not given to deactivated users"),
                N_("400 that names hubspot_owner_id. Not documented."),
            ),
            (
                "owner_email_filter_ignores_case",
                N_("Owners are found by e-mail in any case"),
                N_("Not documented."),
            ),
            (
                "property_validations_enforced",
                N_("Versions that enforce validations of properties"),
                N_("2026-09, always or never. Rules of an account are set under Account, Rules."),
            ),
            (
                "merge_makes_new_record",
                N_("Merging makes a third record"),
                N_("Both old ids then lead to a new one. Off: the record merged into keeps its id."),
            ),
            (
                "associations_accept_merged_ids",
                N_("Associations take ids of merged records"),
                N_("Off: 400, as for an archived record. Not documented."),
            ),
            (
                "batch_reads_accept_merged_ids",
                N_("Batch reads take ids of merged records"),
                N_("Not documented; batch updates never do."),
            ),
            (
                "first_company_becomes_primary",
                N_("The first company becomes the primary one"),
                N_("Also when it is associated without that label. Not documented."),
            ),
            (
                "most_companies_of_a_contact",
                N_("Companies that a contact may have"),
                N_("A limit that admins set; 0 is none. What HubSpot answers beyond it is not documented."),
            ),
        ),
    ),
)
