"""What a shape makes of rows, and what of it can be asked for."""

import json
from typing import Any

import pytest
from django.db.models import Value
from rest_framework import serializers

from performance.access.models import User
from performance.api.lists.derived import shape_like
from performance.api.lists.shape import Computed, Shape, UnknownField
from performance.api.lists.statement import Wanted
from performance.jobs.models import Batch, Job
from tests.factories import make_batch, make_job, make_user

OWNER = Shape.of("username", mail="email")
JOB = Shape.of("id", "state", "created_at")
BATCH = Shape.of(
    "id",
    "title",
    owner=OWNER.at("owner"),
    owner_name="owner__username",
    jobs=JOB.each("jobs", order_by=("-subject_id",)),
    kind=lambda prefix: Value("50 % 'off' %s"),
    progress=Computed(("done", "total"), lambda key: {"done": key, "total": 2}),
)


def row(shape: Shape) -> Any:
    return json.loads(Wanted(shape, ("pk",)).fetch([Batch.objects.all()], limit=1).texts[0])


@pytest.mark.django_db
def test_a_row_is_written_with_its_relations() -> None:
    batch = make_batch(title='a "title" with % and \\ and ü', owner=make_user(username="ada", email="a@b.example"))
    second, first = make_job(batch=batch, subject_id=1), make_job(batch=batch, subject_id=2)

    found = row(BATCH)

    assert found == {
        "id": batch.pk,
        "title": 'a "title" with % and \\ and ü',
        "owner": {"username": "ada", "mail": "a@b.example"},
        "owner_name": "ada",
        "jobs": [
            {"id": job.pk, "state": "ready", "created_at": "2026-03-02T09:00:00.000000Z"} for job in (first, second)
        ],
        "kind": "50 % 'off' %s",
    }


@pytest.mark.django_db
def test_what_is_not_there_is_null_or_empty() -> None:
    make_batch()

    found = row(BATCH)

    assert (found["owner"], found["owner_name"], found["jobs"]) == (None, None, [])


@pytest.mark.django_db
def test_a_part_of_a_shape_is_written_alone() -> None:
    make_job(batch=make_batch(owner=make_user(username="ada")))

    found = row(BATCH.picked(["jobs.state", "owner.username", "title"]))

    assert found == {"title": "A batch", "owner": {"username": "ada"}, "jobs": [{"state": "ready"}]}


@pytest.mark.parametrize(
    ("path", "name", "known"),
    [
        ("colour", "colour", BATCH.names),
        ("owner.colour", "owner.colour", OWNER.names),
        ("title.first", "title.first", ()),
        ("jobs.state.first", "jobs.state.first", ()),
        ("progress.speed", "progress.speed", ("done", "total")),
        ("", "", BATCH.names),
        ("owner.", "owner.", OWNER.names),
        ("title.", "title.", ()),
        ("progress.", "progress.", ("done", "total")),
    ],
)
def test_a_field_that_is_not_there_is_named(path: str, name: str, known: tuple[str, ...]) -> None:
    with pytest.raises(UnknownField) as refused:
        BATCH.picked(["id", "owner", "jobs", "progress", path])

    assert (refused.value.name, tuple(refused.value.known)) == (name, known)


def test_what_python_makes_is_picked_as_the_rest() -> None:
    [(name, source)] = BATCH.picked(["progress.done"]).computed

    assert (name, source.of(7)) == ("progress", {"done": 7})


def test_a_shape_is_like_its_serializer() -> None:
    class Owner(serializers.ModelSerializer[User]):
        class Meta:
            model = User
            fields = ["username"]

    class Listed(serializers.ModelSerializer[Job]):
        batch_title = serializers.CharField(source="batch.title")
        secret = serializers.CharField(write_only=True)

        class Meta:
            model = Job
            fields = ["id", "batch_title", "secret"]

    class Batched(serializers.ModelSerializer[Batch]):
        owner = Owner()

        class Meta:
            model = Batch
            fields = ["id", "owner"]

    assert shape_like(Listed) == Shape.of("id", batch_title="batch__title")
    assert shape_like(Batched) == Shape.of("id", owner=Shape.of("username").at("owner"))
    with pytest.raises(TypeError, match="has no colour"):
        shape_like(Batched, colour="title")


def test_a_serializer_that_asks_python_must_say_what_for() -> None:
    class Odd(serializers.Serializer[Any]):
        level = serializers.SerializerMethodField()

    with pytest.raises(TypeError, match="level"):
        shape_like(Odd)
    assert shape_like(Odd, level="level") == Shape.of("level")
