"""Guides of the docs folder as pages: their marks become elements, all the rest stays text."""

from __future__ import annotations

from hubsync.web.shell import markdown
from tests.kit.page import read_page


def test_marks_become_elements_and_markup_of_the_text_is_shown_as_text() -> None:
    shown = str(markdown.render("a <script> `x<y` **b `c` d** *e* 2 * 3 <https://acme.example/?a=1&b>"))
    assert shown == (
        "<p>a &lt;script&gt; <code>x&lt;y</code> <strong>b <code>c</code> d</strong> <em>e</em> 2 * 3 "
        '<a href="https://acme.example/?a=1&amp;b" rel="noreferrer">https://acme.example/<wbr>?a=1&amp;b</a></p>\n'
    )


def test_items_keep_their_code_and_their_further_lines() -> None:
    text = "1. first\n   line two\n\n       set in\n         deeper\n\n2. second\n\nAfter."
    shown = read_page(markdown.render(text))
    first, second = shown.select("ol > li")
    assert first.select_one("p").get_text() == "first\nline two"
    assert first.select_one("pre").get_text() == "set in\n  deeper\n"
    assert second.get_text().strip() == "second"
    assert shown.select("body > p")[0].get_text() == "After."


def test_cells_carry_the_name_of_their_column_for_the_phone() -> None:
    shown = read_page(markdown.render("| what | why |\n| --- | --- |\n| `hs` | it |"))
    cells = [(cell["data-label"], cell.get_text()) for cell in shown.select("td")]
    assert cells == [
        ("what", "hs"),
        ("why", "it"),
    ]


def test_an_anchor_becomes_the_name_of_the_heading_after_it() -> None:
    shown = read_page(markdown.render('One.\n\n<a id="the-limits"></a>\n\n## 制限\n\nTwo.\n\n## Rest'))
    assert [(part.name, part.get("id"), part.get_text()) for part in shown.select("body > *")] == [
        ("p", None, "One."),
        ("h2", "the-limits", "制限"),
        ("p", None, "Two."),
        ("h2", None, "Rest"),
    ]
