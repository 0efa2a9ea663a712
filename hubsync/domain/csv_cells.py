"""CSV cells that no spreadsheet takes for a formula.

https://owasp.org/www-community/attacks/CSV_Injection
"""

from __future__ import annotations

import re

_BEGINS_A_FORMULA = tuple("=+-@\t\r\n\0＝＋－＠")


# Where semicolons separate cells, as in much of Europe, a spreadsheet that opens our file finds its cells after
# them and at every beginning of a line, for by the time it comes to our quotes it is no longer at one's beginning.
_WITHIN = re.compile(r"([;\t\r\n] *)(?=[=+\-@＝＋－＠])")


def harmless(text: str) -> str:
    """*text* with an apostrophe wherever a spreadsheet would take what follows for a formula."""
    inner = _WITHIN.sub(r"\1'", text)
    return f"'{inner}" if text.lstrip(" ").startswith(_BEGINS_A_FORMULA) else inner


def line(cells: list[str]) -> str:
    """One line of the file, every cell quoted, ended as RFC 4180 has it."""
    return ",".join('"' + harmless(cell).replace('"', '""') + '"' for cell in cells) + "\r\n"
