"""Which LLM endpoint is set up, and whether it answers: asked before a run spends anything."""

import difflib
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, unquote_to_bytes, urlsplit, urlunsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

import orjson
from django.conf import settings

from prospects.llm.errors import EndpointError, RefusedKey, UnknownModel, Unreachable

OPENAI = "https://api.openai.com/v1"
PREFLIGHT_TIMEOUT_S = 5.0
MAX_LIST_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class EndpointConfig:
    """An OpenAI-compatible endpoint and the model asked for. The base URL ends without a slash."""

    base_url: str
    model: str
    api_key: str = field(default="", repr=False)
    timeout_s: float = 30.0

    @property
    def shown(self) -> str:
        """The base URL as people, logs and rows may know it: without a password and parameters it may carry."""
        parts = urlsplit(self.base_url)
        return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def configured(*, model: str = "") -> EndpointConfig | None:
    """What the environment sets up, or None: then the rubric qualifies."""
    if not settings.OPENAI_API_KEY and not settings.OPENAI_BASE_URL:
        return None
    return EndpointConfig(
        base_url=(settings.OPENAI_BASE_URL or OPENAI).rstrip("/"),
        model=model or settings.OPENAI_MODEL,
        api_key=settings.OPENAI_API_KEY,
        timeout_s=settings.LLM_TIMEOUT_S,
    )


def check(config: EndpointConfig) -> None:
    """Ask the endpoint for its models, which costs nothing.

    Raises RefusedKey, UnknownModel, Unreachable, or EndpointError where it redirects or fails. One that lists no models
    (it has no list, the key may not read it, it limits the rate) is believed: the first call will tell.
    """
    status, body = _get(config, "/models")
    match status:
        case 200:
            _check_model(config, _names(body))
        case 401:
            raise RefusedKey(f"{config.shown} refused the key ({status}): check OPENAI_API_KEY.")
        case _ if 300 <= status < 400:
            raise EndpointError(f"{config.shown} redirects: set OPENAI_BASE_URL to where it is.")
        case _ if status >= 500 and status != 501:
            raise EndpointError(f"{config.shown} answers {status} to every question: try again later.")


def _check_model(config: EndpointConfig, names: Sequence[str]) -> None:
    if not names or any(_is_same_model(name, config.model) for name in names):
        return
    # Aliases and fine-tuned models may be missing from the list.
    if _get(config, "/models/" + quote(config.model, safe="/"))[0] == 200:
        return
    near = difflib.get_close_matches(config.model, names, n=3, cutoff=0.5)
    hint = f" Did you mean {' or '.join(near)}?" if near else ""
    raise UnknownModel(f"{config.shown} has no model {config.model!r}: set OPENAI_MODEL.{hint}")


def _is_same_model(listed: str, asked: str) -> bool:
    """Servers list `models/NAME` (Gemini) or `NAME:latest` (Ollama) and answer to NAME."""
    return asked in {listed, listed.rpartition("/")[2], listed.partition(":")[0]}


def _names(body: bytes) -> list[str]:
    try:
        answer: Any = orjson.loads(body)
        return [str(model["id"]) for model in answer["data"]]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return []


class _NoRedirect(HTTPRedirectHandler):
    """A redirect would carry the key to another host."""

    def redirect_request(self, *_args: Any, **_kwargs: Any) -> None:
        return None


def _authorization(config: EndpointConfig) -> str:
    """As the calls themselves are authorised: a user name in the address wins over the key."""
    credentials = urlsplit(config.base_url).netloc.rpartition("@")[0]
    if credentials:
        return "Basic " + b64encode(unquote_to_bytes(credentials)).decode()
    return f"Bearer {config.api_key}" if config.api_key else ""


def _get(config: EndpointConfig, path: str) -> tuple[int, bytes]:
    headers = {"Authorization": authorization} if (authorization := _authorization(config)) else {}
    try:
        request = Request(config.shown + path, headers=headers)  # noqa: S310 - the operator's own URL
        with build_opener(_NoRedirect).open(request, timeout=min(PREFLIGHT_TIMEOUT_S, config.timeout_s)) as reply:
            return reply.status, reply.read(MAX_LIST_BYTES)
    except HTTPError as error:
        return error.code, b""
    except (OSError, HTTPException, ValueError) as error:
        reason = getattr(error, "reason", None) or error
        raise Unreachable(
            f"{config.shown} can't be reached ({reason}): check OPENAI_BASE_URL and the network."
        ) from error
