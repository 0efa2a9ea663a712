"""Going live: from watch only to posting, with what was watched or without it."""

from __future__ import annotations

from hubsync.services.connection import watch_only
from hubsync.services.deliveries import replays
from hubsync.store.replays import Replay


def go_live(team_id: int, person_id: int, account_id: str, *, post_watched: bool) -> Replay | None:
    """Post from now on; and what was watched, if *post_watched*, in the background. Returns the replay of it.

    Two steps, each of them whole: killed between them, the team is live, and the same press goes on with the rest.
    Pressed twice nothing is posted twice. Raises Refused as `watch_only.switch_off` does.
    """
    watch_only.switch_off(team_id, person_id, account_id)
    return replays.replay_watched(team_id, person_id, account_id, watched=post_watched)
