"""Versions are checked when they are saved, never changed, and a person's choice of the active one survives."""

import pytest

from performance.access.models import User
from prospects.prompts.content import Content, built_in, built_in_names
from prospects.prompts.errors import InvalidPrompt, UnknownPrompt
from prospects.prompts.models import Prompt, PromptVersion
from prospects.prompts.services import activate, active, save_version, sync_built_in

pytestmark = pytest.mark.django_db

SCHEMA = {"type": "object", "properties": {}, "required": [], "additionalProperties": False}
TEMPLATE = "{{ profile }} {{ criteria }} {{ documents }}"


def content(template: str = TEMPLATE, system: str = "Be fair.", schema: dict | None = None) -> Content:
    return Content(system=system, template=template, schema=SCHEMA if schema is None else schema)


def test_the_built_in_prompts_are_there_and_active_after_migrate() -> None:
    assert built_in_names() == [
        "extract-company", "extract-company-repair", "generate-icp", "qualify", "qualify-repair",
    ]  # fmt: skip
    for name in built_in_names():
        assert active(name).content_hash == built_in(name).content_hash
        assert active(name).is_built_in


def test_a_second_sync_changes_nothing() -> None:
    before = set(PromptVersion.objects.values_list("pk", "number"))

    assert sync_built_in() == []
    assert set(PromptVersion.objects.values_list("pk", "number")) == before


def outdate(name: str) -> PromptVersion:
    """Make the database one that was migrated when the file said something else."""
    version = active(name)
    PromptVersion.objects.filter(pk=version.pk).update(content_hash="0" * 64, system="Older.")
    return version


def test_a_changed_file_makes_a_new_version_and_it_becomes_active() -> None:
    older = outdate("qualify")

    (new,) = sync_built_in()

    assert (new.number, new.is_built_in) == (older.number + 1, True)
    assert active("qualify") == new
    assert PromptVersion.objects.get(pk=older.pk).system == "Older."


def test_a_persons_choice_survives_a_changed_file() -> None:
    chosen = save_version(name="qualify", content=content(), note="Shorter")
    activate(chosen)
    outdate_built_in = PromptVersion.objects.get(prompt__name="qualify", is_built_in=True)
    PromptVersion.objects.filter(pk=outdate_built_in.pk).update(content_hash="0" * 64)

    (new,) = sync_built_in()

    assert new.number == 3
    assert active("qualify") == chosen


def test_a_new_version_is_numbered_and_waits_to_be_activated() -> None:
    by = User.objects.create(username="alice")

    version = save_version(name="qualify", content=content(), by=by, note="Shorter")

    assert (version.number, version.is_built_in, version.created_by) == (2, False, by)
    assert active("qualify").number == 1


def test_the_same_content_makes_no_second_version() -> None:
    first = save_version(name="qualify", content=content())

    assert save_version(name="qualify", content=content()) == first
    assert Prompt.objects.get(name="qualify").versions.count() == 2


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (content(template=" "), "empty"),
        (content(template="{{ profile }} {{ criteria }}"), r"lacks \{\{ documents \}\}"),
        (content(template=TEMPLATE + "{{ secret }}"), r"\{\{ secret \}\} is not known"),
        (content(template=TEMPLATE + "{{ profile }}"), "only once"),
        (content(template=TEMPLATE + "{{ Profile }}"), "no placeholder"),
        (content(system="{{ documents }}"), "system part"),
        (content(template=TEMPLATE + "x" * 50_000), "at most"),
        (content(schema={"type": "array"}), "describe an object"),
        (content(schema={**SCHEMA, "additionalProperties": True}), "additionalProperties = false"),
        (content(schema={**SCHEMA, "properties": {"a": {"type": "string"}}}), "require all"),
        (content(schema={**SCHEMA, "patternProperties": {}}), "patternProperties"),
        (content(schema={**SCHEMA, "properties": {"a": {"type": "text"}}, "required": ["a"]}), "no known type"),
    ],
)
def test_a_version_that_could_not_be_used_is_refused_and_nothing_is_saved(wrong: Content, message: str) -> None:
    with pytest.raises(InvalidPrompt, match=message):
        save_version(name="qualify", content=wrong)

    assert PromptVersion.objects.filter(prompt__name="qualify").count() == 1


def test_an_unknown_prompt_has_no_active_version() -> None:
    with pytest.raises(UnknownPrompt, match="'sing'"):
        active("sing")
