"""Who sees what is being rolled out: pure."""

import hashlib
from dataclasses import dataclass

OFF, ON, STAFF, PERCENTAGE = "off", "on", "staff", "percentage"


@dataclass(frozen=True, slots=True)
class Rollout:
    """How far a flag is rolled out; `percentage` counts only with the rollout of that name."""

    rollout: str = OFF
    percentage: int = 0


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks: None stands for nobody known."""

    user_id: int | None = None
    is_staff: bool = False


def is_on_for(name: str, *, rollout: Rollout, viewer: Viewer) -> bool:
    """Whether `viewer` sees the flag `name`. A percentage is of known users, and stable as it grows."""
    match rollout.rollout:
        case "on":
            return True
        case "staff":
            return viewer.is_staff
        case "percentage":
            return viewer.user_id is not None and position(name, viewer.user_id) < rollout.percentage
        case _:
            return False


def position(name: str, user_id: int) -> int:
    """Where a user stands for a flag, 0-99: the same always, and unrelated between flags."""
    digest = hashlib.sha256(f"{name}:{user_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % 100
