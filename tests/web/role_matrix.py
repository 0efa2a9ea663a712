"""Who may open what: a row for every method of every route, a word for everybody who may come along.

The words of a row, in the order of EVERYBODY:

    page     may: the answer is a page, a redirect to one, a download, or the form again with what is missing
    login    is sent to the sign-in page
    public   as page, for pages that ask nobody who they are
    403, 404, 410 …   is refused exactly so

A new route needs a row here: "METHOD endpoint": a class of the list below, which may say what is sent with
``.sending(field="value")`` and which of the things there an address names with ``.at(token="invitation")``.
What there is to name stands in ``tests.kit.full_teams.Things``; calendar_id, question_id, delivery_id, person_id,
team_slug and slug need no mention.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from hubsync.sources.registry import SOURCES

EVERYBODY = (
    "guest",  # nobody is signed in
    "outsider",  # somebody without a team
    "member",  # of the team, but the calendar is a colleague's
    "keeper",  # a member whose calendar it is
    "foreign member",  # of another team
    "foreign owner",
    "administrator",
    "owner",
)


@dataclass(frozen=True)
class Rights:
    """What each of EVERYBODY gets; *sent* are the fields of the form, *named* the things in the address."""

    words: tuple[str, ...]
    sent: dict[str, str] = field(default_factory=dict)
    named: dict[str, str] = field(default_factory=dict)

    def sending(self, **fields: str) -> Rights:
        return replace(self, sent=fields)

    def at(self, **named: str) -> Rights:
        return replace(self, named=named)

    def of(self, who: str) -> str:
        return self.words[EVERYBODY.index(who)]


def _rights(words: str) -> Rights:
    found = tuple(words.split())
    assert len(found) == len(EVERYBODY), words
    return Rights(found)


# fmt: off
#                       guest  outsid member keeper f.memb f.own  admin  owner
PUBLIC       = _rights("public public public public public public public public")
PERSON       = _rights("login  page   page   page   page   page   page   page")
TEAM         = _rights("login  404    page   page   404    404    page   page")
OWN_CALENDAR = _rights("login  404    403    page   404    404    page   page")
SETTINGS     = _rights("login  404    403    403    404    404    page   page")
OWNER_ONLY   = _rights("login  404    403    403    404    404    403    page")
# What is the keeper's own, whatever the team; what the outsider is invited to; ways out of a session; and what a
# team's owner alone cannot do.
KEEPERS_OWN  = _rights("login  404    404    page   404    404    404    404")
INVITED      = _rights("login  page   404    404    404    404    404    404")
ACCEPTS      = _rights("login  page   410    410    410    410    410    410")
NONE_KEPT    = _rights("login  410    410    410    410    410    410    410")
ENDS         = _rights("login  login  login  login  login  login  login  login")
NOT_THE_OWNER = _rights("login 404    page   page   404    404    page   400")
# Anybody may ask, and gets what the installation of the tests is: not migrated, and without a token for metrics.
NOT_READY    = _rights("503    503    503    503    503    503    503    503")
NOT_SET      = _rights("404    404    404    404    404    404    404    404")
# Nobody's role opens these: they ask for a proof that no request of the matrix brings.
SIGNED_BODY  = _rights("401    401    401    401    401    401    401    401")
OTHERS_LINK  = _rights("403    403    403    403    403    403    403    403")
STATE        = _rights("login  400    400    400    400    400    400    400")
# fmt: on

OF_A_SOURCE = {
    "GET show_endpoint": SETTINGS,
    "POST make_endpoint": SETTINGS,
    "GET renew_secret": SETTINGS,
    "POST renew_secret": SETTINGS,
    "GET show_new_secret": SETTINGS,
    "POST end_former_secret": SETTINGS,
    "GET disable": SETTINGS,
    "POST disable": SETTINGS,
    "POST enable": SETTINGS,
    "GET remove": SETTINGS,
    "POST remove": SETTINGS,
    "GET tell_received": SETTINGS,
    "GET try_sample": SETTINGS,
    "POST try_sample": SETTINGS,
}
"""The pages of every booking source; each is under the source's own name."""

OF_AN_API = {
    ("GET", "connect"): SETTINGS,
    # ``page`` is the form again with 422: no token is sent.
    ("POST", "connect"): SETTINGS,
    ("GET", "disconnect"): SETTINGS,
    ("POST", "disconnect"): SETTINGS,
    ("POST", "compare_now"): SETTINGS,
}
"""Those of a source that HubSync can set up by its API."""

