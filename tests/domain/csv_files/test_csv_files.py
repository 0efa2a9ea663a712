"""CSV files are read as they were meant: encoding, what separates cells, and rows by the spreadsheet's numbers."""

from __future__ import annotations

import codecs
import random
import zlib
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubsync.domain.csv_files.encodings import Encoding, decoded, is_text, recognise
from hubsync.domain.csv_files.records import (
    MOST_ROWS,
    FileProblem,
    FileUnreadable,
    find_delimiter,
    lines_of,
    read_records,
)

JAPANESE = "会社名,氏名,メール\n株式会社アクメ,山田　太郎,taro@acme.co.jp\n㈱髙島屋,①番,ﾔﾏﾀﾞ\n"
WESTERN = "Name;Société;Prix\nZoé Müller;Café “Größe”;€ 5\n"


def cut(data: bytes, size: int) -> Iterator[bytes]:
    return (data[at : at + size] for at in range(0, len(data), size))


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (b"Name,Email\nAnn,ann@acme.com\n", Encoding.UTF_8),
        (JAPANESE.encode(), Encoding.UTF_8),
        (codecs.BOM_UTF8 + JAPANESE.encode(), Encoding.UTF_8),
        (JAPANESE.encode("utf-16"), Encoding.UTF_16),
        (codecs.BOM_UTF16_BE + JAPANESE.encode("utf-16-be"), Encoding.UTF_16),
        (JAPANESE.encode("utf-16-le"), Encoding.UTF_16_LE),
        (WESTERN.encode("utf-16-be"), Encoding.UTF_16_BE),
        (JAPANESE.encode("cp932"), Encoding.SHIFT_JIS),
        (WESTERN.encode("cp1252"), Encoding.WINDOWS_1252),
    ],
)
@pytest.mark.parametrize("size", [7, 65_536])
def test_an_encoding_that_leaves_no_doubt_is_recognised(data: bytes, encoding: Encoding, size: int) -> None:
    found = recognise([data[:40], *cut(data[40:], size)])
    assert (found.likely, found.sure) == ((encoding,), True)
    assert "".join(decoded(cut(data, size), encoding)) in (JAPANESE, WESTERN, "Name,Email\nAnn,ann@acme.com\n")


@pytest.mark.parametrize(
    ("data", "first"),
    [
        ("Name,Email\nカナ サトウ,a@b.com\nサトウ カナ,b@b.com\n".encode("cp932"), Encoding.SHIFT_JIS),
        (b"Name\nMus\xe9el\n", Encoding.WINDOWS_1252),
    ],
)
def test_bytes_that_two_encodings_give_a_meaning_are_left_to_a_person(data: bytes, first: Encoding) -> None:
    found = recognise([data])
    assert not found.sure
    assert set(found.likely) == {Encoding.SHIFT_JIS, Encoding.WINDOWS_1252}
    if first is Encoding.SHIFT_JIS:
        assert found.likely[0] is first


NOISE = random.Random(7).randbytes(2_000)


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x02\0\0\0\x01\x80",
        b"%PDF-1.7\n1 0 obj\nstream\n" + zlib.compress(NOISE),
        b"PK\x03\x04\x14\0\0\0\x08\0bookings.csv" + zlib.compress(NOISE),
        codecs.BOM_UTF16_LE + NOISE,
        b"".join(bytes([each % 20, 0]) for each in range(400)),
    ],
    ids=["picture", "document", "archive", "with a mark", "small numbers"],
)
def test_what_is_no_text_is_known_by_its_signs(data: bytes) -> None:
    assert not is_text(data)


@pytest.mark.parametrize("encoding", Encoding)
def test_text_of_each_encoding_is_text_and_so_is_what_has_a_stray_byte(encoding: Encoding) -> None:
    rows = "Name,Comment\r\n" + "Müller" * (encoding is not Encoding.SHIFT_JIS)
    rows += "佐藤　美香,\tｱｲｳ\x1b\x1a\n" * (encoding is not Encoding.WINDOWS_1252)
    data = rows.encode(encoding.value)
    assert is_text(data)
    assert is_text(data[:-1])
    assert is_text(data + "\0".encode(encoding.value))


def test_a_file_with_a_broken_byte_is_proposed_in_what_breaks_least() -> None:
    data = JAPANESE.encode() * 20 + b"\x81\xff\x9d\n"
    found = recognise([data])
    assert not found.sure
    assert found.likely[0] is Encoding.UTF_8
    assert "\ufffd" in "".join(decoded([data], Encoding.UTF_8))


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("Name,Email\n", ","),
        ("Name;Email;Comment\nAnn;a@b.com;one, two, three, four\n", ";"),
        ("Name\tEmail, if any\tComment\n", "\t"),
        ('"Name, first";"Email"\n', ";"),
        ("Email\na@b.com\n", ","),
        ("sep=;\nName,x;Email\n", ";"),
        ("A,B;C\n1;2,5\n2,3;4\n1;7\n", ";"),  # the heading alone does not say it
    ],
)
def test_what_separates_cells_is_decided_by_the_heading(text: str, delimiter: str) -> None:
    assert find_delimiter(lines_of([text])) == delimiter


def rows(text: str, size: int = 5) -> list[tuple[int, int, tuple[str, ...]]]:
    pieces = (text[at : at + size] for at in range(0, len(text), size))
    return [(each.number, each.line, each.cells) for each in read_records(lines_of(pieces), ",")]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_rows_have_the_numbers_of_a_spreadsheet(end: str) -> None:
    text = end.join(["Name,Comment", "", 'Ann,"two', 'lines, ""quoted"""', ",", "=1+1,\0", "Last,"])
    assert rows(text) == [
        (1, 1, ("Name", "Comment")),
        (3, 3, ("Ann", f'two{end}lines, "quoted"')),
        (5, 6, ("=1+1", "\0")),
        (6, 7, ("Last", "")),
    ]


def test_a_line_that_says_what_separates_cells_is_no_row_of_them() -> None:
    assert rows("sep=,\nName,Email\n")[0] == (2, 2, ("Name", "Email"))


@pytest.mark.parametrize(
    ("text", "problem", "row"),
    [
        ('Name\n"Ann\nBo\n', FileProblem.OPEN_QUOTE, 2),
        ('Name\nAnn\n"Bo', FileProblem.OPEN_QUOTE, 3),
        ('Name\n"' + "long\n" * 30_000 + '"\n', FileProblem.OPEN_QUOTE, 2),
        (",".join("x" * 201) + "\n", FileProblem.TOO_MANY_COLUMNS, 1),
        ("x" * 1_100_000, FileProblem.TOO_LONG_LINE, 0),
        ("a\n" * (MOST_ROWS + 2), FileProblem.TOO_MANY_ROWS, 0),
    ],
    ids=lambda value: "" if isinstance(value, str) and len(value) > 40 else None,
)
def test_a_file_that_breaks_off_is_refused_at_the_row_where_it_does(
    text: str, problem: FileProblem, row: int
) -> None:
    with pytest.raises(FileUnreadable) as refused:
        rows(text, 65_536)
    assert (refused.value.problem, refused.value.row) == (problem, row)


@given(st.lists(st.text(st.sampled_from('a,;"\r\n\t=あ'), max_size=12), max_size=6), st.integers(1, 9))
def test_pieces_of_any_size_give_the_same_lines(parts: list[str], size: int) -> None:
    text = "".join(parts)
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    assert "".join(lines_of(pieces)) == text
    assert list(lines_of(pieces)) == list(lines_of([text]))
