"""Options of the mapping editor's pull-downs, built once for each section and not once for each row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from markupsafe import Markup, escape

from hubsync.domain.information import Fact, Information, Origin, Piece, parse_information
from hubsync.domain.mapping import Section
from hubsync.domain.questions import Kind, Question
from hubsync.errors import HubSyncError
from hubsync.hubspot.properties import arrange
from hubsync.phrases import bracketed
from hubsync.services.connection.properties import KnownProperties
from hubsync.services.mapping.choices import InformationChoices
from hubsync.services.mapping.storage import EMAIL, SavedMapping
from hubsync.services.question_words import word_label
from hubsync.store.mappings import MappingRow
from hubsync.web.shell.reasons import name_property
from hubsync.web.shell.time_zone_choices import zone_words


@dataclass(frozen=True)
class Option:
    """One entry; *mark* says what a script has to know of it: the property's type or the question's kind."""

    value: str
    label: str
    mark: str = ""


class PullDown:
    """All options of one kind of pull-down, rendered once; each row only says which one is selected."""

    def __init__(self, groups: Sequence[tuple[str, Sequence[Option]]]) -> None:
        self.options = {option.value: option for _label, options in groups for option in options}
        html = [Markup('<option value="">{}</option>').format(_("Select…"))]
        for label, options in groups:
            html.append(Markup('<optgroup label="{}">').format(label))
            html += [
                Markup('<option value="{}" data-mark="{}">{}</option>').format(each.value, each.mark, each.label)
                for each in options
            ]
            html.append(Markup("</optgroup>"))
        self._html = str(Markup("").join(html))

    def __contains__(self, value: str) -> bool:
        return not value or value in self.options

    def html(self, value: str, gone: str = "") -> Markup:
        """The options with *value* selected; one that is not offered stands on top under the label *gone*.

        Without its own option the browser would quietly select, and save, the first one.
        """
        if value not in self:
            extra = Markup('<option value="{}" selected data-gone>{}</option>').format(value, gone or value)
            return extra + Markup(self._html)  # noqa: S704 - escaped when it was built
        place = f' value="{escape(value)}"'
        return Markup(self._html.replace(place, f"{place} selected", 1))  # noqa: S704 - escaped when it was built


def offer_properties(section: Section, known: KnownProperties, saved: SavedMapping) -> PullDown:
    """The pull-down HubSpot Property Name: what the account has, or what is stored while that is not known."""
    groups = []
    if section in known.by_section:
        for group in arrange(known.by_section[section], section):
            options = [
                Option(each.name, bracketed(name_property(section, each.name, each.label), each.name), each.type)
                for each in group.properties
                if not (section is Section.CONTACTS and each.name == EMAIL)
            ]
            groups.append((_(group.label_key), options))
    else:
        stored = [row for row in saved.stored if row.section == section and row.property_name != EMAIL]
        options = [Option(row.property_name, _name_stored(row), row.property_type) for row in stored]
        groups.append((_("Saved rows"), options))
    return PullDown(groups)


def offer_information(offer: InformationChoices) -> PullDown:
    """The pull-down Information to be obtained."""
    names = [question for question in offer.questions if question.kind is Kind.NAME]
    groups = [
        (_("Questions"), [_question_option(question) for question in offer.questions]),
        (_("Parts of names"), [_piece_option(question, piece) for question in names for piece in Piece]),
        (
            _("Booking"),
            [Option(Information.fact(fact).token, _fact_label(fact, offer.time_zone)) for fact in Fact],
        ),
        (
            _("URL parameters"),
            [
                Option(Information.param(name).token, _("%(name)s (URL parameter)", name=name))
                for name in offer.params
            ],
        ),
    ]
    return PullDown([group for group in groups if group[1]])


def offer_emails(offer: InformationChoices) -> PullDown:
    """The pull-down of the fixed row Email(Required)."""
    return PullDown([(_("Questions"), [_question_option(question) for question in offer.emails()])])


def gone_information(token: str, offer: InformationChoices) -> str:
    """The label of information that is not offered: the question that was deleted, or what was sent."""
    try:
        information = parse_information(token)
    except HubSyncError:
        return token
    if information.origin is Origin.QUESTION and information.question_id in offer.deleted:
        return _("%(label)s (deleted question)", label=word_label(offer.deleted[information.question_id]))
    return token


def gone_property(section: Section, name: str, saved: SavedMapping) -> str:
    """The label of a property that is not offered."""
    stored = saved.row(section, name)
    label = _name_stored(stored) if stored else name
    return _("%(label)s: not available", label=label)


def _name_stored(row: MappingRow) -> str:
    name = row.property_name
    return bracketed(name_property(row.section, name, row.property_label), name)


def _question_option(question: Question) -> Option:
    label = _("%(label)s (question)", label=word_label(question.label))
    return Option(Information.question(question.id).token, label, question.kind.value)


def _piece_option(question: Question, piece: Piece) -> Option:
    label = {
        Piece.FAMILY_NAME: _("%(label)s: family name", label=word_label(question.label)),
        Piece.GIVEN_NAME: _("%(label)s: given name", label=word_label(question.label)),
        Piece.HONORIFIC: _("%(label)s: form of address, such as Dr.", label=word_label(question.label)),
        Piece.BEFORE_SPACE: _("%(label)s: text before the first space", label=word_label(question.label)),
        Piece.AFTER_SPACE: _("%(label)s: text after the first space", label=word_label(question.label)),
    }[piece]
    return Option(Information.question(question.id, piece).token, label)


def _param_option(name: str) -> Option:
    return Option(Information.param(name).token, _("%(name)s (URL parameter)", name=name))


def _fact_label(fact: Fact, time_zone: str) -> str:
    return {
        Fact.START: _("Date and time (%(zone)s)", zone=zone_words(time_zone)),
        Fact.CALENDAR: _("Calendar name"),
        Fact.BOOKING_PAGE: _("Booking page address"),
        Fact.HOST: _("Host"),
        Fact.SOURCE: _("Booking source"),
        Fact.LOCATION: _("Meeting place"),
        Fact.LANGUAGE: _("Guest's language"),
    }[fact]
