"""The pages of an account's contacts, companies and meetings, and of one record with all that is stored of it."""

from typing import Any

from flask import abort, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hubspot_sandbox.api_errors import ApiError
from hubspot_sandbox.authentication import sandbox_state
from hubspot_sandbox.crm.associations import associations_of, other_id
from hubspot_sandbox.crm.definitions import all_definitions
from hubspot_sandbox.crm.id_lookup import record_with_id
from hubspot_sandbox.crm.kinds import COMPANIES, CONTACTS, KINDS, MEETINGS, Kind
from hubspot_sandbox.crm.meeting_links import far_ids
from hubspot_sandbox.crm.record_merge import merge_records
from hubspot_sandbox.crm.records import archive_record
from hubspot_sandbox.entities import Record
from hubspot_sandbox.pages.labels import property_words
from hubspot_sandbox.pages.layout import account_or_404, page_blueprint, record_address, show
from hubspot_sandbox.pages.record_words import RECORD_WORDS

records = page_blueprint("sandbox_records")

#: Rows on one page of a table.
PAGE_ROWS = 50
COLUMNS = {
    "contacts": ("email", "phone", "jobtitle"),
    "companies": ("domain", "industry", "city"),
    "meetings": ("hs_meeting_start_time", "hs_meeting_outcome", "hs_meeting_location"),
}
_KINDS = {kind.type_id: kind for kind in KINDS.values()}


