"""What people press in the random sequences: retry, post, undo, watch only, go live."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from hubsync.services.bookings import held_bookings
from hubsync.services.connection import watch_only
from hubsync.services.deliveries import going_live
from hubsync.services.deliveries.dispatch import read_delivery, retry
from hubsync.services.deliveries.posting_again import post_again
from hubsync.services.deliveries.replay_worker import work_on_replays
from hubsync.services.deliveries.undoing import undo, undone_among
from hubsync.store import end_read
from tests.kit.rows import ACCOUNT
from tests.stateful.bookings import Bookings


class Deciding(Bookings):
    """Mixed into a play."""

    @precondition(lambda self: self.booked())
    @rule(data=st.data())
    def press_retry(self, data: st.DataObject) -> None:
        retry(data.draw(st.sampled_from(sorted(self.booked().values()))))
        end_read()

    @precondition(lambda self: self.forms)
    @rule(data=st.data())
    def press_post(self, data: st.DataObject) -> None:
        held_bookings.post(self.owner(), data.draw(st.sampled_from(sorted(self.forms.values()))))
        end_read()

    @precondition(lambda self: self.booked())
    @rule(data=st.data())
    def press_undo(self, data: st.DataObject) -> None:
        """What somebody else made or changed, or other bookings met, must be there afterwards as it was before."""
        delivery = read_delivery(data.draw(st.sampled_from(sorted(self.booked().values()))))
        end_read()
        before = self.standing()
        if self.has_access() and not self.watching and undo(delivery.id, self.owner().person_id):
            gone = before.keys() - self.standing().keys()
            assert gone <= self.made_by(delivery) - self.needed_beside(delivery, self.undone) - self.touched
            self.note_undone(delivery.id)
            self.met["undone, of an import"] += delivery.id in self.rows.values()
        self.hubspot_catches_up()

    @precondition(lambda self: self.undone)
    @rule(data=st.data())
    def press_post_again(self, data: st.DataObject) -> None:
        delivery_id = data.draw(st.sampled_from(sorted(self.undone)))
        post_again(delivery_id, self.owner().person_id)
        if not undone_among([delivery_id]):
            self.undone.discard(delivery_id)
            self.final.pop(delivery_id, None)
        end_read()

    @precondition(lambda self: not self.watching)
    @rule()
    def watch_only_from_now_on(self) -> None:
        watch_only.switch_on(self.acme.team_id, self.owner().person_id)
        self.acme.sandbox.state.calls.clear()
        self.watching = True

    @precondition(lambda self: self.watching)
    @rule(post_watched=st.booleans())
    def go_live(self, post_watched: bool) -> None:
        self.watching = False
        going_live.go_live(self.acme.team_id, self.owner().person_id, ACCOUNT, post_watched=post_watched)
        work_on_replays()
        end_read()

    @invariant()
    def nothing_is_written_while_the_team_watches_only(self) -> None:
        if self.watching:
            assert self.written() == []

    def undo_to_the_end_and_post_again(self) -> None:
        for each in sorted(self.undone):
            self.let_pass(timedelta(hours=30))
            undo(each, self.owner().person_id)
            self.hubspot_catches_up()
            post_again(each, self.owner().person_id)
        assert undone_among(sorted(self.undone)) == set()
        end_read()
