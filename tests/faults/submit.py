"""`python -m tests.faults.submit '[{"items": 500, …}]'`: submit batches of probes."""

import json
import sys
from collections.abc import Mapping
from typing import Any

import django

django.setup()

from performance.jobs.services import BatchOptions, Subject, submit_batch  # noqa: E402
from tests.faults.kinds import ESTIMATE_MICROS, Probe  # noqa: E402


def main() -> None:
    for wish in json.loads(sys.argv[1]):
        submit(wish)


def submit(wish: Mapping[str, Any]) -> None:
    options = BatchOptions(
        params={"salt": wish["salt"], "timeout_s": wish["timeout_s"]},
        concurrency=wish["concurrency"],
        on_unknown=wish["on_unknown"],
        budget_micros=wish.get("budget_micros", wish["items"] * ESTIMATE_MICROS),
    )
    subjects = [Subject(number) for number in range(wish["items"])]
    submit_batch(kind=wish.get("kind", Probe.name), subjects=subjects, options=options)


if __name__ == "__main__":
    main()
