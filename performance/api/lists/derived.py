"""The shape that a serializer describes, so that the schema and the bytes name the same fields."""

from typing import Any

from rest_framework import serializers
from rest_framework.relations import ManyRelatedField, RelatedField

from performance.api.lists.shape import One, Shape, Source

_NOT_PLAIN = (serializers.SerializerMethodField, serializers.ListSerializer, RelatedField, ManyRelatedField)


def shape_like(serializer: type[serializers.BaseSerializer[Any]], **others: Source) -> Shape:
    """The fields of `serializer` in its order: a field is the model's of its `source`, a serializer of a model's row
    the row that a foreign key names. What comes from elsewhere is named in `others`.

    Raises TypeError for what it can't tell.
    """
    fields: Any = serializer()
    unknown = set(others) - set(fields.fields)
    if unknown:
        raise TypeError(f"{serializer.__name__} has no {', '.join(sorted(unknown))}")
    shown = ((name, field) for name, field in fields.fields.items() if not field.write_only)
    return Shape(tuple((name, others.get(name) or _source(serializer, name, field)) for name, field in shown))


def _source(serializer: type, name: str, field: Any) -> Source:
    path = field.source.replace(".", "__")
    if isinstance(field, serializers.ModelSerializer):
        return One(path, shape_like(type(field)))
    if isinstance(field, _NOT_PLAIN):
        raise TypeError(f"{serializer.__name__}.{name}: say in shape_like() where it comes from")
    return str(path)
