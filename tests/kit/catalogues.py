"""Small message catalogues, in the place of those that HubSync ships with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from flask import Flask
from flask_babel import get_babel


@contextmanager
def installed(app: Flask, folder: Path, catalogues: Mapping[str, Mapping[str, str]]) -> Iterator[Flask]:
    """*app* with *catalogues* alone, the translations of sentences by language, kept in *folder*."""
    for name, sentences in catalogues.items():
        catalogue = Catalog(locale=name)
        for english, translated in sentences.items():
            catalogue.add(english, translated)
        place = folder / "translations" / name / "LC_MESSAGES"
        place.mkdir(parents=True)
        with (place / "messages.mo").open("wb") as file:
            write_mo(file, catalogue)
    # Flask-Babel's own setting, read when the app was made.
    with app.app_context():
        babel = get_babel()
        directories, loaded = babel.translation_directories, babel.instance.domain_instance.cache
    shipped = list(directories)
    loaded.clear()
    directories[:] = [str(folder / "translations")]
    try:
        yield app
    finally:
        directories[:] = shipped  # other tests share the app
        loaded.clear()
