"""The everyday load: systems that read the API, with a little writing.

    ASSAY_TOKEN=$(.venv/bin/python manage.py create_token USER) \
        .venv/bin/locust -f locustfiles/baseline.py --host http://127.0.0.1:8000 --headless -u 20 -r 5 -t 60s

Only reads and estimates: it starts no run, so it spends nothing. Aim it at an installation of your own.
"""

import os
import random
from typing import Any

from locust import FastHttpUser, between, task


class ApiReader(FastHttpUser):
    """Somebody's dashboard or CRM: lists most of the time, then what is behind a row."""

    wait_time = between(0.5, 2.0)

    def on_start(self) -> None:
        token = os.environ.get("ASSAY_TOKEN")
        if not token:
            raise SystemExit("ASSAY_TOKEN is not set: `manage.py create_token USER` prints one.")
        self.authorisation = {"Authorization": f"Token {token}"}
        self.prospect_ids: list[int] = []
        self.run_ids: list[int] = []

    @task(6)
    def list_prospects(self) -> None:
        page = self._read("/api/v1/prospects?per_page=50", name="prospects")
        self.prospect_ids = [row["id"] for row in page.get("results", [])]

    @task(4)
    def read_prospect(self) -> None:
        if self.prospect_ids:
            self._read(f"/api/v1/prospects/{random.choice(self.prospect_ids)}", name="prospects/<id>")  # noqa: S311

    @task(3)
    def list_runs(self) -> None:
        page = self._read("/api/v1/runs/recent", name="runs/recent")
        self.run_ids = [row["id"] for row in page.get("results", [])]

    @task(3)
    def read_results(self) -> None:
        if self.run_ids:
            self._read(f"/api/v1/runs/{random.choice(self.run_ids)}/results", name="runs/<id>/results")  # noqa: S311

    @task(1)
    def list_profiles(self) -> None:
        self._read("/api/v1/icps", name="icps")

    def _read(self, path: str, *, name: str) -> dict[str, Any]:
        """The body of a 200; {} for anything else, which locust counts as a failure."""
        with self.client.get(path, name=name, headers=self.authorisation, catch_response=True) as response:
            if response.status_code != 200:
                response.failure(f"status {response.status_code}")
                return {}
            body: dict[str, Any] = response.json()
            return body
