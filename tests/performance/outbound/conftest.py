"""Local servers that stand for the Internet's: 127.0.0.1 is allowed where a test says so, and only there."""

import asyncio
import shutil
import ssl
import subprocess
from collections.abc import Callable, Iterator
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from performance.outbound.client import Limits, Outbound, Reply, Request
from performance.outbound.guard import Guard
from tests.servers.local_site import Site, local_site

LOOPBACK = [ip_network("127.0.0.1/32")]
Ask = Callable[..., Reply]
# The contexts of a server of that name and of a client that trusts it alone.
TlsOf = Callable[[str], tuple[ssl.SSLContext, ssl.SSLContext]]


@pytest.fixture
def site() -> Iterator[Site]:
    with local_site() as site:
        yield site


@pytest.fixture
def ask(site: Site) -> Ask:
    """One request by an `Outbound` of its own that may connect to 127.0.0.1 and the site's port."""

    def send(url: str, *, limits: Limits | None = None, method: str = "GET", **request: Any) -> Reply:
        guard = Guard(networks=LOOPBACK, ports=[80, 443, site.port])

        async def once() -> Reply:
            async with Outbound(limits or Limits(total_s=5), guard=guard) as outbound:
                return await outbound.send(Request(method, url, **request))

        return asyncio.run(once())

    return send


@pytest.fixture
def tls_of(tmp_path: Path) -> TlsOf:
    if shutil.which("openssl") is None:
        pytest.skip("certificates are made by openssl")

    def contexts(name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
        key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
        made = [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-days",
            "2",
        ]
        names = ["-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}"]
        subprocess.run([*made, *names, "-keyout", key, "-out", certificate], check=True, capture_output=True)
        server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.load_cert_chain(certificate, key)
        return server, ssl.create_default_context(cafile=certificate)

    return contexts
