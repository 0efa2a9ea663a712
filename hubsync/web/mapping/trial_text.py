"""Texts of a trial: what a test of the mapping would create and what became of it, line by line.

The advice of the error family is for deliveries, which HubSync tries again by itself or at a press of Retry. A
test is tried again by nobody but whoever sends another one, and HubSync does not know its records any more.
"""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from hubsync.domain.mapping import Draft, Section
from hubsync.domain.remarks import RemarkKind
from hubsync.errors import (
    HubSpotError,
    HubSyncError,
    PermissionMissing,
    Remedy,
    RequiredPropertyMissing,
    Scope,
    ValuesRefused,
    codes,
)
from hubsync.phrases import sentences
from hubsync.services.mapping.trial import SentTest
from hubsync.store.connections import Connection
from hubsync.web.mapping.preview_text import record_link, shorten
from hubsync.web.mapping.text import Labels
from hubsync.web.shell.reasons import advise, explain_detail, explain_dropped, explain_refused, explain_remark
from hubsync.web.shell.record_line import RecordLine
from hubsync.web.shell.remark_texts import PARTS

LATER = _l("Nothing was created. Send another test when HubSpot answers again.")
CONNECT = _l("Press Connect on the HubSpot page, then send another test.")
WHAT_TO_DO = {
    **dict.fromkeys(codes(scopes={Scope.HUBSPOT, Scope.HUBSYNC}, remedies={Remedy.WAIT}), LATER),
    **dict.fromkeys(codes(scopes={Scope.ACCESS}), CONNECT),
    "watch_only": _l("The owner or an administrator can go live on the HubSpot page; then send the test."),
    "permission_missing": _l(
        "Give HubSync the missing permission in HubSpot and connect again, then send another test."
    ),
    "values_refused": _l("Map the property to other information, then send another test."),
    "required_property_missing": _l("Add a row for this property to the mapping, then send another test."),
    "record_gone": _l("Send another test."),
    "record_refused": _l("Correct the mapping, then send another test."),
    "account_full": _l("Nothing in the mapping helps: make room in HubSpot, then send another test."),
    "account_suspended": _l("Have the account activated again in HubSpot, then send another test."),
    "record_conflict": _l("Send another test; if it happens again, ask HubSpot's support."),
    "hubspot_error": _l("Send another test; if it happens again, ask HubSpot's support with the correlation id."),
}
"""What to do about a test that failed; for other errors what they say themselves holds for a test too."""


def values_of_test(draft: Draft, labels: Labels) -> list[tuple[str, list[tuple[str, str]]]]:
    """(Company or Contact, its (property, value) pairs) of what a test would create."""
    records = ((Section.COMPANIES, "company", draft.company), (Section.CONTACTS, "contact", draft.contact))
    return [
        (str(PARTS[part]), [(labels.property(section, name), shorten(text)) for name, text in record.items()])
        for section, part, record in records
        if record is not None
    ]


def sent_record_lines(sent: SentTest, labels: Labels, connection: Connection | None) -> list[RecordLine]:
    """What the test created, with links, what may exist, and what HubSpot did not take."""
    parts = []
    records = (
        (Section.COMPANIES, "company", sent.company_id, sent.company_fault),
        (Section.CONTACTS, "contact", sent.contact_id, sent.contact_fault),
    )
    for section, part, record_id, fault in records:
        name = str(PARTS[part])
        if record_id:
            told, link = _dropped(sent, section, labels), record_link(part, record_id, connection)
            parts.append(RecordLine(name, _("created"), "check-circle", "good", told, record_id, link))
        elif fault is not None and fault.code == "answer_lost":
            parts.append(
                RecordLine(name, _("not known"), "question-circle", "care", _where_to_look(sent.draft, section))
            )
        elif fault is not None:
            parts.append(RecordLine(name, _("not created"), "x-octagon", "bad", _explain(fault, section, labels)))
        elif section is Section.CONTACTS and sent.contact_untried:
            told = _("Nothing was sent for it, because HubSpot did not answer as it should before.")
            parts.append(RecordLine(name, _("not tried"), "dash-circle", "plain", told))
        else:
            told = _("The mapping gives nothing for it.")
            parts.append(RecordLine(name, _("nothing to create"), "dash-circle", "plain", told))
    if sent.associated:
        parts.append(RecordLine(str(PARTS["association"]), _("made"), "check-circle", "good", ""))
    return parts


def advise_on_test(code: str) -> str:
    """What a person can do about a test that met the error *code*; empty when there is nothing."""
    return str(WHAT_TO_DO[code]) if code in WHAT_TO_DO else advise(code)


def _explain(fault: HubSyncError, section: Section, labels: Labels) -> str:
    """Why HubSpot did not take the record, with the rows or permissions that it named, and what to do."""
    told = [explain_refused({"code": fault.code, "properties": _named(fault, section, labels)})]
    if isinstance(fault, HubSpotError) and fault.said.text:
        told.append(_("HubSpot said: “%(words)s”", words=" ".join(fault.said.text.splitlines())))
    elif fault.code in ("record_refused", "hubspot_error"):
        told.append(explain_detail(fault))
    if isinstance(fault, PermissionMissing) and not fault.scopes:
        told.append(_("HubSpot did not say which one."))
    told.append(advise_on_test(fault.code))
    if fault.code == "hubspot_error" and isinstance(fault, HubSpotError) and fault.correlation_id:
        told.append(_("The correlation id is %(id)s.", id=fault.correlation_id))
    return sentences(*told)


def _named(fault: HubSyncError, section: Section, labels: Labels) -> list[str]:
    if isinstance(fault, PermissionMissing):
        return list(fault.scopes)
    names: tuple[str, ...] = ()
    if isinstance(fault, ValuesRefused):
        names = tuple(fault.refused)
    elif isinstance(fault, RequiredPropertyMissing):
        names = fault.required
    known = labels.known
    return [labels.property(section, name) if known.find(section, name) is not None else name for name in names]


def _where_to_look(draft: Draft, section: Section) -> str:
    """A create without an answer: nobody will look for the record but the person who reads this."""
    sent = _("It was sent, and HubSpot did not confirm it, so it may exist.")
    if section is Section.COMPANIES:
        company = draft.company or {}
        look = _(
            "Look for “%(record)s” in HubSpot under CRM > Companies, and delete it if it is there.",
            record=company.get("name") or company.get("domain", ""),
        )
    else:
        look = _(
            "Look for “%(record)s” in HubSpot under CRM > Contacts, and delete it if it is there.",
            record=(draft.contact or {}).get("email", ""),
        )
    again = _("HubSync does not send it again: send another test when HubSpot is back.")
    return sentences(sent, look, again)


def _dropped(sent: SentTest, section: Section, labels: Labels) -> str:
    """The rows that HubSpot did not take, by name, and what else a delivery would remark."""
    told = [
        sentences(
            _("%(property)s was left out.", property=labels.property(section, each["property"])),
            explain_dropped(each),
        )
        for each in sent.remarks
        if each["kind"] == RemarkKind.DROPPED and each["section"] == section.value
    ]
    if section is Section.CONTACTS:
        told += [
            explain_remark(each)
            for each in sent.remarks
            if each["kind"] in (RemarkKind.HUBSPOT_MAY_ADD_COMPANY, RemarkKind.NO_OWNER)
        ]
    told += [
        explain_remark(each)
        for each in sent.remarks
        if each["kind"] == RemarkKind.NO_OWNER and each["section"] == section.value
    ]
    return sentences(*told)
