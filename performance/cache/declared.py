"""Which tags a model's rows belong to, declared beside the model.

The declaration hears of `save()` and `delete()`, so the admin and most services need nothing else. Who writes by COPY,
SQL or `update()` sends no signal and calls `bump` itself.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.db.models.signals import post_delete, post_save

from performance.cache import rows
from performance.cache.tags import bump

# "icp:{slug}" is filled with the row's attributes; a callable makes tags of the row.
Tag = str | Callable[[Any], Iterable[str]]

_declared: dict[type[Model], tuple[Tag, ...]] = {}


@dataclass(frozen=True, slots=True)
class Content:
    """Fields that a list of `noun` may show of a row, and that nothing else of it follows from: neither which rows it
    has nor in which order, and so no filter, no search and no ordering.
    """

    noun: str
    fields: frozenset[str]

    def is_all_of(self, changed: Collection[str] | None) -> bool:
        """Whether no more than that was saved; None is everything."""
        return changed is not None and self.fields.issuperset(changed)


def invalidates(
    model: type[Model],
    *tags: Tag,
    unless_only: Collection[str] = (),
    content: Content | None = None,
    hears_deletes: bool = True,
    gone: Collection[str] = (),
) -> None:
    """A row of `model` that is saved or deleted makes stale, on commit, what was cached under these tags.

    Not if nothing but the fields of `unless_only` is saved. Where nothing but `content` is saved, of its noun's lists
    only those go stale that show the row, or don't say which they show (`rows`). Without `hears_deletes` a queryset's
    `delete()` keeps deleting in one statement; whoever deletes the rows' owner raises its tags. `gone` are the tags of
    what shows, or goes with, a row that is deleted, and is none the wiser when it is saved: these are always heard.
    """
    _declared[model] = tags
    ignored = frozenset(unless_only)
    if content is not None:
        rows.declare(content.noun)

    def saved(instance: Model, update_fields: Collection[str] | None = None, **_signal: object) -> None:
        if content is not None and content.is_all_of(update_fields):
            others = (tag for tag in tags_of(instance) if tag != content.noun)
            bump(rows.tag_of(content.noun, instance.pk), *others)
        elif update_fields is None or not ignored.issuperset(update_fields):
            bump(*tags_of(instance))

    def deleted(instance: Model, **_signal: object) -> None:
        bump(*(tags_of(instance) if hears_deletes else ()), *(_filled(tag, instance) for tag in gone))

    name = f"invalidates {model._meta.label}"
    post_save.connect(saved, sender=model, weak=False, dispatch_uid=name)
    if hears_deletes or gone:
        post_delete.connect(deleted, sender=model, weak=False, dispatch_uid=name)


def tags_of(row: Model) -> list[str]:
    """What is declared for the row's model, filled in."""
    made: list[str] = []
    for tag in _declared[type(row)]:
        if callable(tag):
            made.extend(tag(row))
        else:
            made.append(_filled(tag, row))
    return made


def _filled(tag: str, row: Model) -> str:
    return tag.format_map(_Attributes(row)) if "{" in tag else tag


def declared() -> dict[str, tuple[str, ...]]:
    """Model → its tags as declared, for reports; a callable by its name."""
    return {
        model._meta.label: tuple(tag if isinstance(tag, str) else f"({tag.__name__})" for tag in tags)
        for model, tags in sorted(_declared.items(), key=lambda each: each[0]._meta.label)
    }


class _Attributes(dict[str, Any]):
    def __init__(self, row: Model) -> None:
        super().__init__()
        self._row = row

    def __missing__(self, name: str) -> Any:
        return getattr(self._row, name)
