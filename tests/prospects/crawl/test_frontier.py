"""The frontier gives out what tells most first, and holds no more than fits."""

from collections.abc import Sequence

import pytest

from prospects.crawl.frontier import MOST_WAITING, Candidate, Frontier
from prospects.crawl.plan import CrawlPlan
from prospects.crawl.urls import Scope

HOST = "https://acme.com"


def frontier(**plan: object) -> Frontier:
    return Frontier(CrawlPlan("acme.com", **plan), Scope("acme.com"))  # type: ignore[arg-type]  # each as it is there


def offered(waiting: Frontier, kind: str, paths: Sequence[str], depth: int = 1) -> list[bool]:
    return [waiting.offer(Candidate(f"{HOST}{path}", kind, depth)) for path in paths]


def taken(waiting: Frontier) -> list[str]:
    found = []
    while candidate := waiting.take():
        found.append(candidate.url.removeprefix(HOST))
    return found


def test_what_finds_no_room_is_told_by_its_first() -> None:
    waiting = frontier(most_depth=99)

    offered(waiting, "other", [f"/{'abcdefgh'[n % 8]}/{_word(n)}" for n in range(MOST_WAITING)])

    ((url, says),) = waiting.left_out.told()
    assert url == f"{HOST}/e/{_word(1500)}"
    assert says == "There were more addresses before it than a crawl keeps in mind."


def _word(number: int) -> str:
    """Without digits, which would make them alike."""
    return "".join(chr(ord("g") + int(digit)) for digit in str(number))


def test_kinds_take_turns_in_the_order_in_which_they_are_wanted() -> None:
    waiting = frontier()
    offered(waiting, "team", ["/team", "/team/a", "/team/b", "/team/c"])
    offered(waiting, "other", ["/x"])
    offered(waiting, "contact", ["/contact", "/contact/berlin"])
    offered(waiting, "imprint", ["/imprint"])
    offered(waiting, "about", ["/about"])

    assert taken(waiting) == [
        *["/about", "/contact", "/team", "/imprint"],
        *["/contact/berlin", "/team/a"],
        *["/team/b", "/x", "/team/c"],
    ]


def test_what_was_read_before_has_had_its_turn() -> None:
    waiting = frontier()
    offered(waiting, "about", ["/about", "/about/history"])
    offered(waiting, "contact", ["/contact"])

    waiting.done(f"{HOST}/about", kind="about")

    assert taken(waiting) == ["/contact", "/about/history"]


def test_seeds_come_first_wherever_they_are() -> None:
    waiting = frontier(include=("/blog/*",), most_depth=0)
    waiting.offer(Candidate(f"{HOST}/deep/a/b/c/d", "other", 0, "seed"))

    refused = offered(waiting, "about", ["/about"])

    assert refused == [False]
    assert taken(waiting) == ["/deep/a/b/c/d"]


def test_short_paths_near_home_come_first_and_other_languages_last() -> None:
    waiting = frontier()
    offered(waiting, "contact", ["/fr/contact"])
    offered(waiting, "contact", ["/company/contact"], depth=2)
    offered(waiting, "contact", ["/offices/contact", "/contact"])

    assert taken(waiting) == ["/contact", "/offices/contact", "/company/contact", "/fr/contact"]


@pytest.mark.parametrize(
    ("plan", "path", "is_in"),
    [
        ({"include": ("/de/*",)}, "/de/kontakt", True),
        ({"include": ("/de/*",)}, "/en/contact", False),
        ({"exclude": ("*/blog*",)}, "/blog/1", False),
        ({"include": ("/de/*",), "exclude": ("/de/blog*",)}, "/de/blog", False),
        ({"most_depth": 1}, "/x", True),
        ({"most_depth": 0}, "/x", False),
    ],
)
def test_what_was_not_asked_for_stays_out(plan: dict[str, object], path: str, is_in: bool) -> None:
    assert offered(frontier(**plan), "other", [path]) == [is_in]


def test_an_excluded_seed_stays_out() -> None:
    waiting = frontier(exclude=("/secret*",))

    assert not waiting.offer(Candidate(f"{HOST}/secret", "other", 0, "seed"))


def test_nothing_is_taken_in_twice() -> None:
    waiting = frontier()

    assert offered(waiting, "about", ["/about", "/about"]) == [True, False]
    assert taken(waiting) == ["/about"]
    assert offered(waiting, "about", ["/about"]) == [False]
    assert waiting.take() is None


def test_other_sites_stay_out() -> None:
    assert not frontier().offer(Candidate("https://evil.example/about", "about", 1))


def test_a_calendar_has_an_end() -> None:
    waiting = frontier()

    offered(waiting, "other", [f"/calendar/{year}/{month}" for year in range(2000, 2020) for month in range(1, 13)])

    assert len(waiting) == 5


def test_it_holds_no_more_than_fits_and_keeps_room_for_what_is_wanted() -> None:
    waiting = frontier()
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = [f"/{a}{b}{c}" for a in letters for b in letters for c in letters]

    offered(waiting, "product", words[:4000])
    is_wanted_in = offered(waiting, "imprint", ["/imprint"])
    offered(waiting, "team", [f"/team{word}" for word in words[:4000]])

    assert is_wanted_in == [True]
    assert len(waiting) == MOST_WAITING
