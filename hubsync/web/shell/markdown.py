"""Markdown renderer: guides of the docs folder as pages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import zip_longest

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup, escape

# HTML inside a guide is shown as text. https://markdown-it-py.readthedocs.io/en/latest/security.html
_READER = MarkdownIt("commonmark", {"html": False}).enable("table")
_ANCHOR = re.compile(r"""<a id="([a-z0-9-]+)"></a>""")
_OTHER_LANGUAGE = re.compile(r"\A\s*\[[^\]\n]*\]\([^)\n]*\.md\)[^\n]*\n")


def split_title(text: str) -> tuple[Markup, str]:
    """The guide's first heading, and what follows it but for the line that leads to the guide's other language."""
    first, _, rest = text.partition("\n")
    return _safe(_READER.renderInline(first.lstrip("# "))), _OTHER_LANGUAGE.sub("", rest, count=1)


def render(text: str) -> Markup:
    """Return the guide as HTML; headings are those of a page that has its own h1."""
    tokens = _name_headings(_READER.parse(text))
    _dress(tokens)
    for token in tokens:
        _dress(token.children or ())
    return _safe(_READER.renderer.render(tokens, _READER.options, {}))


def _name_headings(tokens: Sequence[Token]) -> list[Token]:
    """The tokens without the anchors that stand before headings, whose names the headings have instead."""
    kept: list[Token] = []
    name = ""
    for token in tokens:
        if token.type == "inline" and (anchor := _ANCHOR.fullmatch(token.content)):
            kept.pop()  # the paragraph around it
            name = anchor[1]
        elif name and token.type == "paragraph_close":
            continue
        else:
            if name and token.type == "heading_open":
                token.attrSet("id", name)
                name = ""
            kept.append(token)
    return kept


def _dress(tokens: Sequence[Token]) -> None:
    """Say what our pages expect: columns named in each cell for the phone, code that the keyboard can scroll."""
    columns: list[str] = []
    column = 0
    for token, following in zip_longest(tokens, tokens[1:]):
        if token.type == "table_open":
            token.attrSet("class", "table-plain")
            columns = []
        elif token.type == "th_open" and following is not None:
            token.attrSet("scope", "col")
            columns.append(following.content)
        elif token.type == "tr_open":
            column = 0
        elif token.type == "td_open":
            token.attrSet("data-label", columns[column])
            column += 1
        elif token.type == "code_block":
            token.attrSet("tabindex", "0")
        elif token.type == "link_open":
            token.attrSet("rel", "noreferrer")
            if token.markup == "autolink" and following is not None:
                _let_break(following)


def _let_break(address: Token) -> None:
    """Let the shown address break after its slashes sooner than within a word."""
    address.type = "html_inline"
    address.content = re.sub(r"(?<!/)/(?!/)", "/<wbr>", str(escape(address.content)))


def _safe(html: str) -> Markup:
    # Made from the text of our own guides by a renderer that escapes everything else.
    return Markup(html)  # noqa: S704
