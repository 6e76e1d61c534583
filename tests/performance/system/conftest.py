import pytest
from pytest_django import Settings


@pytest.fixture(autouse=True)
def _growth_is_looked_at_anew(settings: Settings) -> None:
    """It is kept for a minute, in which several tests run."""
    settings.CACHE_ENABLED = False
