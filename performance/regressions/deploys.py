"""When the code changed: noted when the web starts, once however many processes start at once."""

import logging
import re
import socket
import threading
import time
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from performance.database.text import storable
from performance.regressions.models import VERSION_LENGTH, Deploy

logger = logging.getLogger(__name__)
# While the database is out; for an hour.
AGAIN_S, MOST_ATTEMPTS = 10.0, 360
_COMMIT = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")
_SHOWN_LENGTH = 12
_LOCK = "SELECT pg_advisory_xact_lock(hashtext('performance.deploys'))"


def begin_noting() -> None:
    """For a web process that starts: from a thread of its own, so that nobody waits for the database here."""
    threading.Thread(target=_note_when_possible, name="deploy", daemon=True).start()


def note_deploy(*, at: datetime) -> Deploy | None:
    """The deploy, if there is a version and it isn't the newest known one. Raises DatabaseError."""
    version = version_of(settings.BASE_DIR)
    return _noted(version, at=at) if version else None


def _note_when_possible() -> None:
    at = timezone.now()
    for _ in range(MOST_ATTEMPTS):
        try:
            note_deploy(at=at)
        except DatabaseError as error:
            logger.warning("the deploy isn't noted yet: %s", error)
            connection.close()
            time.sleep(AGAIN_S)
        else:
            break
    connection.close()


def version_of(directory: Path) -> str:
    """RELEASE, else the commit that is checked out, read without git; "" where neither can be had."""
    if settings.RELEASE:
        return storable(settings.RELEASE)[:VERSION_LENGTH]
    try:
        return _commit(_git(directory))[:_SHOWN_LENGTH]
    except (OSError, ValueError):
        return ""


@transaction.atomic
def _noted(version: str, *, at: datetime) -> Deploy | None:
    """One at a time, since each asks which is the newest."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK)
    newest = Deploy.objects.order_by("-at", "-pk").values_list("version", flat=True).first()
    if newest == version:
        return None
    return Deploy.objects.create(version=version, host=socket.gethostname()[:100], at=at)


def _git(directory: Path) -> Path:
    """A work tree beside the first one has a file that names its directory."""
    found = directory / ".git"
    if found.is_file():
        return (directory / found.read_text(encoding="utf-8").removeprefix("gitdir:").strip()).resolve()
    return found


def _commit(git: Path) -> str:
    """gitrepository-layout(5). Raises ValueError where there is none."""
    head = (git / "HEAD").read_text(encoding="utf-8").strip()
    if not head.startswith("ref: "):
        return _checked(head)
    name = head.removeprefix("ref: ")
    common = git / "commondir"
    places = [git, (git / common.read_text(encoding="utf-8").strip()).resolve()] if common.is_file() else [git]
    for place in places:
        if (place / name).is_file():
            return _checked((place / name).read_text(encoding="utf-8").strip())
    for place in places:
        packed = place / "packed-refs"
        for line in packed.read_text(encoding="utf-8").splitlines() if packed.is_file() else ():
            commit, _, ref = line.partition(" ")
            if ref == name:
                return _checked(commit)
    raise ValueError(name)


def _checked(commit: str) -> str:
    if not _COMMIT.fullmatch(commit):
        raise ValueError(commit[:80])
    return commit
