"""A real SMTP server in the test process that keeps what it is given, and can be as rude as real ones."""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, ClassVar

from aiosmtpd.controller import Controller

from tests.kit.waiting import LONGEST

SILENCE = 1.5
"""For how many seconds a silent server says nothing; clients of tests wait for less."""


class MailServer:
    """Between `with` and its end: an SMTP server on *port* whose *mails* are what it took.

    *answer* is what it says to a mail, *hangs_up* drops the line instead of answering QUIT, *starttls* offers TLS,
    *tls* speaks nothing else from the beginning.
    *refuses* are the recipients that it does not take. *never_answers* is what it does instead of answering a mail
    that it has taken: "hangs up" or "is silent".
    """

    watchers: ClassVar[list[Callable[[EmailMessage], None]]] = []
    """Called with every mail that any server takes."""

    def __init__(
        self,
        answer: str = "250 OK",
        *,
        hangs_up: bool = False,
        starttls: ssl.SSLContext | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.reset(answer, hangs_up=hangs_up)
        self._listening = socket.create_server(("127.0.0.1", 0))
        # asyncio sets it for sockets that it makes itself; without, every answer waits for an acknowledgement.
        self._listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.port: int = self._listening.getsockname()[1]
        self._controller = _Controller(self._listening, self, self.port, starttls, tls)

    def reset(self, answer: str = "250 OK", *, hangs_up: bool = False) -> None:
        """Forget all mails, and take every one from now on."""
        self.mails: list[EmailMessage] = []
        self.envelopes: list[tuple[str, list[str]]] = []
        self.answer = answer
        self.hangs_up = hangs_up
        self.refuses: tuple[str, ...] = ()
        self.never_answers = ""

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        """aiosmtpd asks here whether to take a recipient."""
        if address in self.refuses:
            return "550 5.1.1 not here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """aiosmtpd asks here what to say to a mail."""
        if self.answer.startswith("250"):
            message = message_from_bytes(envelope.content, policy=policy.default)
            assert isinstance(message, EmailMessage)
            self.mails.append(message)
            self.envelopes.append((envelope.mail_from, envelope.rcpt_tos))
            for watcher in self.watchers:
                watcher(message)
        if self.never_answers == "hangs up":
            server.transport.abort()
        elif self.never_answers:
            await asyncio.sleep(SILENCE)
        return self.answer

    async def handle_QUIT(self, server: Any, session: Any, envelope: Any) -> str:
        """aiosmtpd asks here what to say to QUIT."""
        if self.hangs_up:
            server.transport.abort()
        return "221 Bye"

    def wait_for_mail(self, count: int = 1) -> list[EmailMessage]:
        """Return the mails once there are *count* of them, or what there is when no more come."""
        until = time.monotonic() + LONGEST
        while len(self.mails) < count and time.monotonic() < until:
            time.sleep(0.01)
        return self.mails

    def __enter__(self) -> MailServer:
        self._controller.start()
        return self

    def __exit__(self, *fault: object) -> None:
        self._controller.stop()
        self._listening.close()


class _Controller(Controller):
    """aiosmtpd's server on a socket that is bound already, so that no other test takes its port in between."""

    def __init__(
        self,
        listening: socket.socket,
        handler: MailServer,
        port: int,
        starttls: ssl.SSLContext | None,
        tls: ssl.SSLContext | None,
    ) -> None:
        self._listening, self._tls = listening, tls
        super().__init__(handler, hostname="127.0.0.1", port=port, tls_context=starttls)

    def _create_server(self) -> Any:
        return self.loop.create_server(self._factory_invoker, sock=self._listening, ssl=self._tls)


def body(mail: EmailMessage, kind: str = "plain") -> str:
    content: str = mail.get_body((kind,)).get_content()
    return content
