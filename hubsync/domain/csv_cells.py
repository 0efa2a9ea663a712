"""Cells of a CSV file that a spreadsheet may open: never read as a formula.

https://owasp.org/www-community/attacks/CSV_Injection
"""

from __future__ import annotations

_BEGINS_A_FORMULA = tuple("=+-@\t\r\n\0＝＋－＠")


def harmless(text: str) -> str:
    """*text* with an apostrophe before it where a spreadsheet would take it for a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(_BEGINS_A_FORMULA) else text


def line(cells: list[str]) -> str:
    """One line of the file, every cell quoted, ended as RFC 4180 has it."""
    return ",".join('"' + harmless(cell).replace('"', '""') + '"' for cell in cells) + "\r\n"
