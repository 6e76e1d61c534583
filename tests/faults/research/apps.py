from django.apps import AppConfig


class ResearchFaultsConfig(AppConfig):
    name = "tests.faults.research"
    label = "research_faults"

    def ready(self) -> None:
        from tests.faults.research.failpoints import arm

        arm()