OF_A_TAUGHT = {
    # ``page`` is that of the sample again with 409: no draft is sent.
    ("GET", "teach"): SETTINGS,
    ("POST", "teach"): SETTINGS,
    ("GET", "set_proof"): SETTINGS,
    ("POST", "set_proof"): SETTINGS,
    ("POST", "set_up_anew"): SETTINGS,
}
"""Those of a source whose fields a team teaches."""

WRITES_DOWN = {"GET deliveries.export": {"audit_entries"}}
"""What a GET writes down all the same: that guests' names and addresses were taken out."""

MATRIX: dict[str, Rights] = {
    "GET static": PUBLIC.at(filename="static_file"),
    "GET bootstrap.static": PUBLIC.at(filename="bootstrap_file"),
    "GET health.healthz": PUBLIC,
    "GET security_txt.show": PUBLIC,
    "GET health.readyz": NOT_READY,
    "GET health.metrics": NOT_SET,
    # ---- signing in and out
    "GET signin.sign_in": PUBLIC,
    "POST signin.sign_in": PUBLIC.sending(email="nobody@acme.example"),
    "POST language.choose": PUBLIC.sending(language="en"),
    "GET signin.open_link": PUBLIC.at(token="signin_link"),
    "POST signin.redeem_link": PUBLIC.at(token="signin_link"),
    "POST signin.sign_out": PUBLIC,
    "GET again.ask": PERSON,
    "GET again.go_on": PERSON,
    "GET again.go_back": PERSON,
    "POST provider_signin.leave": PUBLIC.at(provider="provider"),
    "GET provider_signin.come_back": PUBLIC.at(provider="provider"),
    "GET provider_signin.say_unknown": PUBLIC,
    "GET provider_signin.open_confirmation": OTHERS_LINK.at(token="confirmed_identity"),
    "POST provider_signin.confirm": OTHERS_LINK.at(token="confirmed_identity"),
    "GET invitation_claims.look": OTHERS_LINK.at(token="claim"),
    "POST invitation_claims.join": OTHERS_LINK.at(token="claim"),
    "GET invitations.look": PUBLIC.at(token="invitation"),
    "POST invitations.join": PUBLIC.at(token="invitation"),
    # ---- guests of booking pages, and booking sources
    "GET bookings.show_page": PUBLIC,
    "POST bookings.complete": PUBLIC,
    "GET bookings.show_confirmation": PUBLIC.at(token="confirmation"),
    "GET bookings.download_appointment": PUBLIC.at(token="confirmation"),
    # The signed token is the proof, whoever is signed in.
    "GET bookings.show_move": PUBLIC.at(token="move"),
    "POST bookings.move": PUBLIC.at(token="move"),
    "GET bookings.show_cancellation": PUBLIC.at(token="cancellation"),
    "POST bookings.cancel": PUBLIC.at(token="cancellation").sending(reason="Illness"),
    "GET booking_feeds.read_feed": PUBLIC.at(token="booking_feed"),
    **{f"POST intake.receive_{source}": SIGNED_BODY.at(token="intake_token") for source in SOURCES},
    **{
        f"{method} intake.receive_elsewhere": SIGNED_BODY.at(rest="intake_token")
        for method in ("DELETE", "GET", "PATCH", "POST", "PUT")
    },
    # ---- a person
    "GET teams.start": PERSON,
    "GET account.show": PERSON,
    "POST account.save": PERSON.sending(name="Mika", time_zone="Asia/Tokyo", language="en"),
    "POST own_feed.make_address": PERSON,
    "GET own_feed.show_new_address": PERSON,
    "POST own_feed.switch_off": PERSON,
    "POST account.sign_out_there": KEEPERS_OWN,
    "POST account.sign_out_others": PERSON,
    "POST account.sign_out_everywhere": ENDS,
    "POST provider_signin.link": PERSON.at(provider="provider"),
    "GET invitations.look_at_kept": NONE_KEPT,
    "POST invitations.accept_kept": NONE_KEPT,
    "GET invitations.look_at_offer": INVITED,
    "POST invitations.accept_offer": ACCEPTS,
    "GET busy_calendars.add": PERSON,
    # ``page`` is the form again with 422: no address is sent.
    "POST busy_calendars.add": PERSON,
    "GET busy_calendars.add_caldav": PERSON,
    # ``page`` is the form again with 422, and the way back to it: no account is sent.
    "POST busy_calendars.add_caldav": PERSON,
    "POST busy_calendars.choose": PERSON,
    "POST busy_calendars.read_now": KEEPERS_OWN,
    "GET busy_calendars.change": KEEPERS_OWN,
    "POST busy_calendars.change": KEEPERS_OWN.sending(name="Home", when_unreadable="show_none"),
    "GET busy_calendars.remove": KEEPERS_OWN,
    "POST busy_calendars.remove": KEEPERS_OWN,
    "GET account.unlink": KEEPERS_OWN,
    "POST account.unlink": KEEPERS_OWN,
    "GET account.leave_team": NOT_THE_OWNER,
    "POST account.leave_team": NOT_THE_OWNER,
    # ---- a team
    "GET teams.show_team": TEAM,
    "GET calendars.list_calendars": TEAM,
    "GET no_company.show": TEAM,
    "GET calendars.make_calendar": TEAM,
    "POST calendars.make_calendar": TEAM.sending(name="Demo", duration_minutes="30", time_zone="Asia/Tokyo"),
    "GET deliveries.list_deliveries": TEAM,
    "GET deliveries.confirm_many": TEAM,
    "GET deliveries.export": TEAM,
    "POST deliveries.search": TEAM.sending(by="email", q="mika"),
    "POST deliveries.do_many": TEAM.sending(do="dismiss", which="all", asked="2026-01-01T00:00:00+00:00"),
    "POST deliveries.undo": TEAM.sending(since="2026-01-01T00:00:00+00:00", until="2026-01-01T00:00:00+00:00"),
    "GET imports.list_imports": SETTINGS,
    # ``page`` is the form again with 422: no file is sent.
    "POST imports.upload": SETTINGS,
    "GET imports.show_import": SETTINGS,
    "GET imports.tell_progress": SETTINGS,
    "GET imports.download_faults": SETTINGS,
    "POST imports.read_as": SETTINGS,
    "POST imports.match_columns": SETTINGS,
    "POST imports.begin": SETTINGS,
    "POST imports.pause": SETTINGS,
    "POST imports.go_on": SETTINGS,
    "POST imports.stop": SETTINGS,
    "POST imports.discard": SETTINGS,
    "GET replays.show_replay": TEAM,
    "GET replays.tell_progress": TEAM,
    "POST replays.begin": SETTINGS,
    "POST replays.pause": SETTINGS,
    "POST replays.go_on": SETTINGS,
    "POST replays.stop": SETTINGS,
    # ---- a calendar and its deliveries
    "GET calendars.show_calendar": OWN_CALENDAR,
    "GET calendars.change_calendar": OWN_CALENDAR,
    "POST calendars.change_calendar": OWN_CALENDAR.sending(
        name="Demo", duration_minutes="30", time_zone="Asia/Tokyo"
    ),
    "POST calendars.dismiss_relabelled": OWN_CALENDAR,
    "GET free_times.show_free_times": OWN_CALENDAR,
    "POST free_times.save_free_times": OWN_CALENDAR,
    "POST free_times.pause": OWN_CALENDAR,
    "POST free_times.resume": OWN_CALENDAR,
    "GET unwanted.show_rules": OWN_CALENDAR,
    "POST unwanted.save_rules_here": OWN_CALENDAR.sending(hourly_ceiling="20"),
    "POST calendars.archive_calendar": OWN_CALENDAR,
    "POST calendars.restore_calendar": OWN_CALENDAR,
    "GET calendars.delete_calendar": OWN_CALENDAR,
    "POST calendars.delete_calendar": OWN_CALENDAR.sending(name="Intro call"),
    "GET advanced.show_settings": OWN_CALENDAR,
    "GET advanced.preview_questions": OWN_CALENDAR,
    "POST advanced.order_questions": OWN_CALENDAR,
    "GET advanced.add_question": OWN_CALENDAR,
    "POST advanced.add_question": OWN_CALENDAR.sending(label="Budget", kind="text"),
    "GET advanced.change_question": OWN_CALENDAR,
    "POST advanced.change_question": OWN_CALENDAR.sending(label="Budget", kind="text"),
    "POST advanced.move_question": OWN_CALENDAR.sending(where="up"),
    "GET advanced.delete_question": OWN_CALENDAR,
    "POST advanced.delete_question": OWN_CALENDAR,
    "POST advanced.switch_mapping": OWN_CALENDAR.sending(active="off"),
    "GET advanced.remove_integration": OWN_CALENDAR,
    "POST advanced.remove_integration": OWN_CALENDAR,
    "GET mapping.edit_mapping": OWN_CALENDAR,
    "POST mapping.save_mapping": OWN_CALENDAR.sending(version="1", add="contacts"),
    "GET mapping.choose_copy": OWN_CALENDAR,
    "POST mapping.choose_copy": OWN_CALENDAR.sending(version="1"),
    "GET mapping.confirm_copy": OWN_CALENDAR,
    "POST mapping.confirm_copy": OWN_CALENDAR.sending(version="1"),
    "POST mapping.take_copy": OWN_CALENDAR.sending(version="1", way="replace"),
    "GET mapping.export_file": OWN_CALENDAR,
    "GET mapping.choose_file": OWN_CALENDAR,
    "POST mapping.choose_file": OWN_CALENDAR.sending(version="1"),
    "POST mapping.confirm_import": OWN_CALENDAR.sending(version="1"),
    "POST mapping.take_import": OWN_CALENDAR.sending(version="1", way="replace"),
    "GET mapping.preview_mapping": OWN_CALENDAR,
    "POST mapping.preview_mapping": OWN_CALENDAR.sending(version="1"),
    "GET mapping.confirm_test": OWN_CALENDAR,
    "POST mapping.confirm_test": OWN_CALENDAR.sending(version="1"),
    "POST mapping.send_test": OWN_CALENDAR.sending(version="1"),
    "GET deliveries.show_delivery": OWN_CALENDAR,
    "GET erasing_guests.confirm": SETTINGS,
    "POST deliveries.retry": OWN_CALENDAR,
    "GET deliveries.ask_undoing": OWN_CALENDAR,
    "POST deliveries.undo_delivery": OWN_CALENDAR,
    "GET deliveries.ask_posting_again": OWN_CALENDAR,
    "POST deliveries.post_undone_again": OWN_CALENDAR,
    "POST deliveries.post_held": OWN_CALENDAR,
    "POST deliveries.dismiss": OWN_CALENDAR,
    "GET deliveries.correct": OWN_CALENDAR,
    "POST deliveries.save_answers": OWN_CALENDAR,
    "POST deliveries.take_back": OWN_CALENDAR,
    # ---- Team Settings
    "GET teams.settings": SETTINGS,
    "POST teams.rename": SETTINGS.sending(name="Acme Trading"),
    "POST teams.save_public_details": SETTINGS.sending(privacy_notice="https://acme.example/privacy"),
    "POST teams.save_language": SETTINGS.sending(language="en"),
    "POST teams.save_parent_sites": SETTINGS.sending(parent_sites="https://www.acme.example"),
    "POST teams.save_blocked_guests": SETTINGS.sending(blocked_guests="*.spam.example"),
    "POST teams.change_plan": OWNER_ONLY.sending(plan="basic"),
    "POST teams.send_test_mail": SETTINGS,
    "GET chat_alerts.add": SETTINGS,
    # ``page`` is the form again with 422: nothing that could be an address is sent.
    "POST chat_alerts.add": SETTINGS.sending(chat_address=""),
    # Its address was sealed for another row, so that nobody is asked.
    "POST chat_alerts.send_test": SETTINGS,
    "GET chat_alerts.remove": SETTINGS,
    "POST chat_alerts.remove": SETTINGS,
    "GET teams.delete_team": OWNER_ONLY,
    "POST teams.delete_team": OWNER_ONLY.sending(typed_name="Acme"),
    "GET members.list_members": SETTINGS,
    "POST members.invite": SETTINGS.sending(email="new@example.com", role="member"),
    "POST members.send_again": SETTINGS,
    "POST members.withdraw": SETTINGS,
    "POST members.change_role": SETTINGS.sending(role="administrator"),
    "GET members.remove_member": SETTINGS,
    "POST members.remove_member": SETTINGS,
    "GET members.hand_over": OWNER_ONLY,
    "POST members.hand_over": OWNER_ONLY,
    "GET audit.show_trail": SETTINGS,
    "GET privacy.show_record": SETTINGS,
    # ``page`` is the form again with 422: nothing is kept of this guest.
    "POST privacy.export_guest": SETTINGS.sending(email="nobody@guest.example"),
    # ``page`` is a form again with 422, for the same reason or because the address was typed once only.
    "POST privacy.confirm_erasure": SETTINGS.sending(email="nobody@guest.example"),
    "POST privacy.erase_guest": SETTINGS.sending(email="nobody@guest.example"),
    "GET privacy.show_receipt": SETTINGS,
    "GET mails.list_mails": SETTINGS,
    "POST mails.send_again": SETTINGS,
    # ---- Integrations
    "GET integrations.list_integrations": SETTINGS,
    "GET hubspot.show_connection": SETTINGS,
    "POST hubspot.check_now": SETTINGS,
    "POST hubspot_connect.connect": SETTINGS,
    "POST hubspot_optional.say_listed": SETTINGS.sending(listed="on"),
    "GET hubspot_connect.come_back": STATE,
    "GET hubspot_key.enter": SETTINGS,
    # ``page`` is the form again with 422: nothing that could be a key is sent.
    "POST hubspot_key.enter": SETTINGS.sending(key="no key"),
    "GET hubspot_account.ask": SETTINGS,
    "POST hubspot_account.use": SETTINGS.sending(account="7654321", former="1234567"),
    "POST hubspot_account.keep": SETTINGS.sending(account="7654321"),
    "GET hubspot_disconnect.disconnect": SETTINGS,
    "POST hubspot_disconnect.disconnect": SETTINGS,
    "GET hubspot_watch.show_sums": SETTINGS,
    "POST hubspot_watch.begin": SETTINGS,
    "GET hubspot_watch.ask": SETTINGS,
    "POST hubspot_watch.go_live": SETTINGS.sending(account="1234567"),
    "GET hubspot_domains.edit": SETTINGS,
    # ``page`` is the form again with 422: the matrix has not seen the list.
    "POST hubspot_domains.edit": SETTINGS.sending(domains="partner.com"),
    "GET hubspot_domains.show_list": SETTINGS,
    "GET hubspot_app.show": SETTINGS,
    "GET hubspot_app.download": SETTINGS,
    "GET hubspot_app.read_guide": SETTINGS,
    **{
        f"{row.replace(' ', f' {source.name}.')}": rights
        for source in SOURCES.values()
        for row, rights in OF_A_SOURCE.items()
    },
    **{
        f"{method} {source.name}.{view}": rights
        for source in SOURCES.values()
        if source.api
        for (method, view), rights in OF_AN_API.items()
    },
    **{
        f"{method} {source.name}.{view}": rights
        for source in SOURCES.values()
        if source.teachable
        for (method, view), rights in OF_A_TAUGHT.items()
    },
    **{
        f"{method} {source.name}.{view}": SETTINGS
        for source in SOURCES.values()
        if source.takes_several
        for method, view in (("GET", "list_endpoints"), ("GET", "rename"), ("POST", "rename"))
    },
}