@records.get("/contacts/<int:account_id>/objects/<type_id>")
@records.get("/contacts/<int:account_id>/objects/<type_id>/views/all/list")
def table(account_id: int, type_id: str) -> str:
    """One page of an account's contacts, companies or meetings, newest first, found by any value they have."""
    state, account, kind = sandbox_state(), account_or_404(account_id), _kind(type_id)
    query = request.args.get("q", "").strip()
    page = max(request.args.get("page", 1, type=int), 1)
    with state.lock:
        live = [r for r in reversed(state.records_of(account.id, kind.name)) if not r.archived]
        found = [r for r in live if _mentions(r, query)]
        definitions = all_definitions(state, account.id, kind.name)
        shown = found[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]
        return show(
            "records",
            account,
            kind=kind,
            words=RECORD_WORDS[kind.name],
            kinds=[(each, RECORD_WORDS[each.name].title) for each in KINDS.values()],
            query=query,
            columns=[
                (name, property_words(definitions.get(name, {}).get("label", name))) for name in COLUMNS[kind.name]
            ],
            rows=[(r, name_of(r), record_address(account.id, kind.name, r.id), _far_ends(r)) for r in shown],
            total=len(live),
            found=len(found),
            page=page,
            pages=-(-len(found) // PAGE_ROWS),
        )


@records.get("/contacts/<int:account_id>/record/<type_id>/<record_id>")
def record(account_id: int, type_id: str, record_id: str) -> str:
    """A record at the address HubSpot gives it.

    https://developers.hubspot.com/docs/api-reference/latest/crm/using-object-apis
    """
    return _record_page(account_id, type_id, record_id)


def _record_page(account_id: int, type_id: str, record_id: str, *, typed: str = "", error: str = "") -> str:
    state, account = sandbox_state(), account_or_404(account_id)
    with state.lock:
        kind, found = _record(account_id, type_id, record_id)
        definitions = all_definitions(state, account.id, kind.name)
        facts = [
            (property_words(definitions.get(name, {}).get("label", name)), name, value)
            for name, value in found.properties.items()
            if value != ""
        ]
        known, system = _parted(facts)
        return show(
            "record",
            account,
            kind=kind,
            words=RECORD_WORDS[kind.name],
            record=found,
            name=name_of(found),
            facts=sorted(known),
            system=sorted(system),
            source=source_of(found),
            far_ends=_far_ends(found),
            meetings=_linked(found, MEETINGS),
            merged_into=_part_of(found),
            typed=typed,
            error=error,
        )


@records.post("/contacts/<int:account_id>/record/<type_id>/<record_id>/archive")
def archive(account_id: int, type_id: str, record_id: str) -> Response:
    """Archive a record, as the delete button of HubSpot's page does."""
    state = sandbox_state()
    account_or_404(account_id)
    with state.lock:
        _kind_of, found = _record(account_id, type_id, record_id)
        if not found.archived:
            archive_record(state, found)
    return redirect(url_for(".record", account_id=account_id, type_id=type_id, record_id=record_id), code=303)


@records.post("/contacts/<int:account_id>/record/<type_id>/<record_id>/merge")
def merge(account_id: int, type_id: str, record_id: str) -> Response | tuple[str, int]:
    """Merge another record, named by its id, into this one."""
    state, account = sandbox_state(), account_or_404(account_id)
    typed = request.form.get("other", "").strip()
    with state.lock:
        kind, found = _record(account.id, type_id, record_id)
        other = state.records.get(f"{account.id}:{kind.name}:{typed}")
        try:
            if found.archived or other is None or other.archived:
                raise ApiError(404, _no_other(kind))
            if other is found:
                raise ApiError(400, _("A record cannot be merged with itself."))
            stays = merge_records(state, kind, found, other)
        except ApiError as problem:
            return _record_page(account.id, type_id, record_id, typed=typed, error=str(problem)), 400
    return redirect(record_address(account.id, kind.name, stays.id), code=303)


def _no_other(kind: Kind) -> str:
    if kind.name == "contacts":
        return _("There is no such record among the contacts.")
    return _("There is no such record among the companies.")


def _part_of(record: Record) -> dict[str, str] | None:
    """The name and address of the record this one was merged into."""
    kind = KINDS[record.object_type]
    stays = record_with_id(sandbox_state(), record.account_id, kind, record.id, merged_ids=True)
    if record.merged_into is None or stays is None:
        return None
    return {"name": name_of(stays), "address": record_address(record.account_id, kind.name, stays.id)}


def name_of(record: Record) -> str:
    """What a person calls the record."""
    values = record.properties
    unnamed = _(RECORD_WORDS[record.object_type].one, id=record.id)
    if record.object_type == COMPANIES.name:
        return values.get("name") or values.get("domain") or unnamed
    if record.object_type == MEETINGS.name:
        return values.get("hs_meeting_title") or unnamed
    full = " ".join(filter(None, (values.get("firstname"), values.get("lastname"))))
    return full or values.get("email") or unnamed


def source_of(record: Record) -> str:
    """Who made the record, in a sentence."""
    label = record.properties.get("hs_object_source_label", "")
    detail = record.properties.get("hs_object_source_detail_1", "")
    if label == "CRM_SETTING":
        return _("Made by HubSpot itself: the account's %(setting)s", setting=detail)
    if label == "INTEGRATION":
        return _("Posted by %(app)s", app=detail) if detail else _("Posted by an app")
    if label == "CRM_UI":
        return _("Entered by hand")
    if label == "MEETINGS":
        return _("Brought by a synchronised calendar: %(calendar)s", calendar=detail)
    return label or _("Not known")


def _kind(type_id: str) -> Kind:
    kind = _KINDS.get(type_id)
    if kind is None:
        abort(404, _("The sandbox keeps contacts (0-1), companies (0-2) and meetings (0-47) only."))
    return kind


def _record(account_id: int, type_id: str, record_id: str) -> tuple[Kind, Record]:
    kind = _kind(type_id)
    found = sandbox_state().records.get(f"{account_id}:{kind.name}:{record_id}")
    if found is None:
        place = {"account": account_id, "record": f"{kind.name} {record_id}"}
        abort(404, _("Account %(account)s has no such record: %(record)s.", **place))
    return kind, found


def _mentions(record: Record, query: str) -> bool:
    wanted = query.lower()
    return not wanted or any(wanted in value.lower() for value in record.properties.values())


def _far_ends(record: Record) -> list[dict[str, Any]]:
    """The associated records: name, address, and the labels of the association."""
    if record.object_type == MEETINGS.name:
        return [*_linked(record, CONTACTS), *_linked(record, COMPANIES)]
    state = sandbox_state()
    far_kind = "companies" if record.object_type == "contacts" else "contacts"
    ends = []
    for association in associations_of(state, record):
        far = state.records.get(f"{record.account_id}:{far_kind}:{other_id(association, record.object_type)}")
        if far is not None:
            ends.append(
                {
                    "name": name_of(far),
                    "record": far,
                    "address": record_address(record.account_id, far_kind, far.id),
                    "primary": association.primary,
                }
            )
    return ends


def _linked(record: Record, far: Kind) -> list[dict[str, Any]]:
    """The records of a kind that a meeting is on the timeline of, or the meetings of a record."""
    state = sandbox_state()
    found = (
        state.records.get(f"{record.account_id}:{far.name}:{one}") for one in far_ids(state, record, far.name)
    )
    return [
        {
            "name": name_of(one),
            "record": one,
            "address": record_address(record.account_id, far.name, one.id),
            "primary": False,
            "outcome": one.properties.get("hs_meeting_outcome", ""),
        }
        for one in found
        if one is not None
    ]


def _parted(facts: list[tuple[str, str, str]]) -> tuple[list[tuple[str, str, str]], list[tuple[str, str, str]]]:
    """The values people gave, and those HubSpot keeps for itself."""
    own = {"createdate", "lastmodifieddate"}
    given = ("hs_meeting_", "hs_internal_meeting_notes", "hs_timestamp")
    system = [f for f in facts if f[1] in own or (f[1].startswith("hs_") and not f[1].startswith(given))]
    return [fact for fact in facts if fact not in system], system
