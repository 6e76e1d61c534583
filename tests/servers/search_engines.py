"""The search engines' APIs, played by a server in a thread: SearXNG, Serper and Google, each by its own path.

    with search_engines() as engines:
        engines.answers["acme foods"] = [("Acme Foods", "https://www.acme.com/", "Bakers since 1950")]
        engines.faults["serper"] = 429

`asked` is what each was asked, in order: (engine, query, parameters and body, headers).
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
from aiohttp import web

from tests.servers.local_site import Site, local_site

KEY = "a-secret-key"
Found = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Question:
    engine: str
    query: str
    parameters: Mapping[str, Any]
    headers: Mapping[str, str]


@dataclass(slots=True)
class SearchEngines:
    """`answers` by query: (title, URL, snippet). `faults` by engine: a status, or "garbage"."""

    site: Site
    answers: dict[str, Sequence[Found]] = field(default_factory=dict)
    faults: dict[str, int | str] = field(default_factory=dict)
    asked: list[Question] = field(default_factory=list)

    @property
    def url(self) -> str:
        return self.site.url("")

    async def searxng(self, request: web.Request) -> web.StreamResponse:
        found = self._found("searxng", request.query["q"], dict(request.query), request)
        if request.query.get("format") != "json":
            return web.Response(status=403, text="Forbidden")
        results = [{"title": title, "url": url, "content": said, "engine": "x"} for title, url, said in found]
        return self._answer("searxng", {"query": request.query["q"], "results": results, "unresponsive_engines": []})

    async def serper(self, request: web.Request) -> web.StreamResponse:
        body = orjson.loads(await request.read())
        found = self._found("serper", body["q"], body, request)
        if request.headers.get("X-API-KEY") != KEY:
            return web.json_response({"message": "Unauthorized.", "statusCode": 403}, status=403)
        organic = [
            {"title": title, "link": url, "snippet": said, "position": number}
            for number, (title, url, said) in enumerate(found, start=1)
        ]
        return self._answer("serper", {"searchParameters": body, "organic": organic, "credits": 1})

    async def google(self, request: web.Request) -> web.StreamResponse:
        found = self._found("google", request.query["q"], dict(request.query), request)
        if request.headers.get("X-Goog-Api-Key") != KEY:
            error = {"code": 400, "message": "API key not valid. Please pass a valid API key."}
            return web.json_response({"error": error}, status=400)
        items = [{"title": title, "link": url, "snippet": said} for title, url, said in found]
        # Where nothing is found, Google leaves the items out.
        return self._answer("google", {"kind": "customsearch#search"} | ({"items": items} if items else {}))

    def _found(self, engine: str, query: str, parameters: Mapping[str, Any], request: web.Request) -> Sequence[Found]:
        self.asked.append(Question(engine, query, parameters, dict(request.headers)))
        return self.answers.get(query.lower(), [])

    def _answer(self, engine: str, content: Mapping[str, Any]) -> web.Response:
        fault = self.faults.get(engine)
        if fault == "garbage":
            return web.Response(body=b"<html>not json</html>", content_type="text/html")
        if isinstance(fault, int):
            headers = {"Retry-After": "0.2"} if fault == 429 else {}
            return web.json_response({"error": {"message": "said no"}}, status=fault, headers=headers)
        return web.json_response(content)


@contextmanager
def search_engines() -> Iterator[SearchEngines]:
    with local_site() as site:
        engines = SearchEngines(site)
        site.pages.update({"/search": engines.searxng, "/serper": engines.serper, "/google": engines.google})
        yield engines
