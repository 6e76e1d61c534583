"""Where a value stands: its quote, with what the page says around it."""

from dataclasses import dataclass
from datetime import datetime

from prospects.company_profiles.models import ProfileValue
from prospects.pages.models import Page
from prospects.pages.parsed import StoredText
from prospects.pages.texts import texts_of
from prospects.pages.urls import page_id

AROUND = 600


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A text's stretch around a quote. `is_markup`: it is what the page's markup says, which readers don't see."""

    before: str
    quote: str
    after: str
    is_markup: bool = False
    begins_text: bool = True
    ends_text: bool = True


@dataclass(frozen=True, slots=True)
class Source:
    """A value, its excerpt if the text is still in the store, and the page: as of when, and whether it says so yet."""

    value: ProfileValue
    excerpt: Excerpt | None
    page: Page | None
    as_of: datetime
    has_changed: bool


def source_of(value: ProfileValue) -> Source:
    """Two statements."""
    text = texts_of([value.text_id]).get(value.text_id) if value.text_id else None
    page = Page.objects.filter(pk=page_id(value.url)).first()
    excerpt = _excerpt_of(value, text)
    has_changed = page is not None and page.text_id is not None and page.text_id != value.text_id
    still = page is not None and not has_changed and page.text_at is not None
    as_of = page.text_at if page and still and page.text_at else value.last_seen_at
    return Source(value, excerpt, page, as_of, has_changed and excerpt is not None)


def excerpt(text: str, begins: int, ends: int, *, visible_length: int, around: int = AROUND) -> Excerpt:
    """The quote, and up to `around` characters before and after it, in whole words. Pure.

    Of what only markup says, its line.
    """
    if begins >= visible_length:
        first = max(text.rfind("\n", 0, begins) + 1, begins - around, visible_length)
        end = text.find("\n", ends)
        last = min(len(text) if end < 0 else end, ends + around)
        return Excerpt(text[first:begins], text[begins:ends], text[ends:last], True)
    first, last = _word_start(text, begins - around), _word_end(text, ends + around, visible_length)
    return Excerpt(
        text[first:begins],
        text[begins:ends],
        text[ends:last],
        begins_text=first == 0,
        ends_text=last == visible_length,
    )


def _excerpt_of(value: ProfileValue, text: StoredText | None) -> Excerpt | None:
    if text is None or value.begins is None or value.ends is None:
        return None
    return excerpt(text.text, value.begins, value.ends, visible_length=text.visible_length)


def _word_start(text: str, at: int) -> int:
    if at <= 0:
        return 0
    return next((place for place in range(at, min(at + 40, len(text))) if text[place - 1].isspace()), at)


def _word_end(text: str, at: int, most: int) -> int:
    if at >= most:
        return most
    return next((place for place in range(at, max(at - 40, 0), -1) if text[place].isspace()), at)
