"""Every sentence that people read is found by the command that makes the catalogues, and is in each of them.

Where a test fails for want of a translation: write the Japanese into messages.po, then run the command once more.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message

from tools import catalogue

ROOT = Path(__file__).parent.parent
COMMAND = "python -m tools.catalogue"
MARKS = {"_", "_l", "N_", "gettext", "lazy_gettext", "ngettext", "lazy_ngettext"}
IN_CONTEXT = {"pgettext", "npgettext"}
NAMES = {
    *("HubSync", "HubSpot", "Google", "Microsoft", "Python", "curl", "HTTP", "required"),
    *("iCloud", "Fastmail", "Nextcloud", "Proton", "TimeRex", "Calendly", "Cal", "com", "CalDAV", "URL"),
}
"""Names need no translation, nor does an attribute that a macro writes."""
CODE = re.compile(r"\{% block \w+_class %\}.*?\{% endblock %\}|\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
SPOKEN = re.compile(r"\b(?:aria-label|title|placeholder|alt)=(\"[^\"]*\")")
MARKUP = re.compile(
    r"<style>.*?</style>|<code[^>]*>.*?</code>|[\w-]+=\"[^\"]*\"|<(?:[^>\"]|\"[^\"]*\")*>|&\w+;", re.DOTALL
)
TRANSLATED = [path for package in catalogue.PACKAGES for path in catalogue.written(package)]
TEMPLATES = {"hubsync": "templates"}
"""The folder with a package's templates, where they are not inside."""
JAPANESE = catalogue.TRANSLATIONS / "ja" / "LC_MESSAGES" / "messages.po"
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|\{\w*\}|</?[a-z]+[^<>]*>")
GLOSSARY = ROOT / "docs" / "GLOSSARY.ja.md"
TERM = re.compile(r"^\| ([^|]+) \| ([^|]+) \|.*\|$", re.MULTILINE)
ANOTHER_WORD = (
    ("contact", r"[Pp]lease contact|or contact %|whom to contact", "the verb"),
    ("question", r"^This question was|question about another account", "a confirmation that is asked for"),
    (
        "question",
        r"^Code, questions and papers|took? the question|take the question",
        "other questions than guests are asked",
    ),
    ("sign in", r"hidden sign in it|sign in (different|another) way", "not signing in"),
    ("attempt", r"^Written down", "said without the noun"),
    ("team", r"Microsoft Teams|of Teams that", "the product of Microsoft"),
    (
        "team",
        r"[Hh]and(ed)? (the|over|.* the) team|team is handed over|The team blocks nobody",
        "オーナー権限を譲渡; no subject needed",
    ),
    (
        "booking",
        r"^Bookings reach|^It is too late|^Take bookings|^Keep the|^Move the|^Your booking has its new",
        "said without the noun",
    ),
    (
        "booking",
        r"^The booking (was moved|got a time)|many bookings are held|as it would come in",
        "said without the noun",
    ),
    ("booking", r"^Event triggers", "words of the sender's screen"),
    ("booking page", r"^A paused booking page", "the page itself says it"),
    (
        "calendar",
        r"^nobody is a host|^An archived calendar|^Where a calendar|than their calendar lets",
        "said without the noun",
    ),
    (
        "calendar",
        r"Outlook|Publish a calendar|reads the calendar again",
        "予定表, the word of Outlook; said without the noun",
    ),
    ("free times", r"^Every start time", "said without the noun"),
    ("app password", r"Privacy & Security", "words of the provider's screen"),
    ("access token", r"Personal access tokens", "words of the sender's screen"),
    ("row", r"^A calendar has a booking page", "said without the noun"),
    ("fields", r"^Hidden fields", "of another product's form"),
    ("record", r"record of processing", "another word: 処理活動の記録"),
)
"""Where a term of the glossary is translated in another way, and why."""


@cache
def extracted(package: str) -> Catalog:
    """What the command finds in *package*."""
    return catalogue.extract(package)


def package_of(path: Path) -> str:
    """The package that the catalogue at *path* is for."""
    return path.parents[3].name


def language_of(path: Path) -> str:
    """Package and language of the catalogue at *path*, the name of its cases."""
    return f"{package_of(path)}-{path.parents[1].name}"


@cache
def _read(path: Path) -> Catalog:
    return catalogue.read(path)


def marked(path: Path) -> Iterator[tuple[str | None, str]]:
    """(context, sentence) of what *path* marks; what is translated by a variable is marked where it is written.

    Before Python 3.12 pybabel looks into no f-string.
    """
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not node.args or not isinstance(node.args[0], ast.Constant):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name in IN_CONTEXT and isinstance(node.args[1], ast.Constant):
            yield node.args[0].value, node.args[1].value
        elif name in MARKS and isinstance(node.args[0].value, str):
            yield None, node.args[0].value


def english(message: Message) -> str:
    """The sentence, that of many where it has two."""
    return message.id if isinstance(message.id, str) else message.id[-1]


def words_of(message: Message) -> list[str]:
    """What a catalogue says for it, one for each form of the plural."""
    return [message.string] if isinstance(message.string, str) else list(message.string)


def is_another(term: str, sentence: str) -> bool:
    """Whether the *term* of the glossary means something else in the *sentence*."""
    return any(each == term and re.search(part, sentence) for each, part, _reason in ANOTHER_WORD)


def test_undone_cannot_be_taken_for_cancelled() -> None:
    """取り消す could be either, so it is left to what is withdrawn or revoked."""
    either = [each for each in _read(JAPANESE) if each.id and re.search("取り?消", " ".join(words_of(each)))]
    assert either
    strange = [english(each) for each in either if not re.search("[Ww]ithdr|revoke|permission was", english(each))]
    assert strange == []


