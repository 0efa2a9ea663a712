"""`flask demo`: `hubsync.demo`, which makes an app of its own and starts the stand-ins beside it."""

from __future__ import annotations

from hubsync.cli.lazy_command import LazyCommand

demo = LazyCommand("demo", "hubsync.demo:demo", "Try HubSync out: no settings, no account, no network.")
