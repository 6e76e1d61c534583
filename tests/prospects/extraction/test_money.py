"""Rounds, sums and turnover; a raffle raises money, too."""

import pytest

from tests.prospects.extraction.pages import values


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("<p>Acme has raised $45M to date.</p>", ["$45M"]),
        ("<p>We raised our Series A in 2019 and a Series B in 2022.</p>", ["Series B"]),
        ("<p>Une levée de fonds de 3 millions d'euros</p>", ["3 millions d'euros"]),
        ("<p>Nous avons levé 3 M€ en Série B</p>", ["Series B"]),
        ("<p>cierra una ronda Serie A de 4 millones de euros</p>", ["Series A"]),
        ("<p>schließt Series-A-Finanzierungsrunde über 5 Mio. Euro ab</p>", ["Series A"]),
        ("<p>Pre-seed round of €1.2 million</p>", ["Pre-seed"]),
        ("<p>Total funding: $12 million</p>", ["$12 million"]),
        ("<p>backed by $30 million in venture funding</p>", ["$30 million"]),
        ("<p>We raised $20,000 for the food bank.</p>", []),
        ("<p>Volleyball Serie A champions</p>", []),
        ("<p>BMW 3 Series G20</p>", []),
    ],
)
def test_the_last_round_or_the_sum(written: str, told: list[str]) -> None:
    assert sorted(values(written, "funding")) == told


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("<table><tr><th>売上高</th><td>48億円</td></tr></table>", ["48億円"]),
        ("<p>CA 2023 : 12 M€</p>", ["12 M€"]),
        ("<p>$40M in annual recurring revenue</p>", ["$40M"]),
        ("<p>Umsatz: 12 Mio. €</p>", ["12 Mio. €"]),
        ("<p>with annual revenues of $3.5 billion</p>", ["$3.5 billion"]),
        ("<p>Przychody: 12 mln zł</p>", ["12 mln zł"]),
    ],
)
def test_turnover_with_its_unit(written: str, told: list[str]) -> None:
    assert sorted(values(written, "revenue")) == told
