import os

from django.apps import AppConfig


class FaultsConfig(AppConfig):
    name = "tests.faults"
    label = "faults"

    def ready(self) -> None:
        from performance.jobs.kinds import register
        from tests.faults import failpoints, webhooks
        from tests.faults.kinds import Probe

        for kind in [Probe(), *failpoints.kinds()]:
            register(kind)
        if webhooks.SWITCH in os.environ:
            webhooks.tell_of_ends(Probe.name)
        if failpoints.DIRECTORY in os.environ:
            failpoints.arm()
