"""Before anything is spent the endpoint is asked whether it would answer."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.conf import LazySettings

from prospects.llm.endpoints import OPENAI, EndpointConfig, check, configured
from prospects.llm.errors import EndpointError, RefusedKey, UnknownModel, Unreachable
from tests.servers.openai_server import RunningServer


@contextmanager
def answering(status: int) -> Iterator[str]:
    """The base URL of a server that gives every question this answer."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Location", "http://127.0.0.1:9/elsewhere")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/v1"
        server.shutdown()


def test_a_good_endpoint_passes_and_nothing_is_charged(server: RunningServer, endpoint: EndpointConfig) -> None:
    check(endpoint)

    assert server.ledger()["charges"] == 0


def test_a_refused_key_is_said_to_be_one_without_showing_it(endpoint: EndpointConfig) -> None:
    with pytest.raises(RefusedKey, match="check OPENAI_API_KEY") as raised:
        check(EndpointConfig(endpoint.base_url, endpoint.model, "sk-wrong"))

    assert "sk-wrong" not in str(raised.value)


def test_an_unknown_model_is_named_with_the_nearest_known(endpoint: EndpointConfig) -> None:
    with pytest.raises(UnknownModel, match=r"no model 'gpt-5-mimi'.*Did you mean gpt-5-mini"):
        check(EndpointConfig(endpoint.base_url, "gpt-5-mimi", endpoint.api_key))


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/v1", "http://no-such-host.invalid/v1", "llm.example"])
def test_an_unreachable_endpoint_is_said_to_be_one(address: str) -> None:
    with pytest.raises(Unreachable, match="check OPENAI_BASE_URL"):
        check(EndpointConfig(address, "gpt-5-mini"))


def test_an_endpoint_in_trouble_is_an_error_of_its_own(server: RunningServer, endpoint: EndpointConfig) -> None:
    server.control(outage_s=0.5, outage_mode="error")

    with pytest.raises(EndpointError, match="answers 503"):
        check(endpoint)


@pytest.mark.parametrize("status", [400, 403, 404, 405, 429, 501])
def test_an_endpoint_that_does_not_show_its_models_is_believed(status: int) -> None:
    """A key that may ask but not list (403), a limit on listing (429), or no list at all."""
    with answering(status) as address:
        check(EndpointConfig(address, "gpt-5-mini", "sk"))


def test_a_redirect_is_said_to_be_one() -> None:
    with answering(308) as address, pytest.raises(EndpointError, match="redirects: set OPENAI_BASE_URL"):
        check(EndpointConfig(address, "gpt-5-mini", "sk"))


@pytest.mark.parametrize(
    ("listed", "asked"), [("models/gemini-2.5-pro", "gemini-2.5-pro"), ("llama3:latest", "llama3")]
)
def test_a_model_may_be_listed_under_a_longer_name(
    server: RunningServer, endpoint: EndpointConfig, listed: str, asked: str
) -> None:
    server.control(models=[listed])

    check(EndpointConfig(endpoint.base_url, asked, endpoint.api_key))


def test_without_key_and_address_there_is_no_endpoint(settings: LazySettings) -> None:
    settings.OPENAI_API_KEY = settings.OPENAI_BASE_URL = ""

    assert configured() is None


def test_a_key_alone_means_openai_and_an_address_alone_needs_no_key(settings: LazySettings) -> None:
    settings.OPENAI_API_KEY, settings.OPENAI_BASE_URL = "sk", ""
    by_key = configured()
    settings.OPENAI_API_KEY, settings.OPENAI_BASE_URL = "", "http://localhost:11434/v1/"
    by_address = configured(model="llama3")

    assert by_key is not None
    assert by_key.base_url == OPENAI
    assert by_address is not None
    assert (by_address.base_url, by_address.model) == ("http://localhost:11434/v1", "llama3")
    assert "sk" not in repr(by_key)


@pytest.mark.parametrize(
    "address", ["http://u:p%40ss@127.0.0.1:9/v1", "http://u:p%40ss@no-such-host.invalid/v1?x=p%40ss"]
)
def test_a_password_in_the_address_is_never_shown(address: str) -> None:
    with pytest.raises(Unreachable) as raised:
        check(EndpointConfig(address, "gpt-5-mini"))

    assert "ss@" not in str(raised.value)
    assert "p%40" not in str(raised.value)
    assert str(raised.value).startswith("http://")
