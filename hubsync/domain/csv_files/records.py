"""Records of a CSV file: read one by one from its text, however long it is, with the number of each.

Rows count as a spreadsheet counts them: the heading is row 1, an empty line is a row as well, and a line break in
quotation marks begins none.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice

DELIMITERS = (",", ";", "\t")
MOST_COLUMNS = 200
MOST_ROWS = 200_000
LONGEST_LINE = 1_048_576
"""Characters; nothing that people export has more between two ends of a line."""
_END = re.compile("\r\n|\n|\r")
_SAID = re.compile("sep=(.)[\r\n]*", re.IGNORECASE)
_COMPARED = 20
"""Records that are compared where the heading alone does not say what separates cells."""
_OLD_WORKBOOK, _ARCHIVE = b"\xd0\xcf\x11\xe0", b"PK\x03\x04"
_IN_A_WORKBOOK = (b"[Content_Types].xml", b"_rels/", b"docProps/", b"xl/", b"opendocument.spreadsheet")


class FileProblem(StrEnum):
    """Why a file cannot be read at all; pages turn it into a sentence. The values are stored."""

    EMPTY = "empty_file"
    NO_ROWS = "no_rows"
    WORKBOOK = "workbook"
    """It is Excel's own format."""
    NOT_TEXT = "not_text"
    """It is a picture, a document, an archive, whatever its name ends in."""
    OPEN_QUOTE = "open_quote"
    TOO_LONG_LINE = "too_long_line"
    TOO_MANY_COLUMNS = "too_many_columns"
    TOO_MANY_ROWS = "too_many_rows"
    TOO_LARGE = "too_large_file"
    INCOMPLETE = "incomplete_file"
    """A guest in it was erased, and the bytes went along."""


class FileUnreadable(Exception):
    """A file that cannot be read, and the *row* where that shows; 0 for the whole file."""

    def __init__(self, problem: FileProblem, row: int = 0) -> None:
        super().__init__(problem)
        self.problem, self.row = problem, row


@dataclass(frozen=True, slots=True)
class Record:
    """One row of the file: its *number* as a spreadsheet counts, the *line* that it begins in, and its cells."""

    number: int
    line: int
    cells: tuple[str, ...] = field(repr=False)

    @property
    def is_empty(self) -> bool:
        return not any(map(str.strip, self.cells))


def is_workbook(beginning: bytes) -> bool:
    """Whether a file that begins so is a workbook: newer ones are archives with files of known names."""
    packed = beginning.startswith(_ARCHIVE) and any(name in beginning for name in _IN_A_WORKBOOK)
    return packed or beginning.startswith(_OLD_WORKBOOK)


def lines_of(texts: Iterable[str]) -> Iterator[str]:
    """The lines of a text that comes in pieces, each with its end. Raises FileUnreadable for one without end."""
    rest = ""
    for text in texts:
        rest += text
        end = 0
        for match in _END.finditer(rest):
            if match.end() == len(rest) and rest.endswith("\r"):
                break  # a line feed may follow in the next piece
            yield rest[end : match.end()]
            end = match.end()
        rest = rest[end:]
        if len(rest) > LONGEST_LINE:
            raise FileUnreadable(FileProblem.TOO_LONG_LINE)
    if rest:
        yield rest


def find_delimiter(beginning: Iterable[str]) -> str:
    """What separates the cells of a file that begins with these lines.

    Its first line may say so, as Excel reads it. Otherwise it is what divides the heading into most cells; where
    that is not decided, what divides the following rows as it divides the heading.
    """
    lines = [line for line in islice(beginning, 10 * _COMPARED) if line.strip()]
    if lines and (said := _SAID.fullmatch(lines[0])) and said[1] in DELIMITERS:
        return said[1]

    def fits(delimiter: str) -> tuple[int, int]:
        records = list(islice(csv.reader(iter(lines), delimiter=delimiter), _COMPARED))
        heading = len(records[0]) if records else 0
        return heading, sum(len(each) == heading for each in records)

    try:
        return max(DELIMITERS, key=fits)
    except csv.Error:
        return DELIMITERS[0]


def read_records(lines: Iterable[str], delimiter: str) -> Iterator[Record]:
    """The records of the *lines*, the heading too, empty ones not. Raises FileUnreadable where they break off."""
    source = _Lines(lines)
    reader = csv.reader(source, delimiter=delimiter)
    number = 0
    while True:
        begins, source.record = source.count + 1, []
        try:
            cells = next(reader, None)
        except csv.Error as fault:  # a cell that goes on and on
            raise FileUnreadable(FileProblem.OPEN_QUOTE, number + 1) from fault
        if cells is None:
            break
        number += 1
        record = Record(number, begins, tuple(cells))
        if len(cells) > MOST_COLUMNS:
            raise FileUnreadable(FileProblem.TOO_MANY_COLUMNS, number)
        if number > MOST_ROWS + 1:
            raise FileUnreadable(FileProblem.TOO_MANY_ROWS)
        if source.is_over and _ends_in_quotes(source.record, delimiter):
            raise FileUnreadable(FileProblem.OPEN_QUOTE, number)
        if record.is_empty or (number == 1 and _SAID.fullmatch("".join(source.record))):
            continue
        yield record


class _Lines:
    """The lines on their way to the reader: how many there were, and those of the *record* that is being read."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._next = next(self._lines, None)
        self.count = 0
        self.record: list[str] = []

    @property
    def is_over(self) -> bool:
        return self._next is None

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._next
        if line is None:
            raise StopIteration
        self._next = next(self._lines, None)
        self.count += 1
        self.record.append(line)
        return line


def _ends_in_quotes(record: list[str], delimiter: str) -> bool:
    """Whether the quotation marks of the last record are never closed."""
    try:
        list(csv.reader(iter(record), delimiter=delimiter, strict=True))
    except csv.Error as fault:
        return "unexpected end of data" in str(fault)
    return False
