"""The ways on which a token is renewed, and on which access was lost."""

from __future__ import annotations

from tests.crash.driver import Command, Run, SystemUnderTest
from tests.crash.ways import COMMIT, COMPANY, CONTACT, DUE, RENEWAL, SEARCH, TOKEN, NewCompany
from tests.kit.kill_switch import AFTER_CALL, BEFORE_COMMIT, CALL_SENT


class Refresh(NewCompany):
    """The access token has expired; HubSpot renews it and lets the refresh token stay.

    Twelve boundaries reach beyond the renewal; what follows is the same as on other ways.
    """

    name = "refresh"
    reached = COMMIT | RENEWAL
    bookings = 24
    boundaries = range(1, 13)
    rotates = False

    def begin(self, system: SystemUnderTest) -> None:
        system.tell("PUT", "settings", access_token_seconds=150, rotate_refresh_tokens=self.rotates)
        system.run(["found", self.team], ["press_connect", self.team, system.code()])

    def look(self, system: SystemUnderTest, number: int, runs: list[Run]) -> None:
        assert system.count_losses(self.team) == 0, "a kill ended the access to HubSpot"


class Rotation(Refresh):
    """HubSpot answers a refresh with another refresh token, and the former one is dead.

    Killed between HubSpot's answer and the commit of it, nobody has a token that is good. Nothing can be done
    about that: access is lost, the bookings wait, and one Connect and one button post them. No other kill may end
    access.
    """

    name = "rotation"
    rotates = True
    losses = 0

    def mend(self, system: SystemUnderTest) -> list[Command]:
        if not system.is_lost(self.team):
            return []
        return [["press_connect", self.team, system.code()], ["press_replay", self.team]]

    def look(self, system: SystemUnderTest, number: int, runs: list[Run]) -> None:
        self.losses += any(_held_the_only_token(each) for each in runs)
        assert system.count_losses(self.team) == self.losses, [each.passed[-3:] for each in runs]


def _held_the_only_token(run: Run) -> bool:
    """Whether it died after HubSpot had renewed the token and before that was written down."""
    died_at = run.passed[-1:] if run.killed else []
    if died_at == [BEFORE_COMMIT]:
        return run.passed[-2:-1] == [AFTER_CALL + TOKEN]
    return died_at in ([CALL_SENT + TOKEN], [AFTER_CALL + TOKEN])


class Replay(NewCompany):
    """Access was lost and is there again; killed is the run in which somebody presses the button."""

    name = "replay"
    reached = COMMIT | SEARCH | COMPANY | CONTACT
    bookings = 30

    def begin(self, system: SystemUnderTest) -> None:
        system.tell("PUT", "settings", access_token_seconds=1800, rotate_refresh_tokens=False)
        system.run(["found", self.team], ["press_connect", self.team, system.code()])

    def prepare(self, system: SystemUnderTest, number: int) -> list[Command]:
        system.tell("POST", "uninstall")
        system.run(*super().prepare(system, number), *system.book(*self.colleague(number)))
        assert system.is_lost(self.team)
        system.run(["press_connect", self.team, system.code()])
        return [*self.mend(system), DUE]

    def mend(self, system: SystemUnderTest) -> list[Command]:
        return [["press_replay", self.team]]
