"""The first half of the command: a file and a profile in, a checked plan out. Nothing lasts unless all of it holds."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from prospects.cli.errors import Unreadable
from prospects.cli.options import Options
from prospects.icp.models import ICPVersion
from prospects.icp.profile import MAX_FILE, Profile, parse_toml
from prospects.icp.services import save_version
from prospects.intake import services as intake
from prospects.intake.models import Import, RowOutcome
from prospects.qualification.plan import RunPlan

BLOCK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Brought:
    """The committed import, what its dry run said, and the profile as saved."""

    imported: Import
    preview: intake.Preview
    version: ICPVersion
    profile: Profile


def bring_in(options: Options) -> Brought:
    """Read the profile, then import the file: prospects are updated, never duplicated. Belongs in a transaction.

    Raises Unreadable and the errors of profiles and imports.
    """
    profile = parse_toml(_content(options.icp, what="profile"))
    received = intake.receive(name=options.file.name, chunks=_blocks(options.file), source=options.source)
    intake.parse(received.pk)
    preview = intake.preview(received.pk)
    imported = intake.commit(received.pk)
    return Brought(imported, preview, save_version(profile=profile, origin="file"), profile)


def plan_of(brought: Brought, options: Options) -> RunPlan:
    """The run that the options ask for, over every prospect that the file names."""
    named = RowOutcome.objects.filter(row__import_run=brought.imported, prospect__isnull=False)
    return RunPlan(
        prospect_ids=list(named.values_list("prospect_id", flat=True).distinct()),
        icp_version=brought.version,
        qualifier=options.qualifier,
        model=options.model,
        max_retries=options.max_retries,
        priority=options.priority,
        concurrency=options.concurrency,
        budget_micros=options.budget_micros,
        on_unknown=options.on_unknown,
        import_run=brought.imported,
        title=f"{options.file.name} against {brought.profile.title}"[:255],
    )


def _content(path: Path, *, what: str) -> bytes:
    try:
        with path.open("rb") as file:
            # One byte more than a profile may have is enough to refuse it; /dev/zero has no end.
            return file.read(MAX_FILE + 1)
    except OSError as error:
        raise Unreadable(path, what=what, why=error.strerror or str(error)) from error


def _blocks(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            while block := file.read(BLOCK):
                yield block
    except OSError as error:
        raise Unreadable(path, what="file", why=error.strerror or str(error)) from error
