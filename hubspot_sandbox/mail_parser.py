"""Parser of mails: from the bytes of one to plain values that can be written as JSON."""

import re
from datetime import datetime
from email import message_from_bytes, policy
from email.message import MIMEPart
from typing import Any

_LINK = re.compile(r"https?://[^\s<>\"'“”「」]+")
_TRAILING = ".,;:!?)]}»。、）"


def parse_mail(raw: bytes, sender: str, recipients: list[str], received: datetime) -> dict[str, Any]:
    """One mail as a dict: envelope (*sender*, *recipients*), headers, text, html, attachments, received.

    *received* is aware and comes back as ISO 8601. A part that cannot be decoded is read with
    replacement characters, so that a broken mail is still seen.
    """
    message = message_from_bytes(raw, policy=policy.default)
    text = message.get_body(("plain",))
    html = message.get_body(("html",))
    return {
        "received": received.isoformat(),
        "sender": sender,
        "recipients": recipients,
        "from": str(message.get("From", sender)),
        "to": str(message.get("To", ", ".join(recipients))),
        "subject": str(message.get("Subject", "")),
        "headers": [[name, str(value)] for name, value in message.items()],
        "text": _words(text) if text is not None else "",
        "html": _words(html) if html is not None else "",
        "attachments": [_attachment(part) for part in message.iter_attachments()],
    }


def split_links(text: str) -> list[tuple[str, bool]]:
    """The text in pieces, each with whether it is a web address; joined again they are the text."""
    pieces: list[tuple[str, bool]] = []
    end = 0
    for match in _LINK.finditer(text):
        address = match.group().rstrip(_TRAILING)
        pieces += [(text[end : match.start()], False), (address, True)]
        end = match.start() + len(address)
    pieces.append((text[end:], False))
    return [piece for piece in pieces if piece[0]]


def _content(part: MIMEPart) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _words(part: MIMEPart) -> str:
    content = _content(part)
    try:
        text = content.decode(part.get_content_charset() or "utf-8", "replace")
    except LookupError:
        text = content.decode("utf-8", "replace")
    return text.replace("\r\n", "\n")


def _attachment(part: MIMEPart) -> dict[str, Any]:
    """*size* is in bytes; *text* is there for text files only, such as calendar entries."""
    return {
        "name": part.get_filename() or "",
        "type": part.get_content_type(),
        "size": len(_content(part)),
        "text": _words(part) if part.get_content_maintype() == "text" else "",
    }