RECENT: dict[str, dict[str, str]] = {
    "POST provider_signin.link": {},
    "GET account.unlink": {},
    "POST account.unlink": {},
    "POST own_feed.make_address": {},
    "POST members.invite": {"role": "administrator"},
    "POST members.change_role": {"role": "administrator"},
    "GET members.hand_over": {},
    "POST members.hand_over": {},
    "GET teams.delete_team": {},
    "POST teams.delete_team": {},
    "POST privacy.confirm_erasure": {},
    "POST privacy.erase_guest": {},
    "GET erasing_guests.confirm": {},
    "POST hubspot_connect.connect": {},
    "GET hubspot_key.enter": {},
    "POST hubspot_key.enter": {},
    "POST hubspot_account.use": {},
    "GET hubspot_disconnect.disconnect": {},
    "POST hubspot_disconnect.disconnect": {},
    **{f"POST {source}.make_endpoint": {} for source in SOURCES},
    **{f"{method} {source}.renew_secret": {} for source in SOURCES for method in ("GET", "POST")},
    **{
        f"{method} {name}.connect": {}
        for name, source in SOURCES.items()
        if source.api
        for method in ("GET", "POST")
    },
}
"""What hurts, and so asks whoever signed in more than some minutes ago to sign in again; with the fields for which
it does, beside those of its row above."""
