"""What a host answers at which path. Pure: the server adds time, faults and compression."""

import gzip
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from html import escape

from tests.servers.web.companies import Company, slug
from tests.servers.web.markup import Content, page

HTML = "text/html"


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes = b""
    content_type: str = HTML
    location: str = ""


class Site:
    """A company's pages: eight kinds, `articles` of news and ten products. Another `revision` tells other news."""

    def __init__(self, company: Company, *, origin: str, articles: int, revision: int = 0) -> None:
        self.company = company
        self.origin = origin
        self.articles = articles
        self.revision = revision
        self._paths = {path: kind for kind, path in company.words.paths.items()}
        self._articles = {_article(company, number): number for number in range(1, articles + 1)}

    def answer(self, path: str) -> Answer:
        """Without what the query string says: it changes nothing."""
        if special := self._special.get(path):
            return special()
        if path in {f"/{each}/" for each in self._paths}:
            return Answer(301, location=path.rstrip("/"))
        content = self._content(path)
        if content is None:
            return Answer(404, self._encoded("/404", Content("404", "<p>404</p>")))
        return Answer(200, self._encoded(path, content))

    @cached_property
    def _special(self) -> Mapping[str, Callable[[], Answer]]:
        return {
            "/robots.txt": self._robots,
            "/sitemap.xml": self._sitemap,
            "/sitemap-pages.xml.gz": self._packed_sitemap,
            "/start": lambda: Answer(302, location="/"),
            "/favicon.ico": lambda: Answer(200, b"\0" * 32, "image/x-icon"),
        }

    def paths(self) -> list[str]:
        """Every page there is, the home first."""
        words = self.company.words
        products = [f"/{words.paths['products']}/{number}" for number in range(1, 11)]
        news = [f"/{words.paths['news']}/{slug}" for slug in self._articles]
        return ["/", *(f"/{path}" for path in self._paths), *products, *news]

    def _content(self, path: str) -> Content | None:
        if path == "/":
            return self._home()
        first, _, last = path.strip("/").partition("/")
        kind = self._paths.get(first)
        if kind is None:
            return None
        if not last:
            return self._of_kind(kind)
        number = self._number(kind, last)
        return self._numbered(kind, number) if number else None

    def _number(self, kind: str, last: str) -> int:
        """Of a product or an article; 0 where there is none."""
        if kind == "news":
            return self._articles.get(last, 0)
        is_one = kind == "products" and last.isascii() and last.isdecimal() and last[0] != "0" and int(last) <= 10
        return int(last) if is_one else 0

    def _home(self) -> Content:
        words = self.company.words
        links = [("/start", "Start"), (f"/{words.paths['news']}", words.labels["news"])]
        return Content(self.company.name, self._told(*words.sentences[:3]), links)

    def _of_kind(self, kind: str) -> Content:
        company, words = self.company, self.company.words
        facts = {
            "about": self._told(
                words.founded.format(year=company.founded),
                words.employees.format(count=company.employees),
                *words.sentences,
            ),
            "contact": self._address(),
            "imprint": self._address(),
            "team": self._team(),
        }
        body = facts.get(kind, self._told(*words.sentences[2:5]))
        return Content(words.labels[kind], body, self._listed(kind))

    def _listed(self, kind: str) -> list[tuple[str, str]]:
        words = self.company.words
        lasts = {"products": [str(number) for number in range(1, 11)], "news": list(self._articles)}.get(kind, [])
        return [(f"/{words.paths[kind]}/{last}", f"{words.labels[kind]} {last}") for last in lasts]

    def _numbered(self, kind: str, number: int) -> Content:
        words = self.company.words
        told = words.sentences[(number + self.revision) % len(words.sentences)]
        return Content(f"{words.labels[kind]} {number}", self._told(told, f"{words.labels[kind]} {number}."))

    def _told(self, *sentences: str) -> str:
        return "".join(f"<p>{escape(each)}</p>" for each in sentences)

    def _address(self) -> str:
        company = self.company
        email = company.email if company.number % 3 else company.email.replace("@", " (at) ")
        fact = _microdata if company.markup == "microdata" else _plain
        lines = (
            f"<strong>{fact('legalName', company.legal_name)}</strong>",
            fact("streetAddress", company.street),
            f"{fact('postalCode', company.postal_code)} {fact('addressLocality', company.city)}",
            f"{company.words.phone_label}: {fact('telephone', company.phone)}",
            f"E-mail: {fact('email', email)}",
        )
        scope = ' itemscope itemtype="https://schema.org/Organization"' if company.markup == "microdata" else ""
        return f'<address class="vcard"{scope}>{"<br>".join(lines)}</address>'

    def _team(self) -> str:
        people = "".join(
            f'<li class="person"><h3>{escape(each.name)}</h3><p class="title">{escape(each.title)}</p>'
            f'<a href="mailto:{each.email}">{each.email}</a></li>'
            for each in self.company.people
        )
        return f'<ul class="team">{people}</ul>'

    def _encoded(self, path: str, content: Content) -> bytes:
        text = page(self.company, path, content, home=self.origin)
        return text.encode(self.company.words.charset, "xmlcharrefreplace")

    def _robots(self) -> Answer:
        news, first = self.company.words.paths["news"], _article(self.company, 1)
        rules = {
            "denied": "User-agent: *\nDisallow: /\n",
            "delayed": "User-agent: *\nCrawl-delay: 1\nDisallow: /internal/\n",
            "partly_denied": f"User-agent: *\nDisallow: /{news}/\nAllow: /{news}/{first}$\n",
        }.get(self.company.trait, "User-agent: BadBot\nDisallow: /\n\nUser-agent: *\nDisallow: /internal/\n")
        if self.company.trait in ("no_robots", "broken_robots"):
            return Answer(404 if self.company.trait == "no_robots" else 503, b"", "text/plain")
        return Answer(200, f"{rules}\nSitemap: {self.origin}/sitemap.xml\n".encode(), "text/plain")

    def _sitemap(self) -> Answer:
        """Of every third host an index that leads to a packed one."""
        if self.company.number % 3:
            return Answer(200, self._urls(), "application/xml")
        index = f"<sitemapindex><sitemap><loc>{self.origin}/sitemap-pages.xml.gz</loc></sitemap></sitemapindex>"
        return Answer(200, index.encode(), "application/xml")

    def _packed_sitemap(self) -> Answer:
        return Answer(200, gzip.compress(self._urls(), mtime=0), "application/gzip")

    def _urls(self) -> bytes:
        urls = "".join(f"<url><loc>{self.origin}{path}</loc></url>" for path in self.paths())
        return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'.encode()


def _article(company: Company, number: int) -> str:
    """The last part of an article's path: words, as blogs have it, since crawls soon tire of numbers."""
    words = company.words
    rest, noun = divmod(number, len(words.nouns))
    rest, surname = divmod(rest, len(words.surnames))
    named = slug(f"{words.nouns[noun]} {words.surnames[surname]} {words.given[rest % len(words.given)]}")
    return named if rest < len(words.given) else f"{named}-{rest}"


def _plain(name: str, value: str) -> str:
    return escape(value)


def _microdata(name: str, value: str) -> str:
    return f'<span itemprop="{name}">{escape(value)}</span>'
