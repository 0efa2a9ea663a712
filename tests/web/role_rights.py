"""The words of the role matrix: what each of those who may come along gets."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

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
