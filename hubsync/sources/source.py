"""Booking source: what every folder of this package offers, and the one order in which a webhook is taken in."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from hubsync.domain.booking import Booking, BookingChange
from hubsync.errors import N_, BodyUnreadable, ProofMissing
from hubsync.sources.client import SourceApi
from hubsync.sources.strict_json import load_json
from hubsync.sources.teachable import Teachable

LARGEST_BODY = 1_048_576
"""Bytes of a body that a source may send; every source is read within this one limit."""

MOST_TOLD = 1_000
"""Bookings that one webhook may tell of: so many seats one time of Cal.com has at most (MAX_SEATS_PER_TIME_SLOT in
its ``packages/lib/constants.ts``), and no other source tells of several at once."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """A request of a booking source as it came: nothing of it is believed before its proof.

    *headers* and *query* hold what the source names as ``proof_headers`` and ``proof_params``, spelled as there;
    what did not come is missing or empty.
    """

    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    query: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Ignored:
    """A proved webhook that says nothing of a booking; *reason* says why it is left alone, and repeats no answer.

    *is_test* tells that the source tried the connection out, as its test button does.
    """

    reason: str
    is_test: bool = False


UNKNOWN_EVENT = Ignored(N_("This event is not about a booking that was made, moved or cancelled."))
"""What is answered to an event that nobody knows: a source may send more than it did when it was read."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A proved webhook that asks for an answer of its own: *content* is what it wants to read, as JSON.

    So a source proves that an address is ours; it says nothing of a booking.
    """

    content: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Several:
    """A proved webhook that tells of several bookings at once, such as all of those that share a time.

    There are at most `MOST_TOLD` of them.
    """

    told: tuple[Booking | BookingChange, ...]


def check_number(told: Sequence[object], place: str) -> None:
    """Raise BodyUnreadable if a webhook tells of more bookings than one may, in the list at *place*."""
    if len(told) > MOST_TOLD:
        raise BodyUnreadable(
            faults=((place, N_("tells of more than 1,000 bookings, more than one webhook may")),),
        )


Said = Booking | BookingChange | Several | Ignored | Reply
"""What a proved webhook says."""


Prove = Callable[[str, bytes, datetime], Webhook]
"""(secret, raw body, now) to the webhook that a sender makes who knows the secret; `Verify` is its counterpart."""

Verify = Callable[[Webhook, Sequence[str], datetime], None]
"""(webhook, secrets, now): raises ProofMissing unless the sender knew one of the secrets, of which there may be
none. Several are those of now and the one before, so that a secret is changed without losing a booking."""

Parse = Callable[[bytes], Any]
"""The bytes of a verified body to what `Read` takes, whatever type they are labelled as: raises BodyUnreadable."""

Read = Callable[[Any], Said]
"""What was parsed to what it says: raises BodyUnreadable with the faults, which repeat no value."""

ReadWith = Callable[[Any, Webhook], Said]
"""The same for a source whose headers say something of the booking, too: what was parsed, and the webhook."""


Answer = Callable[[Any, str], Reply | None]
"""(what was parsed, the secret that proved it) to the answer that the source wants to read; None for any other
webhook. So a source sees that an address is ours, and that we know its secret."""


TriesFirst = Callable[[Any], bool]
"""What was parsed of an unproved body to whether it does no more than try the address out: some senders make their
secret only after that went well."""

LONGEST_TRIAL = 1_000
"""Bytes of such a body; nothing longer is looked at before it is proved."""


def refuse_too_large(body: bytes) -> None:
    """Raise BodyUnreadable for a *body* that a person has and that no source may send."""
    if len(body) > LARGEST_BODY:
        raise BodyUnreadable(
            faults=(("body", N_("is larger than 1 MB, more than any source may send")),),
        )


def plain_secret(random: bytes) -> str:
    """*random* as a secret that can be pasted anywhere: letters, digits, ``-`` and ``_``."""
    return base64.urlsafe_b64encode(random).rstrip(b"=").decode("ascii")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A booking source: what people call it, where it sends to, and how that is verified and read.

    *name* is the folder's, and what bookings keep as their source; *word* stands in ``/intake/<word>/<token>``.
    *events* are those of the source's events that tell of a booking. A proof comes in *proof_headers* or
    *proof_params*, in some of them where a sender has several ways to prove itself. *summary* (in the list of
    integrations) and *subtitle* (on the source's own page) say for whom it is; they and *label* are marked for
    the catalogue, and so is *sender*, who sends where *label* names nobody.

    *configure* makes the source that a team has set up out of its options, for a source that is verified or read
    in a way that each team says for itself; None for all others. *parse* takes strict JSON where a source does
    not say otherwise. *entered_secret* tells that the sender makes the secret, which a person enters here,
    rather than the other way round. *takes_several* tells that a team may have several addresses of it. *api* is
    the source's own API, where it has one that helps. *read_with* is asked instead of *read* where a source has
    it. *write_secret* writes random bytes as the secrets that HubSync makes. *answer* is asked before *read*
    where a source asks us something itself, *tries_first* where it tries an address out before anybody can know
    its secret. *teachable* is what a team can teach a source whose bodies nobody knows beforehand.
    """

    name: str
    word: str
    label: str
    summary: str
    subtitle: str
    events: tuple[str, ...]
    verify: Verify
    read: Read
    prove: Prove
    parse: Parse = load_json
    sender: str = ""
    proof_headers: tuple[str, ...] = ()
    proof_params: tuple[str, ...] = ()
    configure: Callable[[Mapping[str, Any]], Source] | None = None
    entered_secret: bool = False
    takes_several: bool = False
    api: SourceApi | None = None
    read_with: ReadWith | None = None
    write_secret: Callable[[bytes], str] = plain_secret
    answer: Answer | None = None
    tries_first: TriesFirst | None = None
    teachable: Teachable | None = None

    def webhook(self, body: bytes, headers: Mapping[str, str], query: Mapping[str, str]) -> Webhook:
        """What came, with no more of its *headers* and *query* than the source proves itself by."""
        return Webhook(
            body,
            {name: headers.get(name, "") for name in self.proof_headers},
            {name: query.get(name, "") for name in self.proof_params},
        )

    def receive(self, webhook: Webhook, secrets: Sequence[str], now: datetime) -> Said:
        """What a proved *webhook* says: it is verified before anything of it is parsed.

        Raises ProofMissing, then BodyUnreadable. *now* is aware.
        """
        self.verify(webhook, secrets, now)
        sent = self.parse(webhook.body)
        if (
            self.answer is not None
            and (reply := self.answer(sent, self._proving(webhook, secrets, now))) is not None
        ):
            return reply
        said = self.read(sent) if self.read_with is None else self.read_with(sent, webhook)
        if isinstance(said, Several):
            check_number(said.told, "body")
        return said

    def is_trial(self, body: bytes) -> bool:
        """Whether a sender whose secret nobody knows yet tries the address out, and says nothing else."""
        if self.tries_first is None or len(body) > LONGEST_TRIAL:
            return False
        try:
            return self.tries_first(self.parse(body))
        except BodyUnreadable:
            return False

    def _proving(self, webhook: Webhook, secrets: Sequence[str], now: datetime) -> str:
        """Which of *secrets* proves *webhook*, of which one does."""
        for secret in secrets[:-1]:
            try:
                self.verify(webhook, [secret], now)
            except ProofMissing:
                continue
            return secret
        return secrets[-1]
