import pytest

from prospects.companies.normalise.formula import guard


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+cmd|' /C calc'!A0",
        "-2+3+cmd",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "\uff1d1+1",
        "\uff0d1+1",
        "+1+1",
        "--1",
        "-",
    ],
)
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(text: str) -> None:
    assert guard(text) == f"'{text}"


@pytest.mark.parametrize(
    "text",
    ["", "Acme", "-5", "+5", "-1,234.50", "3.5 %", "+1 312 555-0100", "+44 (0)20 7946 0958", "a=b", "1+1", "'=1"],
)
def test_texts_numbers_and_phones_stay_as_they_are(text: str) -> None:
    assert guard(text) == text
