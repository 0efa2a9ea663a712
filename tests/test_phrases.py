"""What stands between words is what the language puts there, and nothing that people typed is touched."""

from __future__ import annotations

import pytest
from flask import Flask
from flask_babel import force_locale
from markupsafe import Markup

from hubsync import phrases
from hubsync.phrases import bracketed, break_well, enumerated, labelled, sentences


@pytest.mark.parametrize(
    ("template", "shown"),
    [
        ("{{ a }} {{ b }}", "保存。再試行。"),
        ("{{ a }}{% if b %} {{ b }}{% endif %}", "保存。再試行。"),
        ("<b>{{ a }}</b> <a href='/x'>{{ b }}</a> {{ a }}", "<b>保存。</b><a href='/x'>再試行。</a>保存。"),
        ("{% macro say(x) %}{{ x }}{% endmacro %}{{ say(a) }} {{ say(b) }}", "保存。再試行。"),
        ("{% set x %}{{ a }} {{ b }}{% endset %}{{ x }} {{ b }}", "保存。再試行。再試行。"),
        ("{{ a }} {{ name }} {{ b }}", "保存。Ada 再試行。"),
        ("<p>{{ a }}\n  {{ b }}</p>", "<p>保存。再試行。</p>"),
        ("{{ a }} <p>{{ name }} {{ name }}</p>", "保存。<p>Ada Ada</p>"),
        ("<textarea>{{ typed }}</textarea> {{ name }}", "<textarea>はい。 では。\n 以上。 </textarea> Ada"),
        ("{{ name }} <span class='soft'>{{ c }}</span>", "Ada<span class='soft'>（自分）</span>"),
        ("{{ typed }}{{ c }}", "はい。 では。\n 以上。 （自分）"),
        ("{{ name }}. {{ name }}", "Ada. Ada"),
    ],
)
def test_no_blank_of_a_template_stands_after_a_wide_mark(app: Flask, template: str, shown: str) -> None:
    values = {
        "a": "保存。",
        "b": Markup("再試行。"),
        "c": Markup("（自分）"),
        "name": "Ada",
        "typed": "はい。 では。\n 以上。 ",
    }
    assert app.jinja_env.from_string(template).render(values) == shown


def test_a_mail_in_plain_text_keeps_its_lines(app: Flask) -> None:
    plain = app.jinja_env.overlay(autoescape=False)
    assert plain.from_string("{{ a }} {{ a }}\n\n{{ a }}").render(a="保存。") == "保存。保存。\n\n保存。"


def test_sentences_stand_in_a_row_as_their_marks_want() -> None:
    assert sentences("It failed.", "", None or "", "Try again.") == "It failed. Try again."
    assert sentences("失敗しました。", "再試行してください。") == "失敗しました。再試行してください。"
    assert sentences("失敗しました。", "HubSpot said no.", "再試行。") == "失敗しました。HubSpot said no. 再試行。"
    assert sentences() == ""


@pytest.mark.parametrize(
    ("language", "said", "shown"),
    [
        ("en", "Japanese (Japan)", "Japanese (Japan)"),
        ("ja", "日本語 (日本)", "日本語（日本）"),
        ("ja", "2026年12月7日(月)", "2026年12月7日（月）"),
    ],
)
def test_what_babel_says_has_the_brackets_of_the_language(
    app: Flask, language: str, said: str, shown: str
) -> None:
    with app.test_request_context(), force_locale(language):
        assert phrases.with_own_brackets(said) == shown
        assert phrases.close_numbers("5 分前 5 min") == "5分前 5 min"


@pytest.mark.parametrize(("language", "shown"), [("en", "a, b, c"), ("ja", "a、b、c")])
def test_a_list_has_the_commas_of_the_language(app: Flask, language: str, shown: str) -> None:
    with app.test_request_context(), force_locale(language):
        assert enumerated("abc") == shown
        assert (enumerated(["a"]), enumerated([])) == ("a", "")


def test_a_label_and_brackets_escape_what_is_no_markup(app: Flask) -> None:
    with app.test_request_context():
        assert labelled("Zone", "<UTC>") == "Zone: <UTC>"
        assert labelled("<Zone>", Markup("<b>UTC</b>")) == Markup("&lt;Zone&gt;: <b>UTC</b>")
        assert bracketed("HubSpot", 7) == "HubSpot (7)"
        assert phrases.in_brackets("7") == "(7)"
        assert phrases.colon() == ": "
        assert phrases.about("<you>") == Markup('<span class="visually-hidden"> &lt;you&gt;</span>')


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "Remove <b> mika@acme.example?",
            'Remove &lt;b&gt; <span class="whole">mika@<wbr>acme.<wbr>example?</span>',
        ),
        ("「Intro call」を削除", "「Intro call」\N{WORD JOINER}を削除"),
        ("「Intro call」", "「Intro call」"),
        ("12月1日 9:00〜9:30", '12月1日 <span class="whole">9:00〜9:30</span>'),
        ("12月1日 9:00～9:30", '12月1日 <span class="whole">9:00～9:30</span>'),  # as CLDR writes it
        ("m…@b.testで。", '<span class="whole">m…\N{WORD JOINER}@b.<wbr>test</span>で。'),
        ("SOME_MAIL、crm.read。版1.2。", "SOME_<wbr>MAIL、crm.<wbr>read。版1.2。"),
        ("TimeRex 2の名前を変更", "TimeRex\N{NO-BREAK SPACE}2の名前を変更"),
        ("Thursday 10:30, 3rd, 株式会社 2", "Thursday 10:30, 3rd, 株式会社\N{NO-BREAK SPACE}2"),
    ],
)
def test_large_text_breaks_where_a_reader_would_break_it(text: str, shown: str) -> None:
    assert break_well(text) == Markup(shown)
