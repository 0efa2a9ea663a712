"""Answers in the cells of a file of bookings: read as what the question asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hubsync.domain.email_address import EmailAddress, read_email
from hubsync.domain.imports.row_problems import RowProblem
from hubsync.domain.information import Piece
from hubsync.domain.questions import LONGEST, Kind, Problem, Question
from hubsync.domain.values import AnswerValue, clean_text, date_text, number_text

LONGEST_ANSWER = 10_000
YES = frozenset({"yes", "y", "true", "1", "x", "on", "はい", "有", "○", "✓", "✔"})
_NO = frozenset({"no", "n", "false", "0", "off", "いいえ", "無", "×", "-"})
_EASTERN = ("\u3040", "\ua4cf")
_BETWEEN_CHOICES = (";", "\n", "|", ", ", "、")


def read_answer(question: Question, text: str) -> tuple[AnswerValue, str]:
    """*text* as an answer of the question's kind, and what is wrong with it.

    Choices that are not offered any more count as they are.
    """
    if len(text) > LONGEST.get(question.kind, LONGEST_ANSWER):
        return None, Problem.TOO_LONG
    match question.kind:
        case Kind.EMAIL:
            address = read_email(text)
            return (str(address), "") if isinstance(address, EmailAddress) else (None, address)
        case Kind.NUMBER:
            number = number_text(text)
            return number, "" if number is not None else Problem.NOT_A_NUMBER
        case Kind.DATE:
            day = date_text(text)
            return day, "" if day is not None else Problem.NOT_A_DATE
        case Kind.CHECK_BOX:
            word = text.casefold()
            return word in YES, "" if word in YES | _NO else RowProblem.NOT_A_TICK
        case Kind.SEVERAL_CHOICES:
            return _choices(text, question.choices), ""
    return text, ""


def _choices(text: str, offered: Sequence[str]) -> tuple[str, ...]:
    """The choices in *text*: one that is offered may have commas itself."""
    if text in offered:
        return (text,)
    mark = next((each for each in _BETWEEN_CHOICES if each in text), ",")
    return tuple(dict.fromkeys(part for each in text.split(mark) if (part := clean_text(each))))


def join_halves(parts: Mapping[Piece, str]) -> str:
    """Both halves of a name as they are written where it comes from: the family name first in Han and Kana."""
    family, given = parts.get(Piece.FAMILY_NAME, ""), parts.get(Piece.GIVEN_NAME, "")
    eastern = any(_EASTERN[0] <= sign <= _EASTERN[1] for sign in family + given)
    return " ".join(each for each in ((family, given) if eastern else (given, family)) if each)
