"""The area "research": how right extraction is on labelled pages, field by field, and what a page of it costs."""

import time
from collections.abc import Iterator

from performance.benchmarks.areas import area
from performance.benchmarks.figures import Figure, at_least, at_most, printed
from prospects.extraction.extract import extract
from tests.prospects.extraction.labelled import CORPUS, HELD_OUT, Score, labelled, scores

# What the issue asks for: contacts, names, socials and addresses. The others are printed with no target.
HELD_TO = (
    "name", "legal_name", "email", "phone", "social", "person", "street", "city", "region", "postal_code", "country",
)  # fmt: skip
_TIMES = 20


@area("research")
def accuracy() -> Iterator[Figure]:
    """Pages the rules were written with, and beside them those that nothing was tuned on."""
    held_out = {score.field: score for score in scores(HELD_OUT)}
    for score in scores(CORPUS):
        beside = f"{score.hits} right, {score.wrong} wrong, {score.missed} missed; {_told(held_out.get(score.field))}"
        if score.field in HELD_TO:
            yield at_least(0.95, f"extract.precision.{score.field}", score.precision, beside=beside)
            yield at_least(0.85, f"extract.recall.{score.field}", score.recall, beside=beside)
        else:
            yield printed(f"extract.precision.{score.field}", score.precision, beside=beside)
            yield printed(f"extract.recall.{score.field}", score.recall, beside=beside)
    yield _together(held_out)


@area("research")
def extraction_cost() -> Iterator[Figure]:
    pages = [*labelled(CORPUS), *labelled(HELD_OUT)]
    for page in pages:
        extract(page.parsed, page.asked)
    began = time.process_time()
    for _ in range(_TIMES):
        for page in pages:
            extract(page.parsed, page.asked)
    took_ms = (time.process_time() - began) * 1000 / (_TIMES * len(pages))
    visible = sum(page.parsed.document.visible_length for page in pages) / len(pages)
    beside = f"{len(pages)} labelled pages, {visible:,.0f} visible characters each"
    yield at_most(0.5, "extract.cpu_ms_per_page", took_ms, "ms", beside=beside)


def _told(score: Score | None) -> str:
    if score is None:
        return "held out: none"
    return f"held out: precision {score.precision:.2f}, recall {score.recall:.2f}"


def _together(held_out: dict[str, Score]) -> Figure:
    """All of the fields asked for, on the pages held out: the figure that tuning can't flatter."""
    wanted = [score for field, score in held_out.items() if field in HELD_TO]
    hits, wrong, missed = (sum(getattr(score, name) for score in wanted) for name in ("hits", "wrong", "missed"))
    beside = f"recall {hits / max(1, hits + missed):.3f}; {hits} right, {wrong} wrong, {missed} missed"
    return printed("extract.held_out.precision", hits / max(1, hits + wrong), beside=beside)
