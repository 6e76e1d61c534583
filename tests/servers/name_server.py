"""A name server (RFC 1035, UDP) whose answers a test changes between one question and the next."""

import asyncio
import struct
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from ipaddress import IPv4Address, ip_address
from typing import cast

from tests.servers.loop_thread import LoopThread

A, AAAA, IN = 1, 28, 1
NXDOMAIN = 3
# The addresses of a name, asked anew for each question (a look-up is two: AAAA and A).
Answers = Callable[[str], Sequence[str]]


class NameServer(asyncio.DatagramProtocol):
    """`answers` decides; `questions` is how often each name was asked for."""

    def __init__(self, answers: Answers) -> None:
        self.answers = answers
        self.questions: list[tuple[str, int]] = []
        self.port = 0
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)
        self.port = transport.get_extra_info("sockname")[1]

    def datagram_received(self, packet: bytes, address: tuple[str, int]) -> None:
        assert self._transport is not None
        name, kind, question = _question(packet)
        self.questions.append((name, kind))
        addresses = [ip_address(text) for text in self.answers(name)]
        fitting = [each for each in addresses if isinstance(each, IPv4Address) == (kind == A)]
        records = [struct.pack(">HHHIH", 0xC00C, kind, IN, 0, len(each.packed)) + each.packed for each in fitting]
        flags = 0x8180 if addresses else 0x8180 | NXDOMAIN
        header = packet[:2] + struct.pack(">HHHHH", flags, 1, len(records), 0, 0)
        self._transport.sendto(header + question + b"".join(records), address)


def _question(packet: bytes) -> tuple[str, int, bytes]:
    """The name and the kind that are asked for, and the question as it stands in the packet."""
    labels, at = [], 12
    while length := packet[at]:
        labels.append(packet[at + 1 : at + 1 + length].decode())
        at += 1 + length
    (kind,) = struct.unpack(">H", packet[at + 1 : at + 3])
    return ".".join(labels).lower(), kind, packet[12 : at + 5]


@contextmanager
def name_server(answers: Answers) -> Iterator[NameServer]:
    server = NameServer(answers)
    with LoopThread("name server") as thread:
        endpoint = thread.loop.create_datagram_endpoint(lambda: server, local_addr=("127.0.0.1", 0))
        transport, _ = thread.run(endpoint)
        try:
            yield server
        finally:
            thread.loop.call_soon_threadsafe(transport.close)
