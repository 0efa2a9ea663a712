"""Message catalogues in the place of those that HubSync ships with: small ones, and one of longer words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from math import ceil
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from flask import Flask
from flask_babel import get_babel

LONGER = 0.4
KEPT_OR_WORD = re.compile(r"(%\(\w+\)[a-z]|%%|\{\w*\}|<[^>]*>|&\w+;)|([^\W\d_]+)")
"""What the code fills in or the browser reads, and words."""


def small_catalogue(language: str, sentences: Mapping[str, str]) -> Catalog:
    """The catalogue with these *sentences*, English to translated, alone."""
    catalogue = Catalog(locale=language)
    for english, translated in sentences.items():
        catalogue.add(english, translated)
    return catalogue


def lengthen(sentence: str) -> str:
    """The *sentence* with words longer by two fifths, which have no more places to break than before."""
    return KEPT_OR_WORD.sub(
        lambda found: found[1] or found[2] + found[2][: ceil(len(found[2]) * LONGER)], sentence
    )


def longer_catalogue(language: str, known: Catalog) -> Catalog:
    """The catalogue that says in *language* all that is in the one that is *known*, in English of longer words."""
    catalogue = Catalog(locale=language)
    for message in known:
        if isinstance(message.id, str) and message.id:
            catalogue.add(message.id, lengthen(message.id), context=message.context)
        elif message.id:
            forms = (lengthen(message.id[0]), *[lengthen(message.id[1])] * (catalogue.num_plurals - 1))
            catalogue.add(message.id, forms[: catalogue.num_plurals], context=message.context)
    return catalogue


@contextmanager
def installed(app: Flask, folder: Path, catalogues: Mapping[str, Mapping[str, str]]) -> Iterator[Flask]:
    """*app* with *catalogues* alone, the translations of sentences by language, kept in *folder*."""
    with in_place(app, folder, [small_catalogue(*each) for each in catalogues.items()]):
        yield app


@contextmanager
def in_place(app: Flask, folder: Path, catalogues: Iterable[Catalog]) -> Iterator[Flask]:
    """*app* with *catalogues* alone, kept in *folder*."""
    for catalogue in catalogues:
        place = folder / "translations" / str(catalogue.locale) / "LC_MESSAGES"
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
