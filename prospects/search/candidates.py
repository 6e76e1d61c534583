"""Which of the sites that a search found may be a company's own. Pure."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence

from cleanco import basename
from rapidfuzz import fuzz

from prospects.companies.normalise.domain import country_of, is_shared
from prospects.search.hits import Candidate, Hit

# Below it a site has nothing in common with the name but the engine's opinion.
LEAST = 40
# Who writes about companies, and is none of those that are looked for.
DIRECTORIES = frozenset(
    """
    northdata.com northdata.de dnb.com zoominfo.com kompass.com europages.com europages.de europages.fr europages.co.uk
    opencorporates.com bloomberg.com apollo.io rocketreach.co pitchbook.com owler.com cbinsights.com craft.co
    leadiq.com lusha.com signalhire.com yellowpages.com yell.com gelbeseiten.de 11880.com dasoertliche.de wlw.de
    firmenwissen.de companyhouse.de unternehmensregister.de pagesjaunes.fr societe.com pappers.fr infogreffe.fr
    verif.com paginasamarillas.es einforma.com axesor.es empresite.eleconomista.es paginegialle.it ufficiocamerale.it
    kvk.nl drimble.nl goudengids.be detelefoongids.nl aleo.com panoramafirm.pl rejestr.io krs-pobierz.pl racius.com
    companieshouse.gov.uk gov.uk sec.gov bbb.org manta.com mapquest.com chamberofcommerce.com trustpilot.com
    kununu.com stepstone.de monster.com ziprecruiter.com reuters.com forbes.com ft.com wsj.com nytimes.com
    wikidata.org fandom.com issuu.com scribd.com slideshare.net quora.com thomasnet.com alibaba.com made-in-china.com
    """.split()  # noqa: SIM905 - a list of quotes would be a page long
)
_WORD = re.compile(r"[^\W_]+")


def candidate_sites(
    name: str, hits: Iterable[Hit], *, country: str = "", deny: Collection[str] = ()
) -> Sequence[Candidate]:
    """The sites that may be the company's, the likeliest first. Shared hosts and directories never are."""
    wanted = _folded(basename(name) or name)
    best: dict[str, Candidate] = {}
    for hit in hits:
        if is_shared(hit.domain) or hit.domain in DIRECTORIES or hit.domain in deny:
            continue
        candidate = _judged(wanted, hit, country=country)
        known = best.get(hit.domain)
        if candidate.score >= LEAST and (known is None or candidate.score > known.score):
            best[hit.domain] = candidate
    return sorted(best.values(), key=lambda each: -each.score)


def _judged(wanted: str, hit: Hit, *, country: str) -> Candidate:
    label = _folded(hit.domain.partition(".")[0]).replace(" ", "")
    joined = wanted.replace(" ", "")
    in_domain = fuzz.ratio(joined, label) if joined and label else 0.0
    if len(label) >= 4 and joined.startswith(label):
        # "grayson.com" for Grayson Textiles: likely, less than the whole name.
        in_domain = max(in_domain, 75.0)
    in_title = fuzz.token_set_ratio(wanted, _folded(hit.title)) if wanted else 0.0
    first = max(0, 6 - hit.rank) * 2
    home = 4 if hit.url.rstrip("/").count("/") == 2 else 0
    there = country_of(hit.domain)
    place = 0 if not country or there is None else (4 if there == country.upper() else -10)
    score = round(in_domain * 0.55 + in_title * 0.30 + first + home + place)
    why = f"Domain like the name by {in_domain:.0f} %, title by {in_title:.0f} %, rank {hit.rank}."
    return Candidate(hit.domain, max(0, min(100, score)), why)


def _folded(text: str) -> str:
    """Words in ASCII, lower case."""
    spelt = text.lower().replace("ß", "ss").replace("ł", "l").replace("ø", "o").replace("æ", "ae")
    plain = "".join(each for each in unicodedata.normalize("NFKD", spelt) if not unicodedata.combining(each))
    return " ".join(_WORD.findall(plain))
