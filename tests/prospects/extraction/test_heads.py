"""How many work there: in words, in tables, in sentences; and whom companies count that aren't theirs."""

import pytest

from tests.prospects.extraction.pages import values


@pytest.mark.parametrize(
    ("written", "told"),
    [
        (
            "<table><tr><th>Number of employees</th><td>240</td></tr><tr><th>Legal form</th><td>x</td></tr></table>",
            ["240"],
        ),
        ("<dl><dt>Employees</dt><dd>1,150</dd></dl>", ["1150"]),
        ("<dl><dt>Mitarbeiter</dt><dd>ca. 85</dd></dl>", ["85"]),
        ("<p>Mitarbeiterzahl: 64</p>", ["64"]),
        ("<p>Effectif : 27 salariés</p>", ["27"]),
        ("<p>Effectif : 27</p>", ["27"]),
        ("<table><tr><td>Anzahl Mitarbeitende</td><td>45</td></tr></table>", ["45"]),
        ("<p>Headcount: 400</p>", ["400"]),
        ("<p>Company size: 11-50</p>", ["11-50"]),
        ("<p>Team size: 9</p>", ["9"]),
        ("<div><div>250+</div><div>employees worldwide</div></div>", ["250+"]),
        ("<div><span>70</span><span>Mitarbeitende</span></div>", ["70"]),
        ("<li><b>32</b><br>team members</li>", ["32"]),
        ("<p>Our team of fourteen designs kitchens.</p>", ["14"]),
        ("<p>We are a team of seven.</p>", ["7"]),
        ("<p>today we're six people</p>", ["6"]),
        ("<p>Wir sind ein Team von zwölf Leuten.</p>", ["12"]),
        ("<p>With a workforce of 4,500, the group is</p>", ["4500"]),
        ("<p>Our staff of 31 serves you.</p>", ["31"]),
        ("<p>a crew of 18 technicians</p>", ["18"]),
        ("<p>our 40-strong team</p>", ["40"]),
        ("<p>employing some 1,100 people</p>", ["1100"]),
        ("<p>Wir beschäftigen 45 Menschen am Standort.</p>", ["45"]),
        ("<p>L'entreprise emploie 130 personnes.</p>", ["130"]),
        ("<p>La empresa cuenta con 75 profesionales.</p>", ["75"]),
        ("<p>L'azienda occupa 60 persone.</p>", ["60"]),
        ("<p>Er werken inmiddels 35 mensen bij ons.</p>", ["35"]),
        ("<p>Vi är 24 personer.</p>", ["24"]),
        ("<p>Yritys työllistää 90 henkilöä.</p>", ["90"]),
        ("<p>Yrityksessämme työskentelee 33 ammattilaista.</p>", ["33"]),
        ("<p>Zatrudniamy ponad 200 pracowników.</p>", ["200+"]),
        ("<p>Zaměstnáváme 48 lidí.</p>", ["48"]),
        ("<p>Somos 52 pessoas.</p>", ["52"]),
        ("<p>Mais de 500 colaboradores</p>", ["500+"]),
        ("<p>Met 28 collega's staan we klaar.</p>", ["28"]),
        ("<p>mit rund 30 Kolleginnen und Kollegen</p>", ["30"]),
        ("<p>社員数：86名</p>", ["86"]),
        ("<table><tr><th>従業員</th><td>1,204人(連結)</td></tr></table>", ["1204"]),
        ("<p>For companies with 50-500 employees.</p>", []),
        ("<p>Businesses with more than 200 employees save most.</p>", []),
        ("<p>Für Unternehmen mit bis zu 250 Mitarbeitern.</p>", []),
        ("<p>Trusted by 30,000 employees at our clients.</p>", []),
        ("<p>Free for teams of 5 people.</p>", []),
        ("<p>Pricing: $9 per user, up to 25 employees</p>", []),
        ("<p>The venue seats 300 people.</p>", []),
        ("<p>training for 12 employees</p>", []),
        ("<p>Since 2012, 40 employees</p>", ["40"]),
        ("<p>Our team of 2024 champions</p>", []),
        ("<p>we are proud to have helped 5000 people</p>", []),
        ("<div>120<br>Employees</div><div>35<br>Countries</div>", ["120"]),
        ("<p>The workforce of 2030</p>", []),
    ],
)
def test_a_company_counts_its_own_people(written: str, told: list[str]) -> None:
    assert sorted(values(written, "employees")) == told
