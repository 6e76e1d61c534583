"""People by their labels, with particles, degrees and titles of many trades; and what only looks like them."""

import pytest

from tests.prospects.extraction.pages import values


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("<p>Paul R. Meyer II, Vice President</p>", ["Paul R. Meyer"]),
        ("<h3>Mary-Kate St. John</h3><p>Chief Financial Officer</p>", ["Mary-Kate St. John"]),
        ("<h3>LaToya McBride</h3><p>Director of Operations</p>", ["LaToya McBride"]),
        ("<h3>Susan Wright, CPA, CFP®</h3><p>Partner</p>", ["Susan Wright"]),
        ("<p>Managing Directors:<br>Anna Berg<br>Jan Kühn</p>", ["Anna Berg", "Jan Kühn"]),
        ("<p>Directors: John Smith, Ruth Adler</p>", ["John Smith", "Ruth Adler"]),
        ("<p>Vertreten durch: Hans Maier</p>", ["Hans Maier"]),
        ("<p>Vertreten durch:<br>Dr. Hans Maier<br>Petra Schulz</p>", ["Hans Maier", "Petra Schulz"]),
        ("<p>Geschäftsführende Gesellschafter: Hans Maier</p>", ["Hans Maier"]),
        ("<p>Vertretungsberechtigte Geschäftsführer:<br>Hans Maier<br>Eva Sommer</p>", ["Eva Sommer", "Hans Maier"]),
        ("<p>Représentant légal : M. Paul Dubois</p>", ["Paul Dubois"]),
        ("<p>Président : Paul Dubois</p>", ["Paul Dubois"]),
        ("<p>Hi, I'm Carla Mendez, owner of Acme.</p>", ["Carla Mendez"]),
        ("<p>Our founder, Carla Mendez, grew up here.</p>", ["Carla Mendez"]),
        ("<p>CEO Carla Mendez says</p>", ["Carla Mendez"]),
        ("<p>Founded by Carla Mendez and Luis Ortega in 1999.</p>", ["Carla Mendez", "Luis Ortega"]),
        ("<h4>Pieter de Vries</h4><p>Accountmanager</p>", ["Pieter de Vries"]),
        ("<h4>Pieter de Vries</h4><p>Projectleider</p>", ["Pieter de Vries"]),
        ("<h4>Sanne Bakker</h4><p>Medewerker binnendienst</p>", ["Sanne Bakker"]),
        ("<h4>Jens Holm</h4><p>Projektleder</p>", ["Jens Holm"]),
        ("<h4>Eva Lind</h4><p>Ekonomiansvarig</p>", ["Eva Lind"]),
        ("<h4>Uwe Krause</h4><p>Vertrieb Innendienst</p>", ["Uwe Krause"]),
        ("<h4>Uwe Krause</h4><p>Außendienstmitarbeiter</p>", ["Uwe Krause"]),
        ("<h4>Marie Blanc</h4><p>Cheffe de projet</p>", ["Marie Blanc"]),
        ("<h4>João dos Santos</h4><p>Coordenador de Logística</p>", ["João dos Santos"]),
        ("<h4>Lucía Peña</h4><p>Jefa de compras</p>", ["Lucía Peña"]),
        ("<h4>Anna Nowak</h4><p>Specjalista ds. sprzedaży</p>", ["Anna Nowak"]),
        ("<h4>Anna Nowak</h4><p>Główna księgowa</p>", ["Anna Nowak"]),
        ("<h4>Maria Rossi</h4><p>Impiegata amministrativa</p>", ["Maria Rossi"]),
        ("<dl><dt>代表者</dt><dd>代表取締役社長\u3000山田 太郎</dd></dl>", ["山田 太郎"]),
        ("<table><tr><th>役員</th><td>常務取締役\u3000鈴木 一郎</td></tr></table>", ["鈴木 一郎"]),
        ("<h3>Rex</h3><p>Office dog</p>", []),
        ("<h3>Contact Sales</h3><p>Sales Manager</p>", []),
        ('<p>"Great service" — Bill Hughes, Plant Manager at Orbit Foods</p>', []),
        ("<h3>Red Oak</h3><p>Our manager special</p>", []),
        ("<p>Partners: Deutsche Bahn, Berliner Sparkasse</p>", []),
        ("<h4>Jobs</h4><p>Servicetechniker</p><p>Bad Homburg</p>", []),
        ("<p>Vertreten durch die Berger Verwaltungs GmbH</p>", []),
        ("<p>Directors: see Annual Report</p>", []),
        ("<ul><li>Domestic Services</li><li>Commercial services</li></ul>", []),
    ],
)
def test_people_are_named(written: str, told: list[str]) -> None:
    assert sorted(values(written, "person")) == told
