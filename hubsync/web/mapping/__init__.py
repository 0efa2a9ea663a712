"""The mapping of a calendar: editor, preview, trial, copying, files."""

from __future__ import annotations

from flask import Blueprint

from hubsync.web.mapping import copying, editor, editor_state, free_domains, mapping_files, no_company, preview

BLUEPRINTS: tuple[Blueprint, ...] = tuple(
    dict.fromkeys(
        module.pages
        for module in (
            copying,
            editor,
            editor_state,
            free_domains,
            mapping_files,
            no_company,
            preview,
        )
    )
)
"""The pages of this subject. Modules that add routes to a neighbour's blueprint are named to be loaded."""
