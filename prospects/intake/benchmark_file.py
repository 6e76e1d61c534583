"""A seeded CSV of made-up companies that looks like what people export: 12 columns, quotes, accents, ranges, phones."""

import csv
import io
import random
from collections.abc import Iterator

HEADERS = (
    "Company Name", "Website", "Industry", "Employees", "Annual Revenue", "HQ Street", "City", "State", "Zip",
    "Country", "Phone", "Description",
)  # fmt: skip
_FIRST = """
    Apex Blue Cedar Delta Eagle Falcon Granite Harbor Iron Juniper Keystone Liberty Maple Northern Oak Pioneer
    Quantum River Summit Titan Union Vertex Western Zenith Müller Société Ångström Łódź Señor Čedok Ørsted
""".split()  # noqa: SIM905 - a list of quotes would be twice as long
_SECOND = """
    Foods Logistics Steel Software Health Energy Plastics Insurance Textiles Media Packaging Robotics Dairy Paper
    Chemicals Brewing Motors Optics Bakery Farms
""".split()  # noqa: SIM905 - a list of quotes would be twice as long
_FORMS = ("Inc.", "LLC", "GmbH", "Ltd", "S.A.", "& Sons", "Co., Ltd.", "AG", "")
_INDUSTRIES = ("Food manufacturing", "Software", "Steel", "Insurance", "Health care", "Transport, storage", "Textiles")
_EMPLOYEES = ("1-10", "11-50", "51-200", "201-500", "501-1,000", "1k+", "5000", "10,001+", "")
_REVENUES = ("$5M", "$10M - $50M", "$1.2B", "<$1M", "€20m", "", "1,250,000")
_PLACES = (
    ("Chicago", "IL", "60601", "United States", "(312) {:03d}-{:04d}"),
    ("Milwaukee", "Wisconsin", "53202", "USA", "+1 414-{:03d}-{:04d}"),
    ("München", "Bayern", "80331", "Germany", "089 2{:03d}{:04d}"),
    ("Lyon", "", "69002", "France", "+33 4 7{:03d} {:04d}"),
    ("São Paulo", "SP", "01310-100", "Brazil", "+55 11 3{:03d}-{:04d}"),
    ("Boston", "MA", "02108", "US", "617.{:03d}.{:04d}"),
)
_ABOUT = (
    'Makers of the "{}" line since {}, selling to retailers and wholesalers.',
    "Family-owned; ships {} to {} countries.",
    "",
)
_TLDS = ("com", "net", "io", "de", "fr", "co.uk")


def sample_csv(rows: int, *, seed: int = 1) -> Iterator[bytes]:
    """The file in pieces of a thousand rows; the same seed gives the same bytes."""
    chance = random.Random(seed)  # noqa: S311 - made-up companies, no secrets
    pending: list[tuple[str, ...]] = [HEADERS]
    for position in range(rows):
        # Every fiftieth line is a company that came before, with other words: a list of real life has such.
        number = position // 2 if position % 50 == 49 else position
        pending.append(_row(number, chance))
        if len(pending) >= 1000:
            yield _written(pending)
            pending = []
    yield _written(pending)


def _row(number: int, chance: random.Random) -> tuple[str, ...]:
    first, second = _FIRST[number % len(_FIRST)], _SECOND[number // 7 % len(_SECOND)]
    name = f"{first} {second} {number} {chance.choice(_FORMS)}".strip()
    city, state, code, country, phone = chance.choice(_PLACES)
    host = f"{second.lower()}-{number}.{_TLDS[number % len(_TLDS)]}"
    about = chance.choice(_ABOUT).format(second, 1900 + number % 120)
    return (
        name,
        chance.choice(("https://www.{}/", "{}", "http://{}/about?x=1")).format(host),
        chance.choice(_INDUSTRIES),
        chance.choice(_EMPLOYEES),
        chance.choice(_REVENUES),
        f"{number % 900 + 1} {first} Street, Suite {number % 40}",
        city,
        state,
        code,
        country,
        phone.format(200 + number // 10_000 % 800, number % 10_000) if number % 3 else "",
        about,
    )


def _written(rows: list[tuple[str, ...]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()
