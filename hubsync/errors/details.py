"""Details of errors: what exactly happened, where a code alone does not say it.

A detail is stored as its code with names and numbers, and worded when it is shown, in the reader's language: logs
and the command line have its English. The sentences stand here alone; `N_` marks them for the message catalogue.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from hubsync.errors.marks import N_

LONGEST_VALUE = 900
"""Of a list of names; a sentence with it has at most a thousand characters."""


class DetailCode(StrEnum):
    """What a detail says. The values are stored; none is ever renamed."""

    UNDOCUMENTED = "undocumented"
    NOT_NOW = "not_now"
    SENT_ELSEWHERE = "sent_elsewhere"
    FAULT = "fault"
    SUPPORT_HAS_TO_ACT = "support_has_to_act"
    WEB_PAGE = "web_page"
    LIMIT_REACHED = "limit_reached"
    TOKEN_NOT_ACCEPTED = "token_not_accepted"  # noqa: S105
    RECORD_GONE = "record_gone"
    REFERRED_GONE = "referred_gone"
    REFUSED = "refused"
    REQUIRES_MORE = "requires_more"
    REQUIRES_NAMED = "requires_named"
    RIGHT_MISSING = "right_missing"
    PERMISSION_MISSING = "permission_missing"
    PERMISSIONS_NAMED = "permissions_named"
    VALUES_NOT_TAKEN = "values_not_taken"
    CONTACT_EXISTS = "contact_exists"
    EXISTS_UNSEEN = "exists_unseen"
    EXISTS_NOWHERE = "exists_nowhere"
    CONFLICT = "conflict"
    TAKES_NO_MORE = "takes_no_more"
    TAKES_NO_MORE_RECORDS = "takes_no_more_records"
    PERSON_FORGOTTEN = "person_forgotten"
    NOT_ACTIVE = "not_active"
    NOT_ASSOCIATED = "not_associated"
    CREATE_LOST = "create_lost"
    CODE_NOT_TAKEN = "code_not_taken"
    AUTHORIZATION_GONE = "authorization_gone"
    APP_NOT_ACCEPTED = "app_not_accepted"
    NO_TIME = "no_time"
    NOT_SET = "not_set"
    TOKEN_UNFIT = "token_unfit"  # noqa: S105
    KEY_REFUSED_ONCE = "key_refused_once"
    ACCESS_REFUSED = "access_refused"
    RENEWAL_TOO_SLOW = "renewal_too_slow"
    RENEWAL_PAUSED = "renewal_paused"
    NOT_REACHED = "not_reached"
    SENT_NOT_READ = "sent_not_read"
    DONE_NOT_READ = "done_not_read"
    NOT_READ = "not_read"
    MISTAKE = "mistake"


SENTENCES: Mapping[str, str] = {
    DetailCode.UNDOCUMENTED: N_("HubSpot answered %(answer)s, but not with what it documents."),
    DetailCode.NOT_NOW: N_("HubSpot answered %(answer)s: not now."),
    DetailCode.SENT_ELSEWHERE: N_(
        "HubSpot's address answered %(answer)s and sent us elsewhere, which HubSync does not follow."
    ),
    DetailCode.FAULT: N_("HubSpot answered %(answer)s: it had a fault."),
    DetailCode.SUPPORT_HAS_TO_ACT: N_("HubSpot answered %(answer)s: HubSpot's support has to act."),
    DetailCode.WEB_PAGE: N_("Something before HubSpot's API answered %(answer)s with a web page."),
    DetailCode.LIMIT_REACHED: N_("HubSpot answered %(answer)s: its limit %(limit)s is reached."),
    DetailCode.TOKEN_NOT_ACCEPTED: N_("HubSpot answered %(answer)s: the access token is not accepted."),
    DetailCode.RECORD_GONE: N_("HubSpot answered %(answer)s: the record does not exist."),
    DetailCode.REFERRED_GONE: N_(
        "HubSpot answered %(answer)s: the record %(record)s that was referred to does not exist."
    ),
    DetailCode.REFUSED: N_("HubSpot answered %(answer)s: the request was refused."),
    DetailCode.REQUIRES_MORE: N_("HubSpot answered %(answer)s: the account requires more properties."),
    DetailCode.REQUIRES_NAMED: N_(
        "HubSpot answered %(answer)s: the account requires more properties: %(properties)s."
    ),
    DetailCode.RIGHT_MISSING: N_("HubSpot answered %(answer)s: the right to %(right)s is missing."),
    DetailCode.PERMISSION_MISSING: N_("HubSpot answered %(answer)s: a permission is missing."),
    DetailCode.PERMISSIONS_NAMED: N_("HubSpot answered %(answer)s: a permission is missing: %(scopes)s."),
    DetailCode.VALUES_NOT_TAKEN: N_("HubSpot answered %(answer)s: it does not take the values of %(properties)s."),
    DetailCode.CONTACT_EXISTS: N_("HubSpot answered %(answer)s: a contact with this e-mail exists."),
    DetailCode.EXISTS_UNSEEN: N_(
        "HubSpot answered %(answer)s: the contact exists, and refuses the look-up of its address."
    ),
    DetailCode.EXISTS_NOWHERE: N_(
        "HubSpot answered %(answer)s: the contact exists, and has none with this address."
    ),
    DetailCode.CONFLICT: N_(
        "HubSpot answered %(answer)s: it conflicts with something that HubSpot does not name."
    ),
    DetailCode.TAKES_NO_MORE: N_("HubSpot answered %(answer)s: the account takes no more."),
    DetailCode.TAKES_NO_MORE_RECORDS: N_("HubSpot answered %(answer)s: the account takes no more records."),
    DetailCode.PERSON_FORGOTTEN: N_("HubSpot answered %(answer)s: HubSpot was told to forget this person."),
    DetailCode.NOT_ACTIVE: N_("HubSpot answered %(answer)s: the account is not active."),
    DetailCode.NOT_ASSOCIATED: N_("HubSpot answered that it did not make the association."),
    DetailCode.CREATE_LOST: N_("The answer to a create was lost, and HubSpot refused the search for the company."),
    DetailCode.CODE_NOT_TAKEN: N_("HubSpot does not take the authorization code (%(word)s)."),
    DetailCode.AUTHORIZATION_GONE: N_("The authorization at HubSpot is gone (%(word)s)."),
    DetailCode.APP_NOT_ACCEPTED: N_("HubSpot does not accept this installation's app (%(word)s)."),
    DetailCode.NO_TIME: N_("No time was left to ask HubSpot."),
    DetailCode.NOT_SET: N_("%(one)s or %(other)s is not set"),
    DetailCode.TOKEN_UNFIT: N_("The access token has characters in it that no token of HubSpot's has."),
    DetailCode.KEY_REFUSED_ONCE: N_("HubSpot refuses the service key for this call alone."),
    DetailCode.ACCESS_REFUSED: N_("HubSpot refuses the access."),
    DetailCode.RENEWAL_TOO_SLOW: N_("HubSpot took too long to renew the access."),
    DetailCode.RENEWAL_PAUSED: N_(
        "Renewing the access to HubSpot failed a moment ago; HubSync tries again in %(seconds)s s."
    ),
    DetailCode.NOT_REACHED: N_("HubSpot could not be reached: %(obstacle)s."),
    DetailCode.SENT_NOT_READ: N_("The request was sent, but the answer was not read: %(obstacle)s."),
    DetailCode.DONE_NOT_READ: N_("HubSpot answered %(answer)s, but the answer could not be read: %(obstacle)s."),
    DetailCode.NOT_READ: N_("HubSpot's answer could not be read: %(obstacle)s."),
    DetailCode.MISTAKE: N_("HubSync made a mistake: %(mistake)s"),
}


class Obstacle(StrEnum):
    """Why no whole answer came. The values are stored; none is ever renamed."""

    ADDRESS_REFUSED = "address_refused"
    CERTIFICATE = "certificate"
    NO_TLS = "no_tls"
    NO_HOST = "no_host"
    CONNECTION_REFUSED = "connection_refused"
    TOO_SLOW = "too_slow"
    TOO_LARGE = "too_large"
    ENCODING = "encoding"
    PROXY = "proxy"
    TRUST_FILE = "trust_file"
    BROKEN_OFF = "broken_off"


OBSTACLES: Mapping[str, str] = {
    Obstacle.ADDRESS_REFUSED: N_("its network address is not a public one"),
    Obstacle.CERTIFICATE: N_("its certificate was not accepted (%(certificate)s)"),
    Obstacle.NO_TLS: N_("no secure connection could be agreed on"),
    Obstacle.NO_HOST: N_("its host name was not found"),
    Obstacle.CONNECTION_REFUSED: N_("the connection was refused"),
    Obstacle.TOO_SLOW: N_("it took too long"),
    Obstacle.TOO_LARGE: N_("it is too large"),
    Obstacle.ENCODING: N_("it is not compressed as it says"),
    Obstacle.PROXY: N_("the proxy refused to connect to it"),
    Obstacle.TRUST_FILE: N_("the file of trusted certificates was not found"),
    Obstacle.BROKEN_OFF: N_("the connection broke off"),
}
"""Each as the end of a sentence; *certificate* is what the TLS library says of it."""

CODE, OBSTACLE, ANSWER = "code", "obstacle", "answer"
IN_BRACKETS = N_("%(text)s (%(aside)s)")
"""HubSpot's status and what HubSpot calls the fault: each language has its own brackets."""


