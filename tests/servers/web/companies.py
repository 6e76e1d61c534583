"""Whose sites they are: the truth that a crawl is measured against. Pure, the same for the same number."""

import random
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from tests.servers.web.words import ALL, Words

# What robots.txt says, by number: most hosts have nothing against being read.
TRAITS = {3: "delayed", 7: "denied", 11: "no_robots", 13: "broken_robots", 17: "partly_denied"}
_FOLDED = str.maketrans({"ł": "l", "ß": "ss", "ä": "ae", "ö": "oe", "ü": "ue"})


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    title: str
    email: str


@dataclass(frozen=True, slots=True)
class Company:
    """`host` is the one that answers with pages ("www." where the bare domain leads there); `trait` is of TRAITS, or
    "plain". `markup` is how its facts are marked up: json_ld, microdata, or not at all.
    """

    number: int
    name: str
    legal_name: str
    domain: str
    host: str
    words: Words
    trait: str
    markup: str
    phone: str
    email: str
    street: str
    postal_code: str
    city: str
    founded: int
    employees: int
    people: tuple[Person, ...]
    linkedin: str


def company(number: int, *, seed: int = 1) -> Company:
    draw = random.Random(f"{seed}/{number}")
    words = ALL[number % len(ALL)]
    name = f"{draw.choice(words.surnames)} {draw.choice(words.nouns)} {number}"
    domain = f"{slug(name)}.{words.tld}"
    city, postal_code, phone = draw.choice(words.places)
    people = tuple(_person(draw, words, domain=domain, title=title) for title in words.titles)
    return Company(
        number=number,
        name=name,
        legal_name=f"{name} {words.legal}",
        domain=domain,
        host=f"www.{domain}" if number % 4 == 1 else domain,
        words=words,
        trait=TRAITS.get(number % 20, "plain"),
        markup=("json_ld", "text", "json_ld", "microdata", "json_ld")[number % 5],
        phone=re.sub("#", lambda _: str(draw.randint(0, 9)), phone),
        email=f"info@{domain}",
        street=draw.choice(words.streets).format(n=draw.randint(2, 240)),
        postal_code=postal_code,
        city=city,
        founded=draw.randint(1899, 2019),
        employees=draw.choice((12, 38, 65, 120, 240, 480, 1150)),
        people=people,
        linkedin=f"https://www.linkedin.com/company/{slug(name)}",
    )


def companies(count: int, *, seed: int = 1) -> Sequence[Company]:
    """The first `count`; more hosts never change those before."""
    return [company(number, seed=seed) for number in range(count)]


def _person(draw: random.Random, words: Words, *, domain: str, title: str) -> Person:
    given, surname = draw.choice(words.given), draw.choice(words.surnames)
    return Person(f"{given} {surname}", title, f"{slug(given)}.{slug(surname)}@{domain}")


def slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.lower().translate(_FOLDED)).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
