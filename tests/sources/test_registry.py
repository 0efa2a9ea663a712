"""Sources are found by being there."""

from __future__ import annotations

from pathlib import Path

import pytest

from hubsync import sources
from hubsync.sources import signed_json
from hubsync.sources.registry import SOURCES, discover

FOLDER = """
from dataclasses import replace
from hubsync.sources.signed_json import SOURCE as MODEL
SOURCE = replace(MODEL, name={name!r}, word={word!r})
"""


def test_every_folder_is_a_source_under_the_name_its_bookings_carry():
    folders = sorted(each.parent.name for each in Path(sources.__file__).parent.glob("*/__init__.py"))
    assert list(SOURCES) == folders
    assert {name: source.name for name, source in SOURCES.items()} == {name: name for name in folders}
    assert SOURCES["signed_json"] is signed_json.SOURCE


def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, **folders: tuple[str, str]) -> str:
    """A package with a folder for each (name, word)."""
    package = f"sources_{len(list(tmp_path.iterdir()))}_{'_'.join(folders)}"
    for folder, (name, word) in folders.items():
        (tmp_path / package / folder).mkdir(parents=True)
        (tmp_path / package / folder / "__init__.py").write_text(FOLDER.format(name=name, word=word))
    (tmp_path / package / "__init__.py").touch()
    (tmp_path / package / "shared.py").touch()  # a module beside the folders is none
    monkeypatch.syspath_prepend(str(tmp_path))
    return package


def test_they_stand_in_the_order_of_their_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    package = made(tmp_path, monkeypatch, zeta=("zeta", "a"), alpha=("alpha", "z"), mid=("mid", "m"))
    found = [(name, source.word) for name, source in discover(package).items()]
    assert found == [("alpha", "z"), ("mid", "m"), ("zeta", "a")]


def test_a_source_under_another_name_than_its_folders_is_a_mistake(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    with pytest.raises(ValueError, match="is called other"):
        discover(made(tmp_path, monkeypatch, one=("other", "one")))


def test_two_sources_of_one_address_are_a_mistake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(ValueError, match="/intake/same/"):
        discover(made(tmp_path, monkeypatch, one=("one", "same"), two=("two", "same")))
