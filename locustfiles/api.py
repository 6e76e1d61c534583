"""The whole API as its kinds of clients use it: watching, searching, keeping another system in step, correcting.

`make load` aims it at what `make run` serves. It changes notes of prospects and upserts generated companies under the
source "load test"; it starts no run, so it spends nothing. Aim it at an installation of your own.
"""

import random
from itertools import count

from locust import between, task

from locustfiles.client import ApiUser

# What people look for among the samples.
WORDS = ("food", "steel", "insurance", "logistics", "bakery", "software", "clinic", "energy")
SOURCE = "load test"
ROWS_A_SYNC = 20
_numbers = count(random.randrange(10**6))  # noqa: S311


class Watcher(ApiUser):
    """A dashboard on a wall: the same few pages every other second, most of them unchanged."""

    weight = 5
    wait_time = between(1.0, 3.0)

    @task(4)
    def look_at_runs(self) -> None:
        for name in ("runs/active", "runs/recent"):
            self.read(f"/api/v1/{name}", name=name, is_polled=True)

    @task(3)
    def look_at_newest(self) -> None:
        self.read("/api/v1/prospects?per_page=50", name="prospects", is_polled=True)

    @task(1)
    def look_at_profiles(self) -> None:
        self.read("/api/v1/icps", name="icps", is_polled=True)


class Seller(ApiUser):
    """A person in a CRM: searches, turns a page or two, reads a prospect, writes a note now and then."""

    weight = 3
    wait_time = between(1.0, 4.0)

    def on_start(self) -> None:
        super().on_start()
        self.prospect_ids: list[int] = []

    @task(4)
    def search(self) -> None:
        page = self.read(f"/api/v1/prospects?search={random.choice(WORDS)}", name="prospects?search")  # noqa: S311
        self._remember(page)

    @task(4)
    def browse(self) -> None:
        page = self.read("/api/v1/prospects?per_page=25", name="prospects")
        self._remember(page)
        if page.get("next"):
            self._remember(self.read(page["next"], name="prospects?cursor"))

    @task(6)
    def read_prospect(self) -> None:
        if self.prospect_ids:
            self.read(f"/api/v1/prospects/{random.choice(self.prospect_ids)}", name="prospects/<id>")  # noqa: S311

    @task(1)
    def write_note(self) -> None:
        if self.prospect_ids:
            path = f"/api/v1/prospects/{random.choice(self.prospect_ids)}"  # noqa: S311
            self.send("PATCH", path, name="PATCH prospects/<id>", body={"notes": f"Called, {next(_numbers)}."})

    def _remember(self, page: dict[str, object]) -> None:
        rows = page.get("results")
        if isinstance(rows, list) and rows:
            self.prospect_ids = [row["id"] for row in rows]


class Synchroniser(ApiUser):
    """Another system that keeps its companies here: a few at a time, and back what became of them."""

    weight = 1
    wait_time = between(5.0, 10.0)

    @task
    def upsert(self) -> None:
        numbers = [next(_numbers) for _ in range(ROWS_A_SYNC)]
        rows = [{"name": f"Load Test {number}", "domain": f"load-test-{number}.example"} for number in numbers]
        body = {"operation": "upsert", "source": SOURCE, "rows": rows}
        self.send("POST", "/api/v1/prospects/bulk", name="POST prospects/bulk", body=body)

    @task
    def read_back(self) -> None:
        self.read(f"/api/v1/prospects?source={SOURCE.replace(' ', '%20')}&per_page=100", name="prospects?source")
