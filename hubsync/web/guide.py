"""Guides of the docs folder as pages: the few marks of Markdown that they use, and no others.

Known are headings, paragraphs, lists (an item may hold code and further paragraphs), tables, code that is set in
by four blanks, `**strong**`, `*emphasis*`, `` `code` `` and `<https://…>`. All the rest is text, and is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from textwrap import dedent

from markupsafe import Markup, escape

_INLINE = re.compile(r"`([^`]+)`|\*\*(.+?)\*\*|\*([^*\s][^*]*)\*|<(https://[^>\s]+)>", re.DOTALL)
_ITEM = re.compile(r"(?:(-)|\d+\.) +")
_HEADING = re.compile(r"(#{1,4}) +(.+)")


def split_title(text: str) -> tuple[Markup, str]:
    """The guide's first heading, and what follows it."""
    first, _, rest = text.partition("\n")
    return inline(first.lstrip("# ")), rest


def render(text: str) -> Markup:
    """Return the guide as HTML; headings are those of a page that has its own h1."""
    return Markup("\n").join(_render_block(block) for block in _blocks(text))


def inline(text: str) -> Markup:
    """Return one run of text with its marks as elements."""
    done, end = Markup(), 0
    for found in _INLINE.finditer(text):
        done += escape(text[end : found.start()])
        code, strong, emphasis, address = found.groups()
        if code is not None:
            done += Markup("<code>{}</code>").format(code)
        elif address is not None:
            done += Markup('<a href="{0}" rel="noreferrer">{0}</a>').format(address)
        elif strong is not None:
            done += Markup("<strong>{}</strong>").format(inline(strong))
        else:
            done += Markup("<em>{}</em>").format(inline(emphasis))
        end = found.end()
    return done + escape(text[end:])


def _blocks(text: str) -> Iterator[str]:
    """What stands between blank lines; lists and code take their set-in lines with them across these."""
    block: list[str] = []
    blank = False
    for line in text.splitlines():
        if not line.strip():
            blank = True
            continue
        joins = block and line.startswith("  ") and (_ITEM.match(block[0]) or block[0].startswith("    "))
        same_list = block and _ITEM.match(line) and _ITEM.match(block[0])
        if block and ((blank and not joins and not same_list) or _HEADING.match(line)):
            yield "\n".join(block)
            block = []
        elif block and blank:
            block.append("")
        block.append(line)
        blank = False
    if block:
        yield "\n".join(block)


def _render_block(block: str) -> Markup:
    if found := _HEADING.fullmatch(block):
        return Markup("<h{0}>{1}</h{0}>").format(len(found[1]), inline(found[2]))
    if block.startswith("    "):
        return Markup('<pre tabindex="0"><code>{}</code></pre>').format(dedent(block))
    if block.startswith("|"):
        return _render_table(block.splitlines())
    if found := _ITEM.match(block):
        return _render_list(block, "ul" if found[1] else "ol")
    return Markup("<p>{}</p>").format(inline(block))


def _render_list(block: str, element: str) -> Markup:
    items: list[list[str]] = []
    width = 0
    for line in block.splitlines():
        if found := _ITEM.match(line):
            width = found.end()
            items.append([line[width:]])
        else:
            items[-1].append(line[width:] if line[:width].isspace() else line)
    done = Markup()
    for item in items:
        done += Markup("<li>{}</li>").format(render("\n".join(item)))
    return Markup("<{0}>{1}</{0}>").format(element, done)


def _render_table(lines: list[str]) -> Markup:
    head, _rule, *rows = ([cell.strip() for cell in line.strip("| ").split(" | ")] for line in lines)
    columns = Markup().join(Markup('<th scope="col">{}</th>').format(inline(cell)) for cell in head)
    body = Markup()
    for row in rows:
        cells = zip(head, row, strict=True)
        body += Markup("<tr>{}</tr>").format(
            Markup().join(Markup('<td data-label="{}">{}</td>').format(name, inline(cell)) for name, cell in cells)
        )
    return Markup('<table class="table-plain"><thead><tr>{}</tr></thead><tbody>{}</tbody></table>').format(
        columns, body
    )
