"""Where a chunk of rows ends changes nothing: a row sees what those before it did, stored already or not."""

import random
import re
from collections.abc import Sequence

import orjson
import pytest
from django.db import transaction

from prospects.companies.models import Company, CompanyKey, Prospect
from prospects.intake import outcomes, reading
from prospects.intake.models import Import, RowOutcome
from prospects.intake.services import commit, preview, undo
from tests.prospects.intake.files import counts, csv_bytes, imported, parsed

pytestmark = pytest.mark.django_db
FACTS = [one.attname for one in Company._meta.fields if one.attname not in {"id", "created_at", "updated_at"}]
COLUMNS = "Company,Website,Phone,City,Country,Industry,Contact e-mail"


def listed(rows: int, *, seed: int) -> bytes:
    """Few companies, in many spellings, so that nearly every row meets one that came shortly before."""
    chance = random.Random(seed)
    lines = [COLUMNS]
    for _ in range(rows):
        number = chance.randrange(rows // 5)
        host = chance.choice(("", f"acme{number}.com", f"www.acme{number}.com", f"acme{number}.de"))
        phone = chance.choice(("", f"+1 312 555 {number:04d}"))
        city = chance.choice(("", "Chicago", "Köln"))
        person = chance.choice(("", "", f"p{chance.randrange(3)}@acme{number}.com"))
        lines.append(f"Acme {number},{host},{phone},{city},,{chance.choice(('', 'Steel', 'Food'))},{person}")
    return csv_bytes(*lines)


def snapshot(runs: Sequence[Import]) -> list[str]:
    """All that was stored, told by what it says: numbers count from the first row, times and imports are levelled."""
    companies = {pk: number for number, pk in enumerate(Company.objects.order_by("pk").values_list("pk", flat=True))}
    prospects = {pk: number for number, pk in enumerate(Prospect.objects.order_by("pk").values_list("pk", flat=True))}
    lines = RowOutcome.objects.filter(import_run__in=runs).order_by("import_run", "row__line").select_related("row")
    stored = [
        [(row.row.line, row.outcome, row.reason, row.before, prospects[row.prospect_id]) for row in lines],
        [[getattr(one, name) for name in FACTS] for one in Company.objects.order_by("pk")],
        sorted((companies[key.company_id], key.key) for key in CompanyKey.objects.all()),
        [(companies[one.company_id], one.person_key, one.original) for one in Prospect.objects.order_by("pk")],
    ]
    text = orjson.dumps(stored, option=orjson.OPT_SORT_KEYS).decode()
    for number, run in enumerate(runs):
        text = text.replace(f"import:{run.pk}", f"import {number}")
    return re.sub('"at":"[^"]+"', "", text).replace("],", "],\n").split("\n")


def stored_by(*files: bytes) -> list[str]:
    """What importing these files, one after the other, stores; nothing of it stays."""
    with transaction.atomic():
        shown = snapshot([imported(file) for file in files])
        transaction.set_rollback(True)
    return shown


@pytest.mark.parametrize("seed", range(4))
def test_the_end_of_a_chunk_changes_nothing(monkeypatch, seed):
    files = listed(60, seed=seed), listed(60, seed=seed + 100)
    whole = stored_by(*files)

    for size in (1, 2, 3, 7, 40):
        monkeypatch.setattr(outcomes, "CHUNK_ROWS", size)
        assert stored_by(*files) == whole, f"{size} rows in a chunk"


def test_who_reads_the_rows_changes_nothing(monkeypatch):
    """Of so many chunks the last hundred are read by the process beside ours, the first ones here until it is ready."""
    monkeypatch.setattr(outcomes, "CHUNK_ROWS", 10)
    file = listed(2000, seed=1)
    whole = stored_by(file)

    monkeypatch.setattr(reading, "MANY_ROWS", 1)

    assert stored_by(file) == whole


@pytest.mark.parametrize("size", [1, 3])
def test_a_dry_run_in_small_chunks_shows_what_the_commit_does(monkeypatch, size):
    monkeypatch.setattr(outcomes, "CHUNK_ROWS", size)
    imported(listed(60, seed=1))
    run = parsed(listed(60, seed=2))

    shown = preview(run.pk)

    assert (shown.create, shown.update, shown.skip, shown.refuse) == counts(commit(run.pk))


@pytest.mark.parametrize("size", [1, 3])
def test_an_import_in_small_chunks_can_be_undone(monkeypatch, size):
    monkeypatch.setattr(outcomes, "CHUNK_ROWS", size)
    run = imported(listed(60, seed=9))

    undo(run.pk)

    assert (Company.objects.count(), CompanyKey.objects.count(), Prospect.objects.count()) == (0, 0, 0)
