import pytest

from performance.flags.rollout import Rollout, Viewer, is_on_for, position

NOBODY, MEMBER, STAFF = Viewer(), Viewer(7), Viewer(8, is_staff=True)


@pytest.mark.parametrize(
    ("rollout", "nobody", "member", "staff"),
    [
        (Rollout("off"), False, False, False),
        (Rollout("on"), True, True, True),
        (Rollout("staff"), False, False, True),
        (Rollout("percentage", 0), False, False, False),
        (Rollout("percentage", 100), False, True, True),
        (Rollout("no such word"), False, False, False),
    ],
)
def test_who_sees_it(rollout: Rollout, nobody: bool, member: bool, staff: bool) -> None:
    seen = [is_on_for("f", rollout=rollout, viewer=viewer) for viewer in (NOBODY, MEMBER, STAFF)]

    assert seen == [nobody, member, staff]


def test_who_sees_it_at_ten_percent_still_does_at_fifty() -> None:
    def seen(percentage: int) -> set[int]:
        rollout = Rollout("percentage", percentage)
        return {user for user in range(2000) if is_on_for("f", rollout=rollout, viewer=Viewer(user))}

    assert seen(10) < seen(50) < seen(100)
    assert 150 < len(seen(10)) < 250
    assert 900 < len(seen(50)) < 1100


def test_two_flags_do_not_pick_the_same_users() -> None:
    both = sum(position("a", user) < 10 and position("b", user) < 10 for user in range(10_000))

    assert 60 < both < 140


def test_a_position_never_changes() -> None:
    assert [position("silk", user) for user in (1, 2, 3)] == [66, 52, 23]
