"""Which code made a value: part of every entry's key, so that no release reads what another one wrote."""

import hashlib
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ("config", "performance", "prospects", "analytics")


@cache
def release() -> str:
    """12 hexadecimal digits of the content of every module: 30 ms, once a process. The web asks before it serves."""
    digest = hashlib.sha256()
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            digest.update(str(path.relative_to(ROOT)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
