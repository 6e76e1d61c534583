"""What may stand in an address where a row is named."""

from django.urls import register_converter
from django.urls.converters import StringConverter


class NameConverter(StringConverter):
    """`<name:…>`: any text but one with a NUL, which PostgreSQL can't be asked for: there is nothing of that name."""

    regex = r"[^/\0]+"


register_converter(NameConverter, "name")
