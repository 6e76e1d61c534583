"""The registrable domain of a web address, a host or an e-mail address."""

import re

from prospects.companies.normalise.suffixes import suffix_length

_HOST = re.compile(r"[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+")
_USUAL = re.compile(r"(?:https?://)?(?:www\.)?([a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]*[a-z0-9])+)(?:[/?#].*)?", re.DOTALL)
# Longer than any web address that means one; what is longer is not looked at.
_LONGEST = 2000
_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*:/*", re.IGNORECASE)

# One host, many companies: never what identifies one. Social networks, site builders, shops, directories, free mail.
SHARED_HOSTS = frozenset(
    """
    facebook.com fb.com instagram.com linkedin.com twitter.com x.com youtube.com youtu.be tiktok.com pinterest.com
    xing.com vk.com t.me telegram.me wa.me whatsapp.com threads.net medium.com substack.com reddit.com snapchat.com
    tumblr.com weibo.com yelp.com tripadvisor.com crunchbase.com glassdoor.com indeed.com wikipedia.org github.com
    gitlab.com google.com goo.gl bit.ly linktr.ee linktree.com about.me carrd.co beacons.ai wix.com wixsite.com
    weebly.com squarespace.com wordpress.com blogger.com blogspot.com jimdo.com jimdosite.com webnode.com
    strikingly.com godaddysites.com webflow.io webflow.com business.site myshopify.com shopify.com bigcartel.com
    etsy.com ebay.com amazon.com alibaba.com notion.site notion.so github.io gitlab.io netlify.app vercel.app
    herokuapp.com pages.dev web.app firebaseapp.com azurewebsites.net cloudfront.net amazonaws.com sharepoint.com
    onmicrosoft.com typeform.com eventbrite.com page.link site123.me ueniweb.com yolasite.com gmail.com
    googlemail.com outlook.com outlook.de outlook.fr hotmail.com hotmail.co.uk hotmail.fr hotmail.de hotmail.it
    hotmail.es live.com live.co.uk live.fr live.nl msn.com yahoo.com yahoo.co.uk yahoo.fr yahoo.de yahoo.it yahoo.es
    yahoo.co.jp yahoo.co.in yahoo.com.br ymail.com rocketmail.com icloud.com me.com mac.com aol.com protonmail.com
    proton.me pm.me gmx.de gmx.net gmx.com gmx.at gmx.ch web.de t-online.de freenet.de mail.com mail.ru yandex.ru
    yandex.com qq.com 163.com 126.com sina.com foxmail.com zoho.com fastmail.com tutanota.com hey.com free.fr
    orange.fr wanadoo.fr laposte.net sfr.fr libero.it virgilio.it tiscali.it alice.it uol.com.br bol.com.br
    terra.com.br comcast.net verizon.net att.net sbcglobal.net bellsouth.net cox.net charter.net earthlink.net
    btinternet.com virginmedia.com sky.com ntlworld.com talktalk.net bluewin.ch ziggo.nl kpnmail.nl planet.nl
    telenet.be skynet.be bigpond.com optusnet.com.au rogers.com shaw.ca sympatico.ca naver.com daum.net hanmail.net
    rediffmail.com
    """.split()  # noqa: SIM905 - a list of quotes would be a page long
)
# Country codes sold to everybody, and the one that is no country.
_NOT_PLACES = frozenset(
    """
    IO CO AI TV ME CC WS FM LY GG SH TO VC AC EU LA IM GL
    """.split()  # noqa: SIM905 - a list of quotes would be a page long
)


def host_of(text: str) -> str | None:
    """The host of a URL or of bare text, lower case, IDNA-encoded, without "www.", or None."""
    if len(text) > _LONGEST:
        return None
    host = text.strip().lower()
    if usual := _USUAL.fullmatch(host):
        host = usual[1]
        # All that such a host may still have against it.
        is_host = "-." not in host and ".-" not in host
    else:
        is_host = _HOST.fullmatch(host) is not None
    if not is_host:
        host = _SCHEME.sub("", host).split("/", 1)[0].split("?", 1)[0].split("#", 1)[0]
        host = host.rpartition("@")[2].partition(":")[0].strip(" .")
        if not host.isascii():
            host = _encoded(host)
        if not _HOST.fullmatch(host):
            return None
    return host.removeprefix("www.")


def domain(text: str) -> str | None:
    """What a company registered: "https://www.shop.acme.co.uk/x" → "acme.co.uk"; None where there is none.

    Customers of a site builder that the Public Suffix List names keep their own ("acme.github.io").
    """
    host = host_of(text)
    return _registrable(host) if host and len(host) <= 253 else None


def is_shared(name: str) -> bool:
    """Whether many companies share this domain, so that it identifies none of them."""
    return name in SHARED_HOSTS


def country_of(name: str) -> str | None:
    """The country that a domain's last label stands for, where that is a country's: "acme.de" → "DE"."""
    label = name.rpartition(".")[2].upper()
    if len(label) != 2 or label in _NOT_PLACES:
        return None
    return "GB" if label == "UK" else label


def _registrable(host: str) -> str | None:
    length = suffix_length(host)
    if length == 1 and host.count(".") == 1:
        return host
    labels = host.split(".")
    if 0 < length < len(labels):
        return ".".join(labels[-length - 1 :])
    if is_shared(host):
        return host
    # A suffix that the list doesn't know counts as one label (the list's own default rule); an IP address has none.
    return ".".join(labels[-2:]) if not length and len(labels[-1]) > 1 and labels[-1].isalpha() else None


def _encoded(host: str) -> str:
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return ""
