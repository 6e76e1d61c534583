"""The writers of prompts: built-in ones from files, a person's new versions, and which one is active."""

from django.apps import apps as project
from django.apps.registry import Apps
from django.db import transaction
from django.db.models import F, Max

from performance.access.models import User
from performance.cache.declared import tags_of
from performance.cache.tags import bump
from prospects.prompts.content import Content, built_in, built_in_names
from prospects.prompts.errors import InvalidPrompt, UnknownPrompt
from prospects.prompts.models import Prompt, PromptVersion


def active(name: str) -> PromptVersion:
    """The version that new runs use, with its prompt. One statement. Raises UnknownPrompt."""
    versions = PromptVersion.objects.select_related("prompt")
    version = versions.filter(prompt__name=name, prompt__active=F("pk")).first()
    if version is None:
        raise UnknownPrompt(f"There is no prompt {name!r}: manage.py migrate brings the built-in ones.")
    return version


@transaction.atomic
def save_version(*, name: str, content: Content, by: User | None = None, note: str = "") -> PromptVersion:
    """A new version of the prompt, which begins with its first; not yet active unless it is the first. Atomic.

    Content that a version already has makes none: that version is returned. Raises InvalidPrompt.
    """
    content.check(name)
    prompt = _locked(name)
    version, _ = _version(prompt, content, by=by, note=note, is_built_in=False)
    if prompt.active_id is None:
        activate(version)
    return version


def activate(version: PromptVersion) -> None:
    """Make it the version that new runs use. Runs under way keep theirs."""
    if not version.schema and not _needs_no_schema(version.prompt.name):
        raise InvalidPrompt("A version without a schema of its answer can't be active.")
    Prompt.objects.filter(pk=version.prompt_id).update(active=version)
    bump(*tags_of(version))


def sync_built_in() -> list[PromptVersion]:
    """Bring the files in `built_in/` into the database; returns the versions that are new. Idempotent.

    A new version becomes active where the newest built-in one was, or none: a person's choice stays.
    """
    return [version for name in built_in_names() if (version := _sync(name)) is not None]


def sync_after_migrate(sender: object, *, apps: Apps = project, **_signal: object) -> None:
    """post_migrate of this app; nothing where the tables aren't there (a migration backwards)."""
    try:
        apps.get_model("prospects", "PromptVersion")
    except LookupError:
        return
    sync_built_in()


@transaction.atomic
def _sync(name: str) -> PromptVersion | None:
    content = built_in(name)
    prompt = _locked(name, description=content.description)
    newest = prompt.versions.filter(is_built_in=True).order_by("-number").first()
    version, is_new = _version(prompt, content, is_built_in=True, note="Built in")
    if prompt.active_id is None or (is_new and newest is not None and prompt.active_id == newest.pk):
        activate(version)
    return version if is_new else None


def _locked(name: str, *, description: str = "") -> Prompt:
    """The prompt's row, made on first use, and nobody else numbering its versions until the transaction ends."""
    Prompt.objects.get_or_create(name=name, defaults={"description": description})
    return Prompt.objects.select_for_update().get(name=name)


def _version(
    prompt: Prompt, content: Content, *, is_built_in: bool, note: str, by: User | None = None
) -> tuple[PromptVersion, bool]:
    number = (prompt.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    return PromptVersion.objects.get_or_create(
        prompt=prompt,
        content_hash=content.content_hash,
        defaults={
            "number": number,
            "system": content.system,
            "template": content.template,
            "schema": content.schema,
            "is_built_in": is_built_in,
            "note": note,
            "created_by": by,
        },
    )


def _needs_no_schema(name: str) -> bool:
    return name in built_in_names() and not built_in(name).schema
