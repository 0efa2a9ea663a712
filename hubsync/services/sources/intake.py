"""Intake of webhooks: what a booking source sends is verified, read and completed, and listed on its page."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace

from hubsync.domain.booking import Booking, BookingChange, BookingEvent
from hubsync.domain.fingerprints import fingerprint
from hubsync.domain.received import Result
from hubsync.errors import (
    N_,
    BodyUnreadable,
    BookingErased,
    BookingNotKept,
    NotFound,
    ProofMissing,
    SecretNotEntered,
)
from hubsync.net.deadline import Deadline
from hubsync.services import now
from hubsync.services.bookings import changes
from hubsync.services.bookings.completion import take_in, translate_faults
from hubsync.services.deliveries.dispatch import read_delivery
from hubsync.services.sources.comparison_rows import came_after_all
from hubsync.services.sources.endpoints import Endpoint, find_endpoint, prefix_of
from hubsync.services.sources.received import Line, note
from hubsync.services.sources.samples import keep_sent
from hubsync.sources.source import Ignored, Reply, Said, Several, Source, Webhook
from hubsync.store.bookings import BookingRecord

AT_MOST_SECONDS = 2.0
"""From when a webhook is here until its first attempt at HubSpot ends.

The most impatient sender waits three seconds for its answer. What is left is for what follows such an attempt: its
outcome is written to the disk, which on a busy machine has taken half a second.
"""
LONGEST_ID = 255


@dataclass(frozen=True)
class Received:
    """What is answered to a webhook that was taken.

    *delivery_id* and *state* are those of the delivery it is about, *ignored* says why it is about none, *reply*
    is what the source wants to read.
    """

    delivery_id: int | None = None
    state: str = ""
    ignored: str = ""
    reply: Mapping[str, str] | None = None


@dataclass
class Intake:
    """One webhook on its way in; *endpoint_id* and *line* are what its list gets, known as far as it came."""

    source: Source
    endpoint_id: int | None = None
    line: Line = field(default_factory=lambda: Line(Result.NOT_PROVED, proved=False))

    def receive(self, token: str, body: bytes, headers: Mapping[str, str], query: Mapping[str, str]) -> Received:
        """Complete the booking in what came to the address of the source with *token*.

        Raises ProofMissing for an unknown address as for a bad proof, SecretUnreadable when no key opens the
        secret, SecretNotEntered while there is none, BodyUnreadable with the faults, and BookingNotKept when the
        database would not take it now.
        """
        deadline = Deadline.after(AT_MOST_SECONDS)
        with translate_faults():
            try:
                endpoint = find_endpoint(self.source, token)
            except ProofMissing:
                _prove_in_vain(self.source, body, headers, query)
                raise
            self.endpoint_id = endpoint.id
            webhook = endpoint.source.webhook(body, headers, query)
            try:
                return self._receive_at(endpoint, webhook, deadline)
            except (ProofMissing, SecretNotEntered) as missing:
                # Whoever sent it learns no more than that; whoever reads the list can put it right.
                place = ", ".join((*endpoint.source.proof_headers, *endpoint.source.proof_params))
                self.line = Line(Result.NOT_PROVED, faults=((place, missing.message),), proved=False)
                raise
            except BodyUnreadable as unreadable:
                if self.line.result is not Result.SAMPLED:
                    self.line = Line(Result.UNREADABLE, faults=unreadable.faults)
                raise
            except BookingNotKept:
                self.line = Line(Result.NOT_KEPT)
                raise

    def _receive_at(self, endpoint: Endpoint, webhook: Webhook, deadline: Deadline) -> Received:
        """What becomes of *webhook* at the address that it came to. Raises as `receive` does."""
        if not endpoint.secrets:
            if not endpoint.source.is_trial(webhook.body):
                raise SecretNotEntered(N_("No secret has been entered here yet."))
            self.line = Line(Result.TESTED, proved=False)
            return Received(ignored="The address is right. Enter the secret next.")
        if endpoint.disabled:  # whatever it says: nothing of it is looked at, or kept
            endpoint.source.verify(webhook, endpoint.secrets, now())
            self.line = Line(Result.DISABLED)
            return Received(ignored="This address is switched off.")
        if not endpoint.taught:
            self._keep_sample(endpoint, webhook)
        said = endpoint.source.receive(webhook, endpoint.secrets, now())
        return self.take(endpoint.team_id, endpoint.prefix, said, deadline)

    def _keep_sample(self, endpoint: Endpoint, webhook: Webhook) -> None:
        """Keep a body of a sender that nobody taught yet, in the place of one that was pasted.

        It comes in when its fields are saved, with those that are kept behind it. All the same it is asked for
        again: nobody knows whether they will be. Raises ProofMissing, then BodyUnreadable in any case.
        """
        endpoint.source.verify(webhook, endpoint.secrets, now())
        teachable = endpoint.source.teachable
        if teachable is not None:  # what nothing can be pointed at in is no sample
            teachable.draw_tree(teachable.open_sample(webhook.body))
        reason = N_("waits for its fields to be taught: send it again then")
        if keep_sent(endpoint.id, webhook.body):
            self.line = Line(Result.SAMPLED)
            reason = N_("is kept, and comes in when its fields are taught")
        raise BodyUnreadable(N_("The fields of this sender have not been taught yet."), faults=(("body", reason),))

    def take(self, team_id: int, prefix: str, said: Said, deadline: Deadline) -> Received:
        """What becomes of what a proved webhook said; calls end with *deadline*. Raises BookingNotKept."""
        match said:
            case Ignored():
                why = () if said.is_test else (("", said.reason),)
                self.line = Line(Result.TESTED if said.is_test else Result.IGNORED, faults=why)
                return Received(ignored=said.reason)
            case Reply():
                self.line = Line(Result.REPLIED)
                return Received(reply=said.content)
            case Several():
                return self._take_all(team_id, prefix, said, deadline)
        return self._take_one(team_id, prefix, said, deadline.left())

    def _take_all(self, team_id: int, prefix: str, said: Several, deadline: Deadline) -> Received:
        """Take one after the other within the time of one; answered and listed is the first that is known here."""
        taken = [(self._take_one(team_id, prefix, each, deadline.left()), self.line) for each in said.told]
        received, self.line = next((each for each in taken if each[0].delivery_id is not None), taken[0])
        return received

    def _take_one(self, team_id: int, prefix: str, said: Booking | BookingChange, seconds: float) -> Received:
        told = prefixed(said, prefix)
        try:
            done = self._complete(team_id, told, seconds)
        except BookingErased as erased:
            self.line = Line(Result.ERASED, told.event)
            return Received(erased.delivery_id, erased.state)
        except NotFound:  # its calendar or team was deleted while it was posted: never answered with 404
            self.line = Line(Result.ERASED, told.event)
            return Received(ignored="This booking was deleted here meanwhile.")
        return done

    def _complete(self, team_id: int, told: Booking | BookingChange, seconds: float) -> Received:
        if isinstance(told, Booking):
            completed = take_in(team_id, told, at_most_seconds=seconds)
            delivery, result = completed.delivery, completed.result
            self._note_arrival(told, delivery.booking)
        else:
            changed = changes.change(team_id, told)
            if changed is None:
                self.line = Line(Result.UNKNOWN_BOOKING, told.event)
                return Received(ignored="This booking never came here.")
            delivery, result = read_delivery(changed.delivery.id), changed.result
        self.line = Line(result, told.event, delivery.id)
        return Received(delivery.id, delivery.state)

    def _note_arrival(self, told: Booking, booking: BookingRecord) -> None:
        """A comparison may have seen in the source's list what was on its way here."""
        came = told.event is BookingEvent.COMPLETED and booking.external_id == told.external_id
        if came and booking.by_comparison and self.endpoint_id is not None:
            came_after_all(self.endpoint_id, booking)


