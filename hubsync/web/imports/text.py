"""Words of imports: what columns are about, what is wrong with a file or a row, how far an import is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from hubsync.domain.csv_files.encodings import Encoding
from hubsync.domain.csv_files.records import MOST_COLUMNS, MOST_ROWS, FileProblem
from hubsync.domain.email_address import NoAddress
from hubsync.domain.imports.columns import Field, param_of, question_of, targets
from hubsync.domain.imports.moments import DayOrder, MomentProblem
from hubsync.domain.imports.row_problems import RowProblem
from hubsync.domain.imports.rows import Fault
from hubsync.domain.imports.states import ImportState
from hubsync.domain.information import Piece
from hubsync.domain.questions import Problem, Question
from hubsync.phrases import labelled
from hubsync.services.imports.uploads import LARGEST_FILE
from hubsync.services.question_words import word_label
from hubsync.web.shell.email_problems import EMAIL_CAUSES

MEGABYTES = LARGEST_FILE // 1_048_576
ENCODINGS = {
    Encoding.UTF_8: _l("UTF-8"),
    Encoding.SHIFT_JIS: _l("Japanese (Shift_JIS)"),
    Encoding.WINDOWS_1252: _l("Western European (Windows-1252)"),
    Encoding.UTF_16: _l("UTF-16"),
    Encoding.UTF_16_LE: _l("UTF-16, little-endian"),
    Encoding.UTF_16_BE: _l("UTF-16, big-endian"),
}
DELIMITERS = {",": _l("Comma"), ";": _l("Semicolon"), "\t": _l("Tab")}
ORDERS = {
    DayOrder.DAY_FIRST: _l("The day comes first: 03/04/2026 is April 3"),
    DayOrder.MONTH_FIRST: _l("The month comes first: 03/04/2026 is March 4"),
}
FIELDS = {
    Field.START: _l("Start (date and time)"),
    Field.DAY: _l("Start: date alone"),
    Field.TIME: _l("Start: time of day alone"),
    Field.END: _l("End"),
    Field.MINUTES: _l("Duration in minutes"),
    Field.ID: _l("Id of the booking"),
    Field.HOST: _l("Host"),
    Field.LOCATION: _l("Place"),
    Field.CANCELLED: _l("Whether it was cancelled"),
}
STATES = {
    ImportState.UPLOADING: (_l("upload broken off"), "exclamation-triangle", "care"),
    ImportState.ASKING: (_l("needs a person"), "person-exclamation", "care"),
    ImportState.READING: (_l("being checked"), "clock", "plain"),
    ImportState.CHECKING: (_l("being checked"), "clock", "plain"),
    ImportState.READY: (_l("waits for your decision"), "person-exclamation", "care"),
    ImportState.UNREADABLE: (_l("could not be read"), "x-octagon", "bad"),
    ImportState.TAKING_IN: (_l("running"), "arrow-repeat", "plain"),
    ImportState.FINISHED: (_l("finished"), "check-circle", "good"),
    ImportState.CUT_SHORT: (_l("stopped"), "dash-circle", "plain"),
    ImportState.DISCARDED: (_l("discarded"), "dash-circle", "plain"),
}
"""Word, icon and tone of each state."""
FILE_PROBLEMS = {
    FileProblem.EMPTY: _l("The file is empty."),
    FileProblem.NO_ROWS: _l("The file has a heading and no rows below it."),
    FileProblem.WORKBOOK: _l("This is an Excel workbook. Save it as “CSV UTF-8” in Excel, then choose that file."),
    FileProblem.NOT_TEXT: _l(
        "This is not a CSV file, whatever its name ends in: it holds no text. Export the bookings as CSV where "
        "they are, then choose that file."
    ),
    FileProblem.OPEN_QUOTE: _l("A quotation mark is opened there and never closed."),
    FileProblem.TOO_LONG_LINE: _l("The file has a line without end. It may be no CSV file."),
    FileProblem.TOO_MANY_COLUMNS: _l("The row has more than %(most)s columns."),
    FileProblem.TOO_MANY_ROWS: _l("The file has more than %(most)s rows. Divide it into several files."),
    FileProblem.TOO_LARGE: _l("The file is larger than %(most)s MB. Divide it into several files."),
    FileProblem.INCOMPLETE: _l("A guest in this file was erased meanwhile. Upload the file without that guest."),
}
MOST = {
    FileProblem.TOO_MANY_COLUMNS: str(MOST_COLUMNS),
    FileProblem.TOO_MANY_ROWS: f"{MOST_ROWS:,}",
    FileProblem.TOO_LARGE: str(MEGABYTES),
}
ROW_PROBLEMS: Mapping[str, object] = {
    RowProblem.TOO_FEW_CELLS: _l("The row ends here and has too few cells."),
    RowProblem.TOO_MANY_CELLS: _l("The row has more cells than the heading."),
    RowProblem.UNREADABLE_SIGN: _l("It has a character that cannot be read."),
    RowProblem.NOBODY: _l("There is neither a name nor an e-mail address nor a company."),
    RowProblem.ENDS_BEFORE: _l("It ends before it begins."),
    RowProblem.NOT_MINUTES: _l("This is no number of minutes."),
    RowProblem.NOT_A_TICK: _l("This is neither yes nor no."),
    RowProblem.SAME_ID: _l(
        "A row before has this id and another guest. If the ids are those of appointments with several guests, "
        "leave this column out."
    ),
    MomentProblem.NOT_A_TIME: _l("This is no date and time that can be read, such as 2026-03-01 10:00."),
    MomentProblem.NO_SUCH_DAY: _l("There is no such day."),
    MomentProblem.NO_TIME_OF_DAY: _l("The time of day is missing."),
    MomentProblem.NO_DAY: _l(
        "The day is missing. Where it stands in a column of its own, choose “Start: date alone” for that one and "
        "“Start: time of day alone” for this."
    ),
    MomentProblem.NO_SUCH_TIME: _l("The clocks were put forward over this time in the calendar's time zone."),
    MomentProblem.DAY_OR_MONTH: _l("It is not clear whether the day or the month comes first. Select it above."),
    Problem.NOT_A_NUMBER: _l("This is no number, such as 1200.5."),
    Problem.NOT_A_DATE: _l("This is no day, such as 2026-03-01."),
    Problem.TOO_LONG: _l("This is too long."),
}


@dataclass(frozen=True)
class FaultLine:
    """One fault as it is shown; *column* is empty for a whole row."""

    row: int
    column: str
    sentence: str


def explain_file(problem: str, row: int) -> str:
    """Why a file cannot be read, and where."""
    code = FileProblem(problem)
    sentence = str(FILE_PROBLEMS[code])
    sentence = sentence % {"most": MOST[code]} if code in MOST else sentence
    return labelled(_("Row %(number)s", number=row), sentence) if row else sentence


def fault_line(fault: Fault, headings: Sequence[str]) -> FaultLine:
    column = "" if fault.column is None else name_column(headings, fault.column)
    return FaultLine(fault.row, column, _explain(fault.problem))


def name_column(headings: Sequence[str], place: int) -> str:
    """The heading, or the number of a column that has none."""
    heading = headings[place] if place < len(headings) else ""
    return heading or _("Column %(number)s", number=place + 1)


def _explain(problem: str) -> str:
    if problem in set(NoAddress):
        return _("This is not an e-mail address: %(cause)s.", cause=EMAIL_CAUSES[problem])
    return str(ROW_PROBLEMS[problem])


def choices(questions: Sequence[Question]) -> list[tuple[str, list[tuple[str, str]]]]:
    """What a column may be about, in groups, as a pull-down has it."""
    answers: list[tuple[str, str]] = []
    facts: list[tuple[str, str]] = []
    params: list[tuple[str, str]] = []
    for token in targets(questions):
        group = answers if question_of(token) else params if param_of(token) else facts
        group.append((token, name_target(token, questions)))
    return [(_("Guest questions"), answers), (_("About the booking"), facts), (_("URL parameters"), params)]


def name_target(token: str, questions: Sequence[Question]) -> str:
    """What a column is about, in words; empty for one that is left out."""
    if token in set(Field):
        return str(FIELDS[Field(token)])
    told = question_of(token)
    if told is None:
        return param_of(token)
    asked = {each.id: each for each in questions}.get(told.question_id)
    label = word_label(asked.label) if asked is not None else _("a question that was deleted")
    if told.piece is None:
        return label
    half = _("family name alone") if told.piece is Piece.FAMILY_NAME else _("given name alone")
    return labelled(label, half)


def tell_done(done: int, total: int) -> str:
    """ "12 of 300 rows" in the reader's language."""
    return ngettext("%(done)s of %(num)s row", "%(done)s of %(num)s rows", total, done=done)
