"""The year of founding, and the years of everything else."""

import pytest

from tests.prospects.extraction.pages import values


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("<div><b>2009</b><br>founded</div>", ["2009"]),
        ("<dl><dt>Founded</dt><dd>2009</dd></dl>", ["2009"]),
        ("<dl><dt>Incorporated</dt><dd>3 June 2005</dd></dl>", ["2005"]),
        ("<p>In 1999, three engineers left their jobs and founded Acme in a barn.</p>", ["1999"]),
        ("<p>Acme was started in 2008 by two teachers.</p>", ["2008"]),
        ("<p>We opened our doors in 1987.</p>", ["1987"]),
        ("<p>Our story began in 1994 when</p>", ["1994"]),
        ("<p>What started as a hobby in 2013 is now a shop.</p>", ["2013"]),
        ("<p>Proudly serving Denver since 1971</p>", ["1971"]),
        ("<p>Im Jahr 1983 gründete Karl Berg die Firma.</p>", ["1983"]),
        ("<p>Gründung: 1. April 1990</p>", ["1990"]),
        ("<p>L'entreprise a été créée par Paul Dubois en 1975.</p>", ["1975"]),
        ("<p>L'azienda nasce nel 1962.</p>", ["1962"]),
        ("<p>La empresa nace en 1990 en Sevilla.</p>", ["1990"]),
        ("<p>A empresa surgiu em 1998.</p>", ["1998"]),
        ("<p>Firma powstała w 1991 roku.</p>", ["1991"]),
        ("<p>Działamy na rynku od 2003 roku.</p>", ["2003"]),
        ("<p>Wij bestaan sinds 1955.</p>", ["1955"]),
        ("<table><tr><th>創業</th><td>昭和36年(1961年)</td></tr></table>", ["1961"]),
        ("<p>1972年創業</p>", ["1972"]),
        ("<p>Est. 1921</p>", ["1921"]),
        ("<p>Ranked every year since 2015 by Forbes</p>", []),
        ("<p>Listed in Chambers since 2011</p>", []),
        ("<p>Accredited since 2014</p>", []),
        ("<p>In 2019 we opened our second store.</p>", []),
        ("<p>Anna has been our CEO since 2018.</p>", []),
        ("<p>In 2015 Jane founded the charity Hope.</p>", ["2015"]),
        ("<p>In 2015 the firm was acquired by Foo, founded in London</p>", []),
        ("<p>2019</p><p>Established brands</p>", []),
    ],
)
def test_a_year_is_of_founding_where_it_says_so(written: str, told: list[str]) -> None:
    assert sorted(values(written, "founded_year")) == told
