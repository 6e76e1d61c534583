from django.apps import AppConfig


class PerformanceConfig(AppConfig):
    name = "performance"
    verbose_name = "Platform"

    def ready(self) -> None:
        from performance import wiring

        wiring.register()
        wiring.connect(self)
