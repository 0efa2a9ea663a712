"""Every sentence that people read is found by the command that makes the message catalogue."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

ROOT = Path(__file__).parent.parent
COMMAND = "pybabel extract -F babel.cfg -k lazy_gettext -k _l -k N_"
MARKS = {"_", "_l", "N_", "gettext", "lazy_gettext", "ngettext", "lazy_ngettext", "pgettext", "npgettext"}
NAMES = {
    *("HubSync", "HubSpot", "Google", "Microsoft", "Python", "curl", "HTTP", "required"),
    *("iCloud", "Fastmail", "Nextcloud", "Proton"),
}
"""Names need no translation, nor does an attribute that a macro writes."""
CODE = re.compile(r"\{% block \w+_class %\}.*?\{% endblock %\}|\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
SPOKEN = re.compile(r"\b(?:aria-label|title|placeholder|alt)=(\"[^\"]*\")")
MARKUP = re.compile(r"<code[^>]*>.*?</code>|[\w-]+=\"[^\"]*\"|<(?:[^>\"]|\"[^\"]*\")*>|&\w+;", re.DOTALL)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """What the command finds."""
    target = tmp_path_factory.mktemp("catalogue") / "messages.pot"
    arguments = [*COMMAND.split()[1:], "-o", str(target), "."]
    pybabel = [sys.executable, "-m", "babel.messages.frontend"]
    subprocess.run([*pybabel, *arguments], cwd=ROOT, check=True, capture_output=True, timeout=60)
    with target.open("rb") as file:
        return read_po(file)


def marked(path: Path) -> Iterator[str]:
    """The sentences that *path* marks; what is translated by a variable is marked where it is written.

    Before Python 3.12 pybabel looks into no f-string.
    """
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not node.args or not isinstance(node.args[0], ast.Constant):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name in MARKS and isinstance(node.args[0].value, str):
            yield node.args[0].value


def test_the_documents_name_this_command() -> None:
    for document in ("docs/ARCHITECTURE.md", "hubsync/web/shell/i18n.py"):
        assert COMMAND in (ROOT / document).read_text(encoding="utf-8")


def test_every_marked_sentence_of_the_code_is_found(found: Catalog) -> None:
    ours = sorted((ROOT / "hubsync").rglob("*.py"))
    missed = [f"{path.relative_to(ROOT)}: {text}" for path in ours for text in marked(path) if text not in found]
    assert missed == []
    assert len(list(found)) > 500


def test_only_what_people_read_is_looked_through(found: Catalog) -> None:
    packages = {place.partition("/")[0] for message in found for place, _line in message.locations}
    assert packages == {"hubsync", "templates"}


@pytest.mark.parametrize("kind", ["html", "txt"])
def test_no_template_says_anything_that_is_not_marked(kind: str) -> None:
    spoken = {}
    for path in sorted((ROOT / "templates").rglob(f"*.{kind}")):
        if path.name.count(".") > 1:  # code to copy, and a file for HubSpot's own tools
            continue
        bare = CODE.sub(" ", path.read_text(encoding="utf-8"))
        bare = MARKUP.sub(" ", bare) + " ".join(SPOKEN.findall(bare))
        if words := set(re.findall(r"[^\W\d_]{2,}", bare)) - NAMES:
            spoken[str(path.relative_to(ROOT))] = sorted(words)
    assert spoken == {}
