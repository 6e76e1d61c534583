"""`python -m tests.e2e.every_task PLAN URL`: does each task of a plan of locust's twice, and says what went wrong."""

import importlib
import sys
import traceback

from locust import User
from locust.env import Environment


def faults(plan: str, url: str) -> list[str]:
    module = importlib.import_module(f"locustfiles.{plan}")
    kinds = [each for each in vars(module).values() if isinstance(each, type) and issubclass(each, User)]
    users = [each for each in kinds if not each.abstract]
    for user in users:
        user.host = url
    environment = Environment(user_classes=users, host=url)
    environment.create_local_runner()
    raised = [fault for user in users for fault in _raised(user(environment))]
    refused = [f"{each.method} {each.name}: {each.error}" for each in environment.stats.errors.values()]
    return [*raised, *refused, *([] if environment.stats.total.num_requests else ["it asked nothing"])]


def _raised(user: User) -> list[str]:
    user.on_start()
    found = []
    # The first time some have nothing yet of what another task reads.
    for task in [*dict.fromkeys(user.tasks)] * 2:
        try:
            task(user)
        except Exception:  # noqa: BLE001 - as locust does
            found.append(traceback.format_exc())
    return found


if __name__ == "__main__":
    print("\n".join(faults(*sys.argv[1:])))
