"""Pages that are none: no longer there though they say 200, of a domain for sale, or empty without a script. Pure."""

import re

from selectolax.lexbor import LexborHTMLParser

_FEW, _SOME, _MANY = 200, 1500, 4000
_GONE = re.compile(
    r"\b(?:404|page not found|not found|page (?:does ?n[o']t|no longer) exists?|page cannot be found"
    r"|seite (?:wurde )?nicht gefunden|seite existiert nicht|page (?:introuvable|non trouv[ée]e)"
    r"|p[áa]gina no encontrada|pagina non trovata|p[áa]gina n[ãa]o encontrada|pagina niet gevonden"
    r"|nie znaleziono strony|strona nie istnieje|str[áa]nka (?:nebyla )?nenalezena"
    r"|sidan (?:kunde inte hittas|finns inte)|siden (?:blev ikke|ikke) fundet|siden finnes ikke|sivua ei l[öo]ydy"
    r"|страница не найдена|sayfa bulunamad[\u0131i])(?!\w)|ページが見つかりません|页面不存在|找不到页面",
    re.IGNORECASE,
)
_PARKED = re.compile(
    r"(?:this |the )?domain(?: name)?(?: [\w.-]{4,60})? (?:is|may be|might be|could be) (?:for sale|parked|available"
    r" for (?:sale|purchase)|registered(?:,| but| and) )|buy this domain"
    r"|this domain (?:has expired|is parked|was recently registered)"
    r"|domain (?:steht )?zum verkauf|diese domain (?:ist|wurde|steht) (?:zu verkaufen|geparkt|registriert|zum verkauf)"
    r"|ce (?:nom de )?domaine est (?:[àa] vendre|r[ée]serv[ée]|parqu[ée])|este dominio est[áa] (?:en venta|aparcado)"
    r"|questo dominio [èe] (?:in vendita|parcheggiato)|dit domein is te koop|ta domena jest na sprzeda[żz]"
    r"|domain parking|parked (?:free|domain)|inquire about this domain|make an offer on this domain|future home of",
    re.IGNORECASE,
)
_PARKERS = re.compile(
    rb"(?:sedoparking\.com|parkingcrew\.net|bodis\.com|parklogic\.com|above\.com/marketplace|hugedomains\.com|dan\.com/buy"
    rb"|afternic\.com/forsale|godaddy\.com/(?:forsale|domainsearch)|skenzo\.com|domainmarket\.com|cashparking\.com"
    rb"|undeveloped\.com|img\.sedoparking|d1lxhc4jvstzrp\.cloudfront\.net)",
    re.IGNORECASE,
)
_NEEDS_SCRIPT = re.compile(
    r"(?:enable|activate|requires?|need|turn on|aktivieren|activer|activez|active|habilit\w+|abilit\w+)"
    r" (?:\w+ ){0,3}javascript"
    r"|javascript (?:\w+ ){0,4}(?:required|enabled?|disabled|aktivier\w+|activ\w+)|without javascript",
    re.IGNORECASE,
)
_ROOTS = "#root,#app,#__next,#__nuxt,#___gatsby,app-root,[ng-app],[data-reactroot],#svelte,#q-app"


def flags(tree: LexborHTMLParser, html: bytes, *, text: str, title: str) -> frozenset[str]:
    """Of soft_404, parked, javascript_only; `text` is what is seen, `html` in UTF-8."""
    found = set()
    if len(text) < _MANY and _GONE.search(_headline(tree, title)):
        found.add("soft_404")
    if len(text) < _SOME and (_PARKED.search(f"{title}\n{text}") or _PARKERS.search(html)):
        found.add("parked")
    elif len(text) < _FEW and _is_empty_without_script(tree, html, text):
        found.add("javascript_only")
    return frozenset(found)


def _headline(tree: LexborHTMLParser, title: str) -> str:
    """A title of a company whose name has 404 in it is no error: both say it, or the headline alone."""
    heading = tree.css_first("h1,h2")
    return heading.text()[:200] if heading is not None and heading.text().strip() else title


def _is_empty_without_script(tree: LexborHTMLParser, html: bytes, text: str) -> bool:
    if b"<script" not in html and b"<SCRIPT" not in html:
        return False
    if tree.css_first(_ROOTS) is not None or _NEEDS_SCRIPT.search(text):
        return True
    return any(_NEEDS_SCRIPT.search(node.text()) for node in tree.css("noscript")[:5])
