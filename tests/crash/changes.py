"""The ways of bookings that are moved and cancelled before or after they are posted."""

from __future__ import annotations

from tests.crash.driver import BOOKINGS, Command, Run, SystemUnderTest
from tests.crash.faults import Unavailable
from tests.crash.ways import COMMIT, NewCompany

REMARKS = "CAST(remarks AS text)"  # JSON, which a driver may read


class Changed(Unavailable):
    """HubSpot was not there yet; killed is the run that is told of a move, then of a cancellation, and posts.

    The booking is posted all the same, and each change is there once.
    """

    name = "changed"
    bookings = 24

    def prepare(self, system: SystemUnderTest, number: int) -> list[Command]:
        due = super().prepare(system, number)
        return [*system.hear(self.booking(number).news()), *due]

    def look(self, system: SystemUnderTest, number: int, runs: list[Run]) -> None:
        word = self.booking(number).external_id
        of_it = "FROM {} JOIN bookings ON bookings.id = booking_id WHERE bookings.external_id = ? ORDER BY {}.id"
        lines = system.read("SELECT event, reason " + of_it.format(*["booking_history"] * 2), word)
        assert lines == [("moved", f"move of {word}"), ("cancelled", f"cancellation of {word}")]
        names = system.read("SELECT booking_names.external_id " + of_it.format(*["booking_names"] * 2), word)
        assert names == [(word,), (f"{word} moved",)]
        [(starts_at, is_cancelled, remarks)] = system.read(
            f"SELECT starts_at, cancelled_at IS NOT NULL, {REMARKS} FROM {BOOKINGS} WHERE external_id = ?", word
        )
        assert (str(starts_at)[:10], is_cancelled) == ("2030-01-08", True)
        assert '"cancelled"' in remarks


class Overtaken(NewCompany):
    """A booking is posted, and so is the second move that overtook its first one; killed is who joins the two."""

    name = "overtaken"
    reached = COMMIT
    bookings = 6

    def prepare(self, system: SystemUnderTest, number: int) -> list[Command]:
        system.run(*super().prepare(system, number))
        second, first = system.hear(self.booking(number).overtaken_news())
        system.run(second)
        return [first]

    def look(self, system: SystemUnderTest, number: int, runs: list[Run]) -> None:
        word = self.booking(number).external_id
        starts = system.read("SELECT starts_at FROM bookings WHERE external_id LIKE ?", f"{word} moved%")
        assert starts == []
        [(booking_id, starts_at)] = system.read("SELECT id, starts_at FROM bookings WHERE external_id = ?", word)
        assert str(starts_at)[:10] == "2030-01-09"
        names = system.read("SELECT external_id, replaced FROM booking_names WHERE booking_id = ?", booking_id)
        assert sorted(names) == [(word, 1), (f"{word} moved", 1), (f"{word} moved twice", 0)]
        assert system.read("SELECT event FROM booking_history WHERE booking_id = ?", booking_id) == [("moved",)]
        attempts = "SELECT attempts.outcome FROM attempts JOIN deliveries ON deliveries.id = delivery_id"
        outcomes = system.read(f"{attempts} WHERE booking_id = ? ORDER BY attempts.id", booking_id)
        assert outcomes == [("posted",), ("duplicate",)]
