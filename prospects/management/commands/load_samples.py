"""`manage.py load_samples`: the sample companies and profiles, for an installation that has none of its own."""

from pathlib import Path
from typing import Any

from django.conf import settings

from performance.management.unchecked import UncheckedCommand
from prospects.companies.models import Prospect
from prospects.icp.models import IdealCustomerProfile
from prospects.icp.profile import parse_toml
from prospects.icp.services import save_version
from prospects.intake import services as intake

EXAMPLES = Path(settings.BASE_DIR) / "examples"


class Command(UncheckedCommand):
    help = "Loads the sample companies where there are no prospects, and the sample profiles where there are none."

    def handle(self, *args: Any, **options: Any) -> None:
        if not IdealCustomerProfile.objects.exists():
            for path in sorted(EXAMPLES.glob("icp*.toml")):
                save_version(profile=parse_toml(path.read_text(encoding="utf-8")), origin="file")
                self.stdout.write(f"Loaded the profile {path.name}")
        if not Prospect.objects.exists():
            sample = EXAMPLES / "prospects.csv"
            received = intake.receive(name=sample.name, chunks=[sample.read_bytes()], source="sample")
            intake.parse(received.pk)
            intake.commit(received.pk)
            self.stdout.write(f"Loaded the companies of {sample.name}")
