"""JSON Lines: an object a line."""

import pytest

from prospects.intake.errors import TooManyColumns, UnreadableFile
from tests.prospects.intake.files import table


def test_objects_with_different_keys():
    content = (
        b'{"name": "Acme", "employees": 1200, "zip": "01067"}\n\n'
        b'{"name": "Apex", "tags": ["a", "b"], "public": true, "hq": {"city": "Bonn"}, "zip": null}\n'
    )

    headers, rows = table(content)

    assert headers == ["name", "employees", "zip", "tags", "public", "hq"]
    assert rows == [["Acme", "1200", "01067"], ["Apex", "", "", "a; b", "true", '{"city":"Bonn"}']]


def test_nuls_and_lone_surrogates_are_neutralised():
    assert table(b'{"name": "Ac\\u0000me", "x": "' + b"\\" + b'u0041"}\n')[1] == [["Acme", "A"]]


@pytest.mark.parametrize(
    "content", [b'[{"name": "Acme"}]\n', b'{"name": "Acme"\n', b'{"a": 1}\n2\n', b'{"a": "\\ud800"}\n']
)
def test_what_is_no_object_a_line_is_named_by_its_line(content: bytes):
    with pytest.raises(UnreadableFile, match=r"Line \d is"):
        table(content)


def test_too_many_keys():
    content = b"".join(b'{"key%d": 1}\n' % number for number in range(600))

    with pytest.raises(TooManyColumns):
        table(content)


def test_values_that_are_nested_without_end():
    content = b'{"name": "Acme", "deep": ' + b"[" * 600 + b"]" * 600 + b"}\n"

    with pytest.raises(UnreadableFile, match=r"Line 1 is nested too deeply"):
        table(content)
