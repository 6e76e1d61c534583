"""What a page of a company's site is about, told by its address, title, or the text of a link to it. Pure.

Words of twelve languages: English, German, French, Spanish, Italian, Portuguese, Dutch, Polish, Swedish, Danish (with
Norwegian), Czech and Turkish, without their accents.
"""

import itertools
import re
import unicodedata
from functools import lru_cache
from urllib.parse import unquote

# In the order in which they are believed: "/about/team" is the team's.
_WORDS = {
    "imprint": (
        "imprint impressum legal-notice legal-notices mentions-legales mentions aviso-legal nota-legal note-legali"
        " informazioni-legali informacoes-legais colofon nota-prawna juridisk-information tiraz kunye site-notice"
        " anbieterkennzeichnung disclosure legal"
    ),
    "team": (
        "team teams our-team the-team meet-the-team people our-people leadership management management-team staff"
        " board executives founders unser-team das-team mitarbeiter geschaeftsfuehrung geschaftsfuhrung"
        " ansprechpartner vorstand fuehrung equipe notre-equipe l-equipe direction dirigeants equipo nuestro-equipo"
        " direccion nosso-time il-team chi-e-chi squadra equipa a-equipe diretoria ons-team het-team medewerkers"
        " mensen zespol nasz-zespol zarzad kadra vart-team medarbetare ledning vores-team medarbejdere ledelse"
        " ansatte nas-tym tym vedeni ekip ekibimiz yonetim"
    ),
    "careers": (
        "careers career jobs job join-us vacancies work-with-us hiring open-positions karriere stellenangebote"
        " stellen offene-stellen recrutement carrieres nous-rejoindre emplois empleo empleos trabaja-con-nosotros"
        " carreras lavora lavora-con-noi carriere trabalhe-conosco carreiras vagas vacatures werken-bij kariera"
        " praca oferty-pracy jobba-hos-oss lediga-jobb karriar ledige-stillinger job-og-karriere karriera volna-"
        " mista kariyer is-ilanlari"
    ),
    "pricing": (
        "pricing prices price plans plans-and-pricing rates fees preise preisliste tarife tarifs prix precios"
        " tarifas prezzi listino precos planos prijzen tarieven cennik ceny priser prisliste cenik fiyatlar fiyat"
        " fiyatlandirma"
    ),
    "contact": (
        "contact contacts contact-us get-in-touch reach-us locations location find-us offices our-offices kontakt"
        " kontakte kontaktformular standort standorte anfahrt so-finden-sie-uns contactez-nous nous-contacter"
        " contacto contactenos contactanos contatti contattaci dove-siamo contato contactos fale-conosco"
        " contacteer-ons contactgegevens vestigingen skontaktuj-sie kontakta-oss kontakta kontakt-os kontakt-oss"
        " kontakty iletisim bize-ulasin impressum-kontakt"
    ),
    "about": (
        "about about-us aboutus company our-company who-we-are our-story story history mission vision profile"
        " overview ueber-uns uber-uns ueber uber wir unternehmen firma firmenprofil geschichte wir-ueber-uns"
        " a-propos apropos qui-sommes-nous notre-histoire entreprise societe l-entreprise quienes-somos sobre-"
        " nosotros nosotros empresa la-empresa sobre acerca-de chi-siamo azienda la-azienda l-azienda storia sobre-"
        " nos quem-somos a-empresa over-ons over bedrijf wie-zijn-wij o-nas o-firmie om-oss om-os om foretaget om-"
        " foretaget virksomheden o-spolecnosti hakkimizda kurumsal biz-kimiz"
    ),
    "news": (
        "news blog press newsroom media articles article posts post insights events magazine stories press-"
        " releases aktuelles neuigkeiten presse nachrichten actualites actualite journal noticias novedades prensa"
        " notizie novita stampa blogue imprensa nieuws pers aktualnosci prasa nyheter nyheder pressrum aktuality"
        " novinky haberler basin"
    ),
    "product": (
        "product products solutions solution services service what-we-do platform features shop store offerings"
        " produkte produkt leistungen loesungen losungen dienstleistungen produits produit prestations productos"
        " producto servicios soluciones prodotti servizi soluzioni produtos servicos solucoes producten diensten"
        " oplossingen produkty uslugi oferta rozwiazania produkter tjanster losninger ydelser tjenester sluzby"
        " reseni urunler hizmetler cozumler"
    ),
}
_KIND_OF = {word: kind for kind, words in reversed(_WORDS.items()) for word in words.split()}
_ORDER = {kind: place for place, kind in enumerate(_WORDS)}
_HOME = re.compile(
    r"/?(?:[a-z]{2}(?:[-_][a-z]{2})?/?)?(?:(?:index|home|default|main|start|startseite|accueil|inicio)(?:\.\w{2,5})?/?)?\Z"
)
_NOT_WORDS = re.compile(r"[^a-z0-9]+")
_ENDING = re.compile(r"\.(?:html?|php\d?|aspx?|jsp|cfm|cgi|xhtml|shtml)\Z")
# Names written like ü are spelled both ways.
_LETTERS = str.maketrans({"ß": "ss", "ø": "o", "ł": "l", "\u0131": "i", "æ": "ae", "đ": "d"})
_MOST_SEGMENTS, _MOST_WORDS = 6, 5


def page_kind(url: str, *, title: str = "", anchor: str = "") -> str:
    """One of KINDS. Its path is believed before the text of the link to it, that before its own title."""
    path = url.partition("://")[2].partition("/")[2].partition("?")[0].partition("#")[0]
    return _of_path(path) or _of_words(anchor) or _of_words(title.partition("|")[0]) or "other"


@lru_cache(maxsize=8192)
def _of_path(path: str) -> str:
    """An article's or a product's own page is one of news or products, however many words its address has."""
    path = folded(unquote(path).lower())
    if _HOME.match(path):
        return "home"
    segments = [segment for segment in _ENDING.sub("", path.rstrip("/")).split("/") if segment][:_MOST_SEGMENTS]
    kinds = [kind for segment in segments if (kind := _KIND_OF.get(_NOT_WORDS.sub("-", segment).strip("-")))]
    if kinds and kinds[0] in ("news", "product", "careers"):
        return kinds[0]
    if kinds:
        return min(kinds, key=lambda kind: _ORDER[kind])
    return _of_words(segments[-1]) if segments and len(segments) <= 2 else ""


@lru_cache(maxsize=8192)
def _of_words(text: str) -> str:
    """Of few words: a longer text only mentions things."""
    words = [word for word in _NOT_WORDS.split(folded(text.lower())) if word]
    if not 0 < len(words) <= _MOST_WORDS:
        return ""
    whole = _KIND_OF.get("-".join(words))
    parts = [_KIND_OF.get("-".join(pair)) for pair in itertools.pairwise(words)]
    single = [_KIND_OF.get(word) for word in words] if len(words) <= 3 else []
    return whole or min((kind for kind in (*parts, *single) if kind), key=lambda kind: _ORDER[kind], default="")


def folded(text: str) -> str:
    """Without accents."""
    if text.isascii():
        return text
    return "".join(
        letter
        for letter in unicodedata.normalize("NFKD", text.translate(_LETTERS))
        if not unicodedata.combining(letter)
    )
