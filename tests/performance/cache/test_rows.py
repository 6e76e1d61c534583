"""A change of what is said of a row drops what shows it or its neighbours, and what doesn't say what it shows."""

from collections.abc import Callable, Sequence

import pytest

from performance.cache import rows, tags
from performance.cache.connection import pinned
from performance.cache.entries import Fresh, fetch
from performance.cache.local import local
from performance.cache.rows import ROWS_OF_A_BLOCK, members_of, tag_of, tags_of

pytestmark = pytest.mark.django_db(transaction=True)
NOUN = "crates"
MEMBERS = (members_of(NOUN),)
FAR = 10 * ROWS_OF_A_BLOCK


@pytest.fixture(autouse=True)
def _crates_have_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "_nouns", {*rows._nouns, NOUN})
    tags.expanded.cache_clear()


def layer(
    shown: Sequence[int] | None = (), *, named: Sequence[str] = MEMBERS, amid: Callable[[], None] | None = None
) -> str:
    """Where a value that shows these rows came from."""

    def compute() -> Fresh:
        if amid is not None:
            amid()
        return Fresh("value", blocks=tags_of(NOUN, shown) if named == MEMBERS else ())

    return fetch(f"test.crates:{shown}.{named}", tags=named, ttl_s=60, compute=compute).layer


def layers(*shown: Sequence[int] | None) -> list[str]:
    return [layer(each) for each in shown]


@pytest.mark.parametrize("is_local", [True, False])
def test_only_what_shows_the_row_or_a_neighbour(is_local: bool) -> None:
    shown: list[list[int] | None] = [[1, 2], [2, FAR], [FAR], [], None]
    layers(*shown)

    tags.bump(tag_of(NOUN, 3))
    if not is_local:
        local.clear()

    kept = "local" if is_local else "shared"
    assert layers(*shown) == ["computed", "computed", kept, kept, "computed"]
    assert layers(*shown) == ["local"] * 5


def test_what_doesnt_say_what_it_shows_goes_with_every_row_and_the_noun_takes_all() -> None:
    layer(named=[NOUN])
    tags.bump(tag_of(NOUN, 1))
    assert layer(named=[NOUN]) == "computed"

    for all_of_it in (NOUN, members_of(NOUN), rows.any_of(NOUN), ""):
        layers([1], [])
        tags.bump(all_of_it)
        assert [layer(named=[NOUN]), *layers([1], [])] == ["computed"] * 3


def test_a_block_may_be_a_tag_as_any_other() -> None:
    layer(named=[tag_of(NOUN, 1), "runs"])
    tags.bump(tag_of(NOUN, FAR))
    assert layer(named=[tag_of(NOUN, 1), "runs"]) == "local"

    tags.bump(tag_of(NOUN, 2))
    assert layer(named=[tag_of(NOUN, 1), "runs"]) == "computed"


def test_what_somebody_else_wrote_into_the_line_of_rows_is_a_miss() -> None:
    layer([1])
    [key] = pinned().call("KEYS", "assay:e:*test.crates*")
    head, _, rest = pinned().call("GET", key).partition(b"\n")
    for line in (b"", b"1.", b".,1", b"x,1", b"99999999999999999.000000000000,1"):
        pinned().call("SET", key, head + b"\n" + line + b"\n" + rest.partition(b"\n")[2], "PX", 60_000)
        local.clear()
        assert layer([1]) == "computed"


def test_a_change_while_it_is_computed_is_one_that_it_lacks() -> None:
    layer([1], amid=lambda: tags.bump(tag_of(NOUN, 1)))
    layer([2, 3], amid=lambda: tags.bump(tag_of(NOUN, FAR)))

    assert layers([1], [2, 3]) == ["computed", "local"]


def test_of_very_many_blocks_nobody_asks_for_each() -> None:
    many = list(range(0, 100 * ROWS_OF_A_BLOCK, ROWS_OF_A_BLOCK))
    layer(many)

    tags.bump(tag_of(NOUN, 200 * ROWS_OF_A_BLOCK))

    assert tags_of(NOUN, many) == (rows.any_of(NOUN),)
    assert layer(many) == "computed"


def test_very_many_changes_are_said_in_one_word() -> None:
    layers([], [FAR])

    tags.bump(*(tag_of(NOUN, number * ROWS_OF_A_BLOCK) for number in range(1000, 1300)))

    assert layers([], [FAR]) == ["computed"] * 2


@pytest.mark.parametrize(
    "spoil",
    [
        ("UNLINK",),
        ("SET", "not a hash"),
        ("HDEL", "born"),
        ("HDEL", "clock"),
        ("HSET", "clock", "not a number"),
    ],
)
def test_a_clock_that_was_lost_or_spoilt_begins_anew(spoil: tuple[str, ...]) -> None:
    clock = rows.key_of(rows.any_of(NOUN))
    pinned().call("DEL", clock)
    layers([1], [FAR])
    tags.bump(tag_of(NOUN, 1))

    pinned().call(spoil[0], clock, *spoil[1:])
    tags.forget_all()
    # Without its last changes nobody knows what is good.
    assert layers([1], [FAR])[0] == "computed"
    tags.bump(tag_of(NOUN, FAR))

    assert layers([1], [FAR]) == ["local", "computed"]


def test_a_spoilt_clock_is_no_obstacle_to_who_raises_it() -> None:
    clock = rows.key_of(rows.any_of(NOUN))
    layers([1])
    pinned().call("SET", clock, "not a hash")

    tags.bump(tag_of(NOUN, 1))

    assert pinned().call("EXISTS", clock) == 0
    assert layers([1]) == ["computed"]


def test_what_says_it_shows_rows_that_no_tag_of_it_tells_of_is_refused() -> None:
    with pytest.raises(ValueError, match="shows rows"):
        fetch("test.crates:x", tags=[NOUN], ttl_s=60, compute=lambda: Fresh("value", blocks=(tag_of(NOUN, 1),)))
    with pytest.raises(ValueError, match="of one noun"):
        fetch("test.crates:y", tags=[*MEMBERS, members_of("boxes")], ttl_s=60, compute=lambda: Fresh("value"))


@pytest.mark.parametrize(
    ("tag", "is_of_rows"),
    [
        *((NOUN + "#", True), (NOUN + "#*", True), (NOUN + "#17", True), (NOUN + "#born", False), (NOUN, False)),
        *(("flag:a#1", False), ("flag:#", False), ("#", True), ("crates#²", False)),
    ],
)
def test_what_is_a_tag_of_rows(tag: str, is_of_rows: bool) -> None:
    assert rows.is_of_rows(tag) is is_of_rows
