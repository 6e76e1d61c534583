"""Every ink on every ground it is used on holds 4.5:1, in light and in dark (WCAG 2.2, 1.4.3)."""

import re
from pathlib import Path

import pytest
from django.conf import settings

CSS = (Path(settings.BASE_DIR) / "static/assay/assay.css").read_text()
TOKENS = dict(re.findall(r"--([\w-]+): light-dark\((#\w{6}, #\w{6})\);", CSS))
GROUNDS = ["bg", "surface", "sunken", "hover"]
PAIRS = (
    [(ink, ground) for ink in ("ink", "muted", "accent", "bad", "warn", "good") for ground in GROUNDS]
    + [("accent", "accent-soft"), ("on-accent", "accent"), ("ink", "mark"), ("ink", "accent-soft")]
    + [(name, f"{name}-soft") for name in ("good", "fine", "warn", "bad")]
)


def luminance(colour: str) -> float:
    """Relative luminance of "#rrggbb" (WCAG 2.2)."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted([luminance(one), luminance(other)], reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(("ink", "ground"), PAIRS)
@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_text_can_be_read(ink: str, ground: str, scheme: int) -> None:
    found = contrast(TOKENS[ink].split(", ")[scheme], TOKENS[ground].split(", ")[scheme])

    assert found >= 4.5


def test_the_measure_itself() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") < 4.5