@dataclass(frozen=True, slots=True)
class Detail:
    """A sentence by its *code*, with the names and numbers in it: never a guest's answer, and never a token."""

    code: str
    values: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        """In English, for logs and the command line."""
        return self.word(str)

    def word(self, translate: Callable[[str], str]) -> str:
        """In the language of *translate*; empty for a code of another version, and a gap in it reads as “?”."""
        values = _Known(self.values)
        if (obstacle := OBSTACLES.get(self.values.get(OBSTACLE, ""))) is not None:
            values[OBSTACLE] = translate(obstacle) % values
        status, _, category = self.values.get(ANSWER, "").partition(" (")
        if category:
            values[ANSWER] = translate(IN_BRACKETS) % {"text": status, "aside": category.removesuffix(")")}
        sentence = SENTENCES.get(self.code)
        return translate(sentence) % values if sentence is not None else ""

    def stored(self) -> dict[str, str]:
        """As an attempt keeps it."""
        return {CODE: self.code, **{name: value[:LONGEST_VALUE] for name, value in self.values.items()}}


def tell(code: DetailCode, **values: object) -> Detail:
    """The detail *code* with its *values*."""
    return Detail(code.value, {name: str(value) for name, value in values.items()})


def read_detail(stored: Mapping[str, str]) -> Detail | None:
    """The detail that `Detail.stored` wrote down; None where nothing was."""
    return Detail(stored[CODE], {name: each for name, each in stored.items() if name != CODE}) if stored else None


class _Known(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return "?"
