"""Message whose lines no mail server refuses, however long a line is that somebody typed."""

from __future__ import annotations

from email.charset import QP, Charset
from email.mime.text import MIMEText

from flask_mail import Message

LONGEST_LINE = 998
"""Bytes of a line, its end not counted. https://www.rfc-editor.org/rfc/rfc5322#section-2.1.1"""


class ShortLines(Message):
    """A message of Flask-Mail, which leaves a text as it is: one with longer lines is sent as quoted-printable.

    https://www.rfc-editor.org/rfc/rfc2045#section-6.7
    """

    def _mimetext(self, text: str | None, subtype: str = "plain") -> MIMEText:
        whole = text or ""
        if all(len(line) <= LONGEST_LINE for line in whole.encode("utf-8", "surrogatepass").splitlines()):
            return super()._mimetext(text, subtype)
        charset = Charset("utf-8")
        charset.body_encoding = QP
        return MIMEText(whole, subtype, charset)  # type: ignore[arg-type]  # the types know its name alone
