"""`manage.py extract_pages`: folders of saved pages."""

from pathlib import Path

import orjson
import pytest
from django.core.management import CommandError, call_command

PAGE = "<title>Acme</title><p>Acme GmbH, info@acme.de, Tel. +49 30 901820</p>"


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [orjson.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_each_page_is_a_line_with_quotes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "acme.de").mkdir()
    (tmp_path / "acme.de" / "index.html").write_text(PAGE)
    (tmp_path / "notes.txt").write_text(PAGE)

    call_command("extract_pages", str(tmp_path), "--fields", "email")

    (line,) = lines(capsys)
    assert (line["file"], line["url"], line["site"]) == (
        "acme.de/index.html",
        "https://acme.de/index.html",
        "acme.de",
    )
    assert [(each["field"], each["value"], each["quote"]) for each in line["values"]] == [  # type: ignore[attr-defined]
        ("email", "info@acme.de", "info@acme.de")
    ]


def test_a_canonical_link_says_whose_a_page_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "1.html").write_text(f'<link rel="canonical" href="https://www.acme.de/contact">{PAGE}')

    call_command("extract_pages", str(tmp_path))

    (line,) = lines(capsys)
    assert (line["url"], line["site"]) == ("https://www.acme.de/contact", "acme.de")


def test_what_is_no_page_is_said_so_and_the_rest_is_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.html").write_bytes(b"%PDF-1.7\n\x00\x01\x02" * 50)
    (tmp_path / "b.html").write_text(PAGE)

    call_command("extract_pages", str(tmp_path))

    first, second = lines(capsys)
    assert first["error"]
    assert second["values"]


@pytest.mark.parametrize("arguments", [["nowhere"], [".", "--fields", "shoe_size"]])
def test_what_can_t_be_done_is_refused(arguments: list[str]) -> None:
    with pytest.raises(CommandError):
        call_command("extract_pages", *arguments)
