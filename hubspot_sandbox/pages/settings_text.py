"""Texts of the settings page: its sections of (name, label, what it does)."""

Row = tuple[str, str, str]

SECTIONS: tuple[tuple[str, tuple[Row, ...]], ...] = (
    (
        "Time",
        (
            (
                "clock_offset_seconds",
                "Clock moved by (seconds)",
                "Tokens expire and records are dated by the sandbox's clock. 1800 ends every access token.",
            ),
            (
                "search_lag_seconds",
                "Search lags by (seconds)",
                "New and changed records show in searches only after this; reads are not affected.",
            ),
            ("access_token_seconds", "Access tokens last (seconds)", "HubSpot's last 1800."),
        ),
    ),
    (
        "Tokens and permissions",
        (
            (
                "rotate_refresh_tokens",
                "Every refresh gives a new refresh token",
                "The old one stops working. HubSpot usually returns the same one.",
            ),
            (
                "tokens_survive_uninstall",
                "Access tokens outlive an uninstall",
                "Off: they get 401 at once. What HubSpot does is not documented.",
            ),
            (
                "bad_hub_after_uninstall",
                "Refresh after an uninstall answers BAD_HUB",
                "Off: BAD_REFRESH_TOKEN. HubSpot has been seen to answer either.",
            ),
            (
                "second_authorization_ends_former_tokens",
                "Connecting once more ends the former tokens",
                "Off: refresh tokens of before work on, with the permissions of then. Not documented.",
            ),
            (
                "token_info_of_service_keys",
                "HubSpot tells what a service key may do",
                "An old address that has worked until now. Off: 404.",
            ),
            (
                "oauth_v3_error_bodies",
                "OAuth errors carry both sets of fields",
                "Off: only status and message, as the oldest version does.",
            ),
        ),
    ),
    (
        "Limits (0 is off)",
        (
            (
                "search_limits_of_one_request",
                "Limits of one search",
                "6 filters a group, 18 in all, 200 a page, 10,000 results, 3,000 characters; groups as below.",
            ),
            ("search_most_groups", "Filter groups in a search", "5 in HubSpot's guide, 6 in its definition."),
            ("search_limit_per_second", "Searches a second", "HubSpot's limit is 5 for each account."),
            ("burst_limit_per_ten_seconds", "Calls in ten seconds", "100 or 190, by the account's plan."),
            (
                "association_limit_per_ten_seconds",
                "Association calls in ten seconds",
                "100 or 150, by the account's plan. Off: they count as other calls do.",
            ),
            (
                "burst_window_seconds",
                "Seconds of these two limits",
                "HubSpot's ten; fewer, and calls are let in sooner.",
            ),
            (
                "daily_limit",
                "Calls a day",
                "250,000 or more, by the plan; a day begins at the account's midnight.",
            ),
            ("retry_after_on_429", "429 answers carry Retry-After", "Not documented by HubSpot."),
        ),
    ),
    (
        "Records and search",
        (
            (
                "require_minimum_properties",
                "Ask for a minimum of properties",
                "A contact needs an e-mail or a name, a company a name or a domain.",
            ),
            (
                "errors_list_in_400",
                "400 answers list their errors",
                "Off: reasons are inside the message.",
            ),
            (
                "number_error_code",
                "Code for a value that is no number",
                "INVALID_INTEGER or INVALID_LONG; both have been seen.",
            ),
            (
                "calendar_sync",
                "Hosts' calendars are synchronised",
                "A meeting that an app puts on a contact's timeline comes once more, from the host's calendar.",
            ),
            (
                "meeting_times_in_milliseconds",
                "Times of meetings are read as milliseconds",
                "Off: as ISO 8601. HubSpot has been seen to answer either; both are taken on write.",
            ),
            (
                "international_emails",
                "International e-mail addresses are taken in",
                "a_labels (ann@xn--bcher-kva.de), own_letters (ann@bücher.de), both or neither. Not documented.",
            ),
            (
                "archived_owner_ids_refused",
                "Records are not given to deactivated users",
                "400 that names hubspot_owner_id. Not documented.",
            ),
            (
                "owner_email_filter_ignores_case",
                "Owners are found by e-mail in any case",
                "Not documented.",
            ),
            ("empty_properties_are_null", "Empty properties are null", "Off: they are left out of the answer."),
            ("normalise_domains", "Tidy company domains on write", "Drops scheme, www. and path. Not documented."),
            ("search_sees_additional_emails", "Search sees additional e-mails", "Not documented."),
            ("search_sees_additional_domains", "Search sees additional domains", "Not documented."),
            ("find_company_by_domain", "Companies can be read by domain", "idProperty=domain. Not documented."),
            (
                "property_validations_enforced",
                "Versions that enforce validations of properties",
                "2026-09, always or never. Rules of an account are set under Account, Rules.",
            ),
            (
                "merge_makes_new_record",
                "Merging makes a third record",
                "Both old ids then lead to a new one. Off: the record merged into keeps its id.",
            ),
            (
                "associations_accept_merged_ids",
                "Associations take ids of merged records",
                "Off: 400, as for an archived record. Not documented.",
            ),
            (
                "batch_reads_accept_merged_ids",
                "Batch reads take ids of merged records",
                "Not documented; batch updates never do.",
            ),
            (
                "first_company_becomes_primary",
                "The first company becomes the primary one",
                "Also when it is associated without that label. Not documented.",
            ),
        ),
    ),
)
