"""Countries as ISO 3166-1 alpha-2."""

from functools import lru_cache

import pycountry

from prospects.companies.normalise.text import folded, one_line

# What people write and the ISO table doesn't know, folded.
_ALSO = {
    "usa": "US", "u s a": "US", "u s": "US", "america": "US", "the united states": "US",
    "united states of america": "US", "estados unidos": "US", "etats unis": "US", "vereinigte staaten": "US",
    "stati uniti": "US", "verenigde staten": "US", "uk": "GB", "u k": "GB", "great britain": "GB", "england": "GB",
    "scotland": "GB", "wales": "GB", "northern ireland": "GB", "britain": "GB", "vereinigtes konigreich": "GB",
    "royaume uni": "GB", "reino unido": "GB", "regno unito": "GB", "grossbritannien": "GB", "holland": "NL",
    "the netherlands": "NL", "nederland": "NL", "niederlande": "NL", "pays bas": "NL", "paises bajos": "NL",
    "paesi bassi": "NL", "deutschland": "DE", "allemagne": "DE", "alemania": "DE", "germania": "DE",
    "alemanha": "DE", "duitsland": "DE", "osterreich": "AT", "autriche": "AT", "schweiz": "CH", "suisse": "CH",
    "svizzera": "CH", "suiza": "CH", "frankreich": "FR", "francia": "FR", "frankrijk": "FR", "franca": "FR",
    "espana": "ES", "spanien": "ES", "espagne": "ES", "spagna": "ES", "espanha": "ES", "spanje": "ES",
    "italia": "IT", "italien": "IT", "italie": "IT", "belgien": "BE", "belgique": "BE", "belgie": "BE",
    "belgio": "BE", "danmark": "DK", "danemark": "DK", "danemarca": "DK", "sverige": "SE", "schweden": "SE",
    "suede": "SE", "suecia": "SE", "svezia": "SE", "norge": "NO", "norwegen": "NO", "norvege": "NO",
    "noruega": "NO", "suomi": "FI", "finnland": "FI", "finlande": "FI", "polska": "PL", "polen": "PL",
    "pologne": "PL", "polonia": "PL", "tschechien": "CZ", "czech republic": "CZ", "cesko": "CZ", "ungarn": "HU",
    "magyarorszag": "HU", "griechenland": "GR", "irland": "IE", "irlande": "IE", "republic of ireland": "IE",
    "brasil": "BR", "bresil": "BR", "brasilien": "BR", "mexique": "MX", "mexiko": "MX", "kanada": "CA",
    "china": "CN", "prc": "CN", "p r china": "CN", "mainland china": "CN", "chine": "CN", "hong kong sar": "HK",
    "south korea": "KR", "korea": "KR", "republic of korea": "KR", "north korea": "KP", "russia": "RU",
    "russland": "RU", "russie": "RU", "vietnam": "VN", "taiwan": "TW", "turkey": "TR", "turkei": "TR",
    "turquie": "TR", "uae": "AE", "emirates": "AE", "ivory coast": "CI", "iran": "IR", "syria": "SY",
    "bolivia": "BO", "venezuela": "VE", "tanzania": "TZ", "moldova": "MD", "macedonia": "MK", "laos": "LA",
    "brunei": "BN", "cape verde": "CV", "palestine": "PS", "kosovo": "XK", "japon": "JP", "nippon": "JP",
    "indien": "IN", "australien": "AU",
}  # fmt: skip


def country(text: str) -> str | None:
    """ "Deutschland", "DEU", "de" → "DE"; None for what is no country."""
    return _by_name(text) if 0 < len(text) <= 100 else None


@lru_cache(maxsize=4096)
def _by_name(text: str) -> str | None:
    key = " ".join(folded(one_line(text)).replace(".", " ").replace(",", " ").replace("-", " ").split())
    return _names().get(key)


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    names: dict[str, str] = {}
    for entry in pycountry.countries:
        for attribute in ("alpha_2", "alpha_3", "name", "official_name", "common_name"):
            if value := getattr(entry, attribute, None):
                names[" ".join(folded(value).replace(",", " ").replace("-", " ").split())] = entry.alpha_2
    return names | _ALSO
