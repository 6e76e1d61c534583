"""Who is in flight in this process, and how small a crowd the most suspect of them asks for."""

from collections import Counter


class Crowd:
    """A job that lost its worker before may bear only a few beside it (reaper.py says why); others any number."""

    def __init__(self) -> None:
        self._limits: dict[int, int] = {}
        self._counts: Counter[int] = Counter()
        self._narrowest: int | None = None

    def __len__(self) -> int:
        return len(self._limits)

    def admits(self, limit: int) -> bool:
        """Whether one more may join that bears a crowd of `limit`, itself included."""
        return len(self._limits) < min(limit, self._narrowest or limit)

    def enter(self, job_id: int, limit: int) -> None:
        self._limits[job_id] = limit
        self._counts[limit] += 1
        self._narrowest = min(limit, self._narrowest or limit)

    def leave(self, job_id: int) -> None:
        limit = self._limits.pop(job_id)
        self._counts[limit] -= 1
        if not self._counts[limit]:
            del self._counts[limit]
            self._narrowest = min(self._counts, default=None)
