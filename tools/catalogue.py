"""Message catalogues: extract what the code says, update the translations, compile them.

python -m tools.catalogue

It is run after every change of a sentence, and names what has no translation yet, with its place. A catalogue is a
folder ``<package>/translations/<language>/LC_MESSAGES``; a new language begins with an empty one. The stand-ins
import nothing of HubSync, so they have catalogues of their own.
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_keywords, parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[1]
HUBSYNC = "hubsync"
PACKAGES = (HUBSYNC, "hubspot_sandbox", "scheduler_sandbox")
"""The packages with sentences of their own."""
TRANSLATIONS = ROOT / HUBSYNC / "translations"
MARKS = ("lazy_gettext", "_l", "N_", "lazy_pgettext:1c,2")
"""Names of functions that mark a sentence, beside those that Babel knows."""
WIDTH = 115
_CONFLICT = re.compile(r"^<{7} .*\n((?:.*\n)*?)={7}\n((?:.*\n)*?)>{7} .*\n", re.MULTILINE)


def extract(package: str = HUBSYNC) -> Catalog:
    """Every sentence that is marked in *package*, with the places where it is."""
    folder, mapping = ROOT, (ROOT / "babel.cfg").read_text(encoding="utf-8")
    if package != HUBSYNC:  # whose templates stand inside
        folder, mapping = ROOT / package, "[ignore: tests/**]\n[python: **.py]\n[jinja2: **.html]\n"
    methods, options = parse_mapping_cfg(io.StringIO(mapping))
    found = extract_from_dir(folder, methods, options, DEFAULT_KEYWORDS | parse_keywords(MARKS))
    catalogue = Catalog()
    for name, line, sentence, comments, context in sorted(found, key=lambda each: each[:2]):
        place = (folder / name).relative_to(ROOT).as_posix()
        catalogue.add(sentence, None, [(place, line)], auto_comments=comments, context=context)
    return catalogue


def written(package: str) -> list[Path]:
    """The file ``messages.po`` of each language of *package*."""
    return [folder / "messages.po" for folder in sorted((ROOT / package / "translations").glob("*/LC_MESSAGES"))]


def read(path: Path) -> Catalog:
    """The catalogue in the file *path*, an empty one of its folder's language where there is none.

    Where git left a conflict it has what both sides say, and of what both translate the first.
    """
    language = path.parents[1].name
    if not path.exists():
        return Catalog(locale=language, project="HubSync", fuzzy=False)
    ours, theirs = (_parse(text, language) for text in _sides(path.read_text(encoding="utf-8")))
    for message in theirs:
        if message.id and ours.get(message.id, message.context) is None:
            ours[message.id] = message
    return ours


def _parse(text: str, language: str) -> Catalog:
    return read_po(io.BytesIO(text.encode()), locale=language)


def _sides(text: str) -> tuple[str, str]:
    """The text as either side of a merge has it."""
    return _CONFLICT.sub(r"\1", text), _CONFLICT.sub(r"\2", text)


def update(catalogue: Catalog, extracted: Catalog) -> None:
    """Let *catalogue* have the sentences that are *extracted*, with the translations that it has of them."""
    catalogue.update(extracted, no_fuzzy_matching=True, update_creation_date=False)
    catalogue.obsolete.clear()


def as_text(catalogue: Catalog) -> bytes:
    """The catalogue as ``messages.po``: by place, without line numbers: every change of the code moves them."""
    made = io.BytesIO()
    write_po(made, catalogue, width=WIDTH, sort_by_file=True, include_lineno=False)
    return made.getvalue()


def compiled(catalogue: Catalog) -> bytes:
    """The catalogue as ``messages.mo``, which HubSync reads."""
    made = io.BytesIO()
    write_mo(made, catalogue)
    return made.getvalue()


def untranslated(catalogue: Catalog, extracted: Catalog) -> Iterator[Message]:
    """Those of the *extracted* sentences, with their places, that *catalogue* says nothing for."""
    for message in extracted:
        known = catalogue.get(message.id, message.context) if message.id else message
        words = known.string if known is not None else ""
        if message.id and not all(words if isinstance(words, tuple | list) else [words]):
            yield message


def place_of(message: Message) -> str:
    """Where a sentence is, and what it says."""
    name, line = message.locations[0]
    sentence = message.id if isinstance(message.id, str) else message.id[0]
    return f"{name}:{line}: {sentence}"


def main() -> int:
    """Update all catalogues; 1 where a sentence has no translation yet."""
    lacking = 0
    for package in PACKAGES:
        extracted = extract(package)
        for path in written(package):
            catalogue = read(path)
            update(catalogue, extracted)
            path.write_bytes(as_text(catalogue))
            path.with_suffix(".mo").write_bytes(compiled(catalogue))
            for message in untranslated(catalogue, extracted):
                lacking += 1
                print(f"!!  {path.parents[1].name}: {place_of(message)}")
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main())
