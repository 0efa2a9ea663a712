"""Languages that people read: names of catalogues, such as ``ja`` or ``zh_Hant``."""

from __future__ import annotations

ENGLISH = "en"
LONGEST_LANGUAGE = 16
