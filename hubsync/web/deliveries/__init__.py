"""The life of a delivery, and the log of them."""

from __future__ import annotations

from flask import Blueprint

from hubsync.web.deliveries import bulk_actions, corrections, csv_export, filters, log, replays, undo, watch_only

BLUEPRINTS: tuple[Blueprint, ...] = tuple(
    dict.fromkeys(
        module.pages
        for module in (
            bulk_actions,
            corrections,
            csv_export,
            filters,
            log,
            replays,
            undo,
            watch_only,
        )
    )
)
"""The pages of this subject. Modules that add routes to a neighbour's blueprint are named to be loaded."""
