"""A page of a company's site as HTML: 38 kB as real ones have, most of it frame. Pure."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from html import escape

import orjson

from tests.servers.web.companies import Company

_ICON = (
    '<svg class="icon" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true"><path d="M12 2a10 10 0 1 0 0 20 '
    '10 10 0 0 0 0-20zm0 18a8 8 0 1 1 0-16 8 8 0 0 1 0 16z"/></svg>'
)


@dataclass(frozen=True, slots=True)
class Content:
    """What one page says beside its frame; `links` are (path, text) beyond the navigation."""

    title: str
    body: str
    links: Sequence[tuple[str, str]] = ()


def page(company: Company, path: str, content: Content, *, home: str) -> str:
    """`home` is the origin that the canonical link and the markup name."""
    words = company.words
    draw = random.Random(f"{company.domain}{path}")
    return "\n".join(
        (
            f'<!doctype html><html lang="{words.language}"><head><meta charset="{words.charset}">',
            f"<title>{escape(content.title)} | {escape(company.name)}</title>",
            f'<meta name="description" content="{escape(company.name)}: {escape(words.sentences[0])}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f'<meta property="og:site_name" content="{escape(company.name)}">',
            '<meta property="og:type" content="website">',
            f'<link rel="canonical" href="{home}{path}"><link rel="icon" href="/favicon.ico">',
            f"<style>{_styles(company.number % 7)}</style>{_json_ld(company, home)}</head>",
            f'<body class="page"><header>{_navigation(company)}</header><main id="content"><h1>{content.title}</h1>',
            content.body,
            _linked(content.links),
            _cards(company, draw),
            f"</main>{_footer(company, path)}<script>{_script(company.number % 5)}</script></body></html>",
        )
    )


@cache
def _styles(number: int) -> str:
    draw = random.Random(f"style {number}")
    rules = []
    for index in range(175):
        size, colour = draw.randint(2, 48), draw.randrange(0xFFFFFF)
        rules.append(
            f".block-{index}{{margin:{size}px {size // 2}px;color:#{colour:06x};display:flex;gap:{size % 9}px;"
            f"border-radius:{size % 13}px}}"
        )
    return "".join(rules)


@cache
def _script(number: int) -> str:
    draw = random.Random(f"script {number}")
    return "".join(
        f"window.layer=window.layer||[];layer.push({{event:'view{index}',key:'{draw.randrange(16**8):08x}',"
        f"at:{draw.randrange(10**6)}}});"
        for index in range(130)
    )


def _navigation(company: Company) -> str:
    words = company.words
    items = "".join(
        f'<li class="nav-item"><a class="nav-link block-{index}" href="/{words.paths[kind]}">{label}</a></li>'
        for index, (kind, label) in enumerate(words.labels.items())
    )
    menu = "".join(
        f'<li><a class="menu-link block-{number}" href="/{words.paths["products"]}/{number}">{_ICON}'
        f"<span>{words.labels['products']} {number}</span></a></li>"
        for number in range(1, 11)
    )
    home = f'<a class="logo" href="/" title="{escape(company.name)}">{escape(company.name)}</a>'
    return f'{home}<nav><ul class="nav">{items}</ul><ul class="mega">{menu}</ul></nav>'


def _linked(links: Sequence[tuple[str, str]]) -> str:
    items = "".join(f'<li><a href="{escape(path)}">{escape(text)}</a></li>' for path, text in links)
    return f'<ul class="listing">{items}</ul>' if items else ""


def _cards(company: Company, draw: random.Random) -> str:
    """Teasers in which no fact of the company stands."""
    cards = []
    for index in range(14):
        first, second = draw.sample(company.words.sentences, 2)
        cards.append(
            f'<article class="card block-{index}" data-id="{draw.randrange(10**9)}"><div class="card-media">{_ICON}'
            f'</div><div class="card-body"><h3>{escape(draw.choice(company.words.nouns))}</h3>'
            f"<p>{escape(first)} {escape(second)}</p>"
            f'<a class="more" href="/{company.words.paths["products"]}/{draw.randint(1, 10)}">&rarr;</a>'
            "</div></article>"
        )
    return f'<section class="cards">{"".join(cards)}</section>'


def _footer(company: Company, path: str) -> str:
    """The imprint's link, profiles, and share buttons that are nobody's profile."""
    words = company.words
    shared = f"https://www.facebook.com/sharer/sharer.php?u=https%3A%2F%2F{company.host}{path}"
    return (
        f'<footer><p>&copy; 2026 {escape(company.legal_name)}</p><a href="/{words.paths["imprint"]}">'
        f'{words.labels["imprint"]}</a> <a rel="me" href="{company.linkedin}">LinkedIn</a> '
        f'<a href="{escape(shared)}">Facebook</a></footer>'
    )


def _json_ld(company: Company, home: str) -> str:
    if company.markup != "json_ld":
        return ""
    described = {
        "@context": "https://schema.org",
        "@type": "Organization",
        "name": company.name,
        "legalName": company.legal_name,
        "url": f"{home}/",
        "telephone": company.phone,
        "email": company.email,
        "foundingDate": str(company.founded),
        "address": {
            "@type": "PostalAddress",
            "streetAddress": company.street,
            "postalCode": company.postal_code,
            "addressLocality": company.city,
            "addressCountry": company.words.country,
        },
        "sameAs": [company.linkedin],
    }
    # As JavaScript writes it, so that it fits every charset.
    text = "".join(each if each.isascii() else f"\\u{ord(each):04x}" for each in orjson.dumps(described).decode())
    return f'<script type="application/ld+json">{text}</script>'
