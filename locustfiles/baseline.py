"""The everyday load: systems that read the API. It writes nothing and starts no run, so it spends nothing.

`make load PLAN=baseline` aims it at what `make run` serves.
"""

import random

from locust import between, task

from locustfiles.client import ApiUser


class Reader(ApiUser):
    """Somebody's dashboard or CRM: lists most of the time, then what is behind a row."""

    wait_time = between(0.5, 2.0)

    def on_start(self) -> None:
        super().on_start()
        self.prospect_ids: list[int] = []
        self.run_ids: list[int] = []

    @task(6)
    def list_prospects(self) -> None:
        page = self.read("/api/v1/prospects?per_page=50", name="prospects", is_polled=True)
        self.prospect_ids = [row["id"] for row in page.get("results", [])]

    @task(4)
    def read_prospect(self) -> None:
        if self.prospect_ids:
            self.read(f"/api/v1/prospects/{random.choice(self.prospect_ids)}", name="prospects/<id>")  # noqa: S311

    @task(3)
    def list_runs(self) -> None:
        recent = self.read("/api/v1/runs/recent", name="runs/recent", is_polled=True)
        self.run_ids = [row["id"] for row in recent]

    @task(3)
    def read_results(self) -> None:
        if self.run_ids:
            self.read(f"/api/v1/runs/{random.choice(self.run_ids)}/results", name="runs/<id>/results")  # noqa: S311

    @task(1)
    def list_profiles(self) -> None:
        self.read("/api/v1/icps", name="icps", is_polled=True)