def take_body(
    team_id: int, source: Source, number: int, endpoint_id: int, body: bytes, seconds: float = AT_MOST_SECONDS
) -> Received:
    """Take *body* in that came to an endpoint before and was kept, by *source* as it is configured now.

    It is posted in so many *seconds*, or else by the background. Raises BookingNotKept, and BodyUnreadable, which
    is listed.
    """
    intake = Intake(source, endpoint_id)
    try:
        with translate_faults():
            said = source.read(source.parse(body))
            return intake.take(team_id, prefix_of(source, number), said, Deadline.after(seconds))
    except BodyUnreadable as unreadable:
        intake.line = Line(Result.UNREADABLE, faults=unreadable.faults)
        raise
    finally:
        if intake.line.proved:
            note(endpoint_id, intake.line)


def _prove_in_vain(source: Source, body: bytes, headers: Mapping[str, str], query: Mapping[str, str]) -> None:
    """Verify what came to an address that nobody has, so that it is refused in the time of one that exists."""
    with suppress(ProofMissing):
        source.verify(source.webhook(body, headers, query), [fingerprint("nobody's")], now())


def prefixed(told: Booking | BookingChange, prefix: str) -> Booking | BookingChange:
    """The same with its ids told apart from those of the team's other endpoints of this source."""
    if isinstance(told, BookingChange):
        return replace(told, external_ids=tuple(prefixed_id(each, prefix) for each in told.external_ids))
    return prefixed_booking(told, prefix)


def prefixed_booking(booking: Booking, prefix: str) -> Booking:
    """`prefixed` for a whole booking."""
    return replace(
        booking,
        external_id=prefixed_id(booking.external_id, prefix),
        calendar_external_id=prefixed_id(booking.calendar_external_id, prefix),
        replaces=prefixed_id(booking.replaces, prefix),
        replaced_by=prefixed_id(booking.replaced_by, prefix),
    )


def prefixed_id(external_id: str, prefix: str) -> str:
    """The source's own id of a booking as it is kept."""
    if not prefix or not external_id:
        return external_id
    if len(external_id) > LONGEST_ID - len(prefix):
        external_id = fingerprint(external_id)
    return prefix + external_id
