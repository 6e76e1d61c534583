from django.apps import AppConfig


class FaultsConfig(AppConfig):
    name = "tests.faults"
    label = "faults"

    def ready(self) -> None:
        from performance.jobs.kinds import register
        from tests.faults.kinds import Probe

        register(Probe())
