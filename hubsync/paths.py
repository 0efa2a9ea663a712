"""Paths of HubSync's files: beside the package in a checkout, inside it once it is installed."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent
_INSTALLED = (_PACKAGE / "templates").is_dir()

FILES = _PACKAGE if _INSTALLED else _PACKAGE.parent
"""Holds ``templates``, ``static``, ``migrations`` and ``docs``."""
INSTANCE = (Path.cwd() if _INSTALLED else _PACKAGE.parent) / "instance"
"""The data folder: the checkout's, or once HubSync is installed that of the working folder."""
