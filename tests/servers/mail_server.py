"""A mail server on 127.0.0.1 that speaks as much of RFC 5321 as a client needs, and answers as the test says."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from tests.servers.loop_thread import LoopThread

_ANSWERS = {"QUIT": "221 bye", "EHLO": "250 mail.example", "DATA": "354 go on"}


@dataclass(slots=True)
class MailServer:
    """What it took, each message in `takes_s`. `refusal` is its answer to one, where it takes none; a mute one hangs up
    before it greets.
    """

    port: int = 0
    messages: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    refusal: str = ""
    is_mute: bool = False
    takes_s: float = 0.0
    conversations: int = 0

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.conversations += 1
        if not self.is_mute:
            writer.write(b"220 mail.example\r\n")
            while line := await reader.readline():
                verb = line[:4].decode().upper()
                writer.write(f"{_ANSWERS.get(verb, '250 ok')}\r\n".encode())
                if verb == "RCPT":
                    self.recipients.append(line.decode().partition("<")[2].partition(">")[0])
                if verb == "DATA":
                    writer.write(await self._took(reader))
                await writer.drain()
                if verb == "QUIT":
                    break
        writer.close()

    async def _took(self, reader: asyncio.StreamReader) -> bytes:
        content = await reader.readuntil(b"\r\n.\r\n")
        await asyncio.sleep(self.takes_s)
        if self.refusal:
            return f"{self.refusal}\r\n".encode()
        self.messages.append(message_from_bytes(content[:-3], policy=policy.default))
        return b"250 taken\r\n"


@contextmanager
def mail_server() -> Iterator[MailServer]:
    server = MailServer()
    with LoopThread("mail server") as thread:
        listening = thread.run(asyncio.start_server(server.talk, "127.0.0.1", 0))
        server.port = listening.sockets[0].getsockname()[1]
        try:
            yield server
        finally:
            listening.close()