def test_of_a_merge_conflict_both_sides_are_taken(tmp_path: Path) -> None:
    path = tmp_path / "ja" / "LC_MESSAGES" / "messages.po"
    path.parent.mkdir(parents=True)
    ours, theirs = ('\nmsgid "yes"\nmsgstr "はい"\n', '\nmsgid "no"\nmsgstr "いいえ"\n')
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n'
    path.write_text(f"{head}<<<<<<< HEAD\n{ours}=======\n{theirs}>>>>>>> a commit\n", encoding="utf-8")
    assert {each.id: each.string for each in catalogue.read(path) if each.id} == {"yes": "はい", "no": "いいえ"}


def test_the_documents_name_this_command() -> None:
    for document in ("docs/ARCHITECTURE.md", "hubsync/web/shell/i18n.py", "CONTRIBUTING.md"):
        assert COMMAND in (ROOT / document).read_text(encoding="utf-8")


@pytest.mark.parametrize("package", catalogue.PACKAGES)
def test_every_marked_sentence_of_the_code_is_found(package: str) -> None:
    found = extracted(package)
    missed = [
        f"{path.relative_to(ROOT)}: {text}"
        for path in sorted((ROOT / package).rglob("*.py"))
        for context, text in marked(path)
        if found.get(text, context) is None
    ]
    assert missed == []
    assert len(list(found)) > 100


@pytest.mark.parametrize("package", catalogue.PACKAGES)
def test_only_what_people_read_is_looked_through(package: str) -> None:
    places = {place for message in extracted(package) for place, _line in message.locations}
    assert {place.partition("/")[0] for place in places} == {package, TEMPLATES.get(package, package)}
    assert not any("/tests/" in place for place in places)


@pytest.mark.parametrize("kind", ["html", "txt"])
@pytest.mark.parametrize("package", catalogue.PACKAGES)
def test_no_template_says_anything_that_is_not_marked(package: str, kind: str) -> None:
    spoken = {}
    for path in sorted((ROOT / TEMPLATES.get(package, package)).rglob(f"*.{kind}")):
        if path.name.count(".") > 1:  # code to copy, and a file for HubSpot's own tools
            continue
        bare = CODE.sub(" ", path.read_text(encoding="utf-8"))
        bare = MARKUP.sub(" ", bare) + " ".join(SPOKEN.findall(bare))
        if words := set(re.findall(r"[^\W\d_]{2,}", bare)) - NAMES:
            spoken[str(path.relative_to(ROOT))] = sorted(words)
    assert spoken == {}


def test_japanese_is_among_the_languages() -> None:
    assert [language_of(path) for path in TRANSLATED] == [f"{package}-ja" for package in catalogue.PACKAGES]


@pytest.mark.parametrize("path", TRANSLATED, ids=language_of)
def test_every_sentence_has_a_translation(path: Path) -> None:
    untranslated = catalogue.untranslated(_read(path), extracted(package_of(path)))
    assert [catalogue.place_of(message) for message in untranslated] == []


@pytest.mark.parametrize("path", TRANSLATED, ids=language_of)
def test_no_catalogue_has_more_than_the_sentences_and_nothing_that_is_unsure(path: Path) -> None:
    translated, found = _read(path), extracted(package_of(path))
    gone = [english(each) for each in translated if each.id and found.get(each.id, each.context) is None]
    assert gone == [], f"{COMMAND} takes them out"
    assert [english(each) for each in translated if each.id and each.fuzzy] == []
    assert list(translated.obsolete) == []


@pytest.mark.parametrize("path", TRANSLATED, ids=language_of)
def test_the_compiled_catalogue_says_what_the_written_one_says(path: Path) -> None:
    compiled = path.with_suffix(".mo").read_bytes()
    assert compiled == catalogue.compiled(_read(path)), f"{COMMAND} compiles it"


@pytest.mark.parametrize("path", TRANSLATED, ids=language_of)
def test_every_translation_has_the_placeholders_and_the_markup_of_its_sentence(path: Path) -> None:
    other = [
        (english(each), words)
        for each in _read(path)
        for words in words_of(each)
        if each.id and set(PLACEHOLDER.findall(words)) != set(PLACEHOLDER.findall(english(each)))
    ]
    assert other == []


def test_japanese_is_written_as_the_glossary_says() -> None:
    rules = GLOSSARY.read_text(encoding="utf-8").partition("## 決まっている訳語")[2].partition("\n## ")[0]
    terms = [(term, words.split("、")) for term, words in TERM.findall(rules) if term not in ("English", "---")]
    assert len(terms) > 80
    used, others = set(), []
    for message in _read(JAPANESE):
        if not message.id:
            continue
        sentence, translation = PLACEHOLDER.sub(" ", english(message)), " ".join(words_of(message))
        for term, words in terms:
            if not re.search(rf"(?<![\w.-]){term}s?(?![\w-])", sentence, re.IGNORECASE):
                continue
            used.add(term)
            if not any(each in translation for each in words) and not is_another(term, english(message)):
                others.append((term, english(message), translation))
    assert others == []
    assert sorted({term for term, _words in terms} - used) == []


@pytest.mark.parametrize(
    "path", [each for each in TRANSLATED if language_of(each).endswith("-ja")], ids=language_of
)
def test_no_japanese_sentence_is_set_like_a_latin_one(path: Path) -> None:
    letter = r"[぀-ヿ一-鿿]"
    strange = re.compile(
        rf"{letter} [A-Za-z0-9%]|[A-Za-z0-9] {letter}|[｡-ﾟ]|{letter}[,.:;?!](?:\s|$)|ブラウザ(?!ー)"
    )
    found = [words for each in _read(path) if each.id for words in words_of(each) if strange.search(words)]
    assert found == []
