"""Where `make run` serves: an address of this machine, told as a browser reaches it."""

import socket

import pytest

from config.env import env
from config.stack import StackError, serve


@pytest.fixture
def listens_on(monkeypatch: pytest.MonkeyPatch):
    """Sets WEB_HOST and PORT as the environment would."""

    def set_to(host: str, port: str = "") -> None:
        monkeypatch.setattr(env, "_environ", {"WEB_HOST": host, "PORT": port})

    return set_to


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("", "http://127.0.0.1:81/"),
        ("0.0.0.0", "http://127.0.0.1:81/"),
        ("127.0.0.2", "http://127.0.0.2:81/"),
        ("::", "http://[::1]:81/"),
    ],
)
def test_the_address_that_is_told(listens_on, host: str, url: str):
    listens_on(host)

    assert serve.web_url(81) == url


@pytest.mark.parametrize("host", ["192.0.2.1", "no.such.host.invalid", "300.1.1.1"])
def test_an_address_of_another_machine_is_refused(listens_on, host: str):
    listens_on(host)

    with pytest.raises(StackError, match=f"WEB_HOST is '{host}', but it must be an address of this machine"):
        serve.web_port()


def test_a_port_is_asked_for_at_the_web_s_own_address(listens_on):
    with socket.create_server(("127.0.0.2", 0)) as other:
        port = other.getsockname()[1]
        listens_on("127.0.0.2", str(port))

        with pytest.raises(StackError, match=f"Port {port} is taken"):
            serve.web_port()
