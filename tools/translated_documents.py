"""Translated documents: which one in docs/ja is older than its original, and a mark when it is not any more.

Each translation names the state of the original that it was made from, as the beginning of a SHA-256.

python -m tools.translated_documents            names the state of each
python -m tools.translated_documents SOURCES    says that docs/ja/SOURCES.md has all that its original says now
"""

from __future__ import annotations

import re
import sys
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).parents[1]
TRANSLATED = ROOT / "docs" / "ja"
_MARK = re.compile(r"<!-- original: ([0-9a-f]{12}) -->")
_HEAD = re.compile(r"^(\[English\]\([^)\n]+\)).*$", re.MULTILINE)


def original_of(translation: Path) -> Path:
    """The English document; README stands above the others."""
    return (ROOT if translation.stem == "README" else ROOT / "docs") / translation.name


def is_current(translation: Path) -> bool:
    """Whether the translation was made from its original as it is now."""
    mark = _MARK.search(translation.read_text("utf-8"))
    return mark is not None and mark[1] == _state(original_of(translation))


def mark_current(translation: Path) -> None:
    """Write down that the translation has what its original says now."""
    mark = f"<!-- original: {_state(original_of(translation))} -->"
    text = translation.read_text("utf-8")
    translation.write_text(_HEAD.sub(lambda head: f"{head[1]} {mark}", text, count=1), "utf-8")


def _state(original: Path) -> str:
    return sha256(original.read_bytes()).hexdigest()[:12]


def main(names: list[str]) -> int:
    """Mark the documents that are *named*; without any say which are older. 1 when one is."""
    for name in names:
        mark_current(TRANSLATED / f"{name}.md")
    older = [each for each in sorted(TRANSLATED.glob("*.md")) if not is_current(each)]
    for each in older:
        print(f"{each.relative_to(ROOT)} is older than {original_of(each).relative_to(ROOT)}")
    return 1 if older else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
