"""Labelled cases for the rubric: a criterion, what a file says, and what a careful person would conclude."""

from dataclasses import dataclass, fields
from typing import Any

from prospects.icp.profile import Profile
from prospects.qualification.rubric.judge import judge
from prospects.qualification.rules.evidence import Document, Dossier, Facts
from prospects.qualification.rules.verdicts import Verdict

_RANGES = {"employees": ("employees_min", "employees_max"), "revenue": ("revenue_min", "revenue_max")}
_FACTS = {field.name for field in fields(Facts)} - {"sources"}


@dataclass(frozen=True)
class Case:
    """`criterion` is a table of a profile, `file` what the columns say, `expected` met, unmet or unknown."""

    criterion: dict[str, Any]
    file: dict[str, Any]
    expected: str

    @property
    def name(self) -> str:
        asked = self.criterion.get("any_of") or self.criterion.get("text") or self.criterion
        return f"{self.criterion['kind']}: {asked} given {self.file} is {self.expected}"


def dossier_of(file: dict[str, Any]) -> Dossier:
    """A dossier as one row of a file gives it: facts where the rubric has a field for them, and every cell's text."""
    facts: dict[str, Any] = {}
    sources: dict[str, str] = {}
    documents = []
    for name, value in file.items():
        header = name.replace("_", " ").capitalize() if name in _FACTS | set(_RANGES) else name
        text = value if isinstance(value, str) else _written(value)
        if name in _RANGES:
            facts |= dict(zip(_RANGES[name], value, strict=True))
        elif name in _FACTS:
            facts[name] = value
        if name in _FACTS | set(_RANGES):
            sources[name] = f"file:{header}"
        documents.append(Document(f"file:{header}", text))
    return Dossier("Acme", facts=Facts(**facts, sources=sources), documents=tuple(documents))


def verdict_on(case: Case) -> Verdict:
    profile = Profile.from_json({"title": "Labelled", "criteria": [case.criterion]})
    return judge(dossier_of(case.file), profile).verdicts[0]


def _written(value: tuple[Any, ...]) -> str:
    if all(isinstance(entry, str) for entry in value):
        return ", ".join(value)
    return f"{value[0] or ''}-{value[1] or ''}"


def _industry(wanted: str, stated: str, expected: str, **more: Any) -> Case:
    file = ({"industry": stated} if stated else {}) | more
    return Case({"kind": "industry", "any_of": wanted.split("; ")}, file, expected)


def _size(low: int | None, high: int | None, stated: tuple[int | None, int | None], expected: str) -> Case:
    bounds = {name: bound for name, bound in (("min", low), ("max", high)) if bound is not None}
    return Case({"kind": "employees", **bounds}, {"employees": stated}, expected)


def _region(wanted: str, expected: str, **stated: str) -> Case:
    return Case({"kind": "region", "any_of": wanted.split("; ")}, dict(stated), expected)


def _rung(kind: str, wanted: str, stated: str, expected: str) -> Case:
    return Case({"kind": kind, "any_of": wanted.split("; ")}, {kind: stated}, expected)


def _technology(wanted: str, expected: str, **stated: Any) -> Case:
    return Case({"kind": "technology", "any_of": wanted.split("; ")}, stated, expected)


def _persona(wanted: str, title: str, expected: str) -> Case:
    return Case({"kind": "persona", "any_of": wanted.split("; ")}, {"person_title": title}, expected)


def _indicator(text: str, expected: str, **stated: str) -> Case:
    return Case({"kind": "indicator", "text": text}, stated, expected)


FOOD = "Food manufacturing; Beverages"
TRUCKS = "Runs its own refrigerated trucks"

INDUSTRIES = [
    _industry("Manufacturing", "Industrial automation", "met"),
    _industry(FOOD, "Food Production", "met"),
    _industry(FOOD, "Food & Beverages", "met"),
    _industry(FOOD, "Food & Beverage Production", "met"),
    _industry(FOOD, "Packaged Foods and Meats", "met"),
    _industry(FOOD, "Dairy Product Manufacturing", "met"),
    _industry(FOOD, "Wholesale bakeries", "met"),
    _industry(FOOD, "Craft Brewery", "met"),
    _industry(FOOD, "frozen pizza manufacturer", "met"),
    _industry(FOOD, "Manufacturing - Meat & Poultry", "met"),
    _industry(FOOD, "Consumer Packaged Goods", "unknown"),
    _industry(FOOD, "Consumer Packaged Goods", "met", description="Makes frozen pizza and snacks for grocers."),
    _industry(FOOD, "Manufacturing", "unknown"),
    _industry(FOOD, "Manufacturing", "met", description="We bake bread and other bakery products in Toledo."),
    _industry(FOOD, "Restaurants", "unmet"),
    _industry(FOOD, "Food distribution", "unmet"),
    _industry(FOOD, "Food Service Software", "unmet"),
    _industry(FOOD, "Software for food manufacturers", "unmet"),
    _industry(FOOD, "Supermarkets", "unmet"),
    _industry(FOOD, "Packaging for food", "unmet"),
    _industry(FOOD, "Pet Food Manufacturing", "met"),
    _industry(FOOD, "", "unknown"),
    _industry(FOOD, "", "met", description="A family business that makes sausages and smoked bacon."),
    _industry(FOOD, "", "unknown", description="Software for food manufacturers."),
    _industry(FOOD, "", "unknown", description="We do not make ice cream any more."),
    _industry(FOOD, "Widgetry", "unknown"),
    _industry("Dairy", "Food manufacturing", "unknown"),
    _industry("Dairy", "Cheese", "met"),
    _industry("Medical devices", "Medical Equipment Manufacturer", "met"),
    _industry("Health care", "Hospital & Health Care", "met"),
    _industry("Hospitals", "Veterinary", "unmet"),
    _industry("SaaS", "Computer Software", "met"),
    _industry("SaaS", "Semiconductors", "unmet"),
    _industry("Financial services", "Commercial Banking", "met"),
    _industry("Insurance agencies", "Insurance Brokerage", "met"),
    _industry("Insurance agencies", "Insurance", "unknown"),
    _industry("Logistics", "Trucking", "met"),
    _industry("Trucking", "Transportation/Trucking/Railroad", "unknown"),
    _industry("Quantum widgets", "Quantum Widgets", "met"),
    _industry("Quantum widgets", "Retail", "unknown"),
]

SIZES = [
    _size(50, 2000, (51, 200), "met"),
    _size(50, 2000, (350, 350), "met"),
    _size(50, 2000, (501, 2500), "met"),
    _size(50, 2000, (1001, 5000), "unknown"),
    _size(50, 2000, (11, 50), "unmet"),
    _size(50, 2000, (10001, None), "unmet"),
    _size(5000, None, (1001, None), "unknown"),
    _size(500, None, (1001, None), "met"),
    _size(None, 50, (1, 10), "met"),
    _size(None, 50, (None, 30), "met"),
    _size(100, None, (99, 99), "unmet"),
    Case({"kind": "employees", "min": 50}, {"industry": "Dairy"}, "unknown"),
    Case({"kind": "revenue", "min": "10M", "max": "100M"}, {"revenue": (20_000_000, 50_000_000)}, "met"),
    Case({"kind": "revenue", "min": "10M", "max": "100M"}, {"revenue": (1_000_000_000, None)}, "unmet"),
    Case({"kind": "revenue", "min": "10M"}, {"employees": (51, 200)}, "unknown"),
]

REGIONS = [
    _region("Illinois; OH; Wisconsin", "met", region="IL", country="US"),
    _region("Illinois; OH; Wisconsin", "met", region="US-OH", country="US"),
    _region("Illinois; OH; Wisconsin", "met", region="wisconsin"),
    _region("Illinois; OH; Wisconsin", "unmet", region="CA", country="US"),
    _region("Illinois; OH; Wisconsin", "unknown", city="Chicago", country="US"),
    _region("Illinois; OH; Wisconsin", "unmet", country="IL", city="Haifa"),
    _region("Illinois; OH; Wisconsin", "unmet", country="DE"),
    _region("Midwest", "met", region="US-MN", country="US"),
    _region("Midwest", "unmet", region="US-PA", country="US"),
    _region("New England", "met", region="Vermont", country="US"),
    _region("DE; AT; CH", "met", country="DE"),
    _region("DE; MD; VA", "unmet", country="DE"),
    _region("DACH", "met", country="CH", city="Vevey"),
    _region("Nordics", "met", country="SE"),
    _region("EU", "unmet", country="GB"),
    _region("EMEA", "met", country="GB"),
    _region("LATAM", "met", country="BR"),
    _region("UK", "met", country="GB", region="England"),
    _region("Mexico", "unmet", region="US-NM", country="US"),
    _region("Georgia", "met", region="GA", country="US"),
    _region("Washington", "unmet", region="DC", country="US", city="Washington"),
    _region("Ontario", "unmet", city="Ontario", region="CA", country="US"),
    _region("Bavaria", "met", region="Bayern", country="DE"),
    _region("Paris", "met", city="Paris", country="FR"),
    _region("United States", "met", Headquarters="500 W Madison St, Chicago, IL 60661"),
    _region("Canada", "met", Headquarters="Toronto, ON, CA"),
    _region("Midwest", "unknown", industry="Dairy"),
    _region("Worldwide", "met", city="Lyon", country="FR"),
    _region("Southeast US", "met", city="Atlanta", region="GA", country="US"),
    _region("United States (Midwest)", "met", city="Chicago", region="IL", country="US"),
    _region("United States (Midwest)", "unmet", region="TX", country="US"),
    _region("Bay Area", "unknown", city="San Francisco", region="CA", country="US"),
    _region("New York City", "met", city="New York", region="NY", country="US"),
    _region("NYC", "met", city="New York City", region="NY", country="US"),
    _region("Berlin", "unmet", city="Oslo", country="NO"),
]

RUNGS = [
    _rung("stage", "Independent", "Family-owned", "met"),
    _rung("stage", "Independent", "Subsidiary", "unmet"),
    _rung("stage", "Independent", "Private", "met"),
    _rung("stage", "Growth", "Series C", "met"),
    _rung("stage", "Private; Family-owned", "Publicly traded (NYSE)", "unmet"),
    _rung("stage", "Private", "Series B", "met"),
    _rung("stage", "Growth", "Private", "unknown"),
    _rung("stage", "Startup", "Public company", "unmet"),
    _rung("stage", "Nonprofit", "Non-profit", "met"),
    _rung("stage", "Enterprise", "Holding its ground", "unknown"),
    _rung("funding", "Series A; Series B", "Series B funding round", "met"),
    _rung("funding", "Series B or later", "Seed", "unmet"),
    _rung("funding", "Series B+", "Series D", "met"),
    _rung("funding", "PE-backed", "Series A", "unmet"),
    _rung("funding", "Bootstrapped", "Self-funded", "met"),
    Case({"kind": "funding", "any_of": ["Series A"]}, {"industry": "Software"}, "unknown"),
]

TECHNOLOGIES = [
    _technology("Salesforce", "met", technologies=("SFDC", "Slack")),
    _technology("Salesforce", "unmet", technologies=("HubSpot", "Slack")),
    _technology("Salesforce", "unknown", technologies=("Slack",)),
    _technology("AWS", "met", technologies=("Amazon Web Services",)),
    _technology("AWS", "unknown", technologies=("Azure",)),
    _technology("ERP", "met", technologies=("NetSuite",)),
    _technology("SAP", "met", description="All plants run on SAP S/4HANA."),
    _technology("SAP", "unmet", description="We do not use SAP."),
    _technology("SAP", "unknown", description="We plan to move to SAP next year."),
    _technology("Square", "unknown", description="A bakery on the town square."),
    _technology("C++", "met", technologies=("C++", "C#")),
    _technology("Kubernetes", "unknown", industry="Software"),
]

PERSONAS = [
    _persona("VP Operations", "Vice President of Operations", "met"),
    _persona("VP Operations", "COO", "met"),
    _persona("VP Operations", "Director of Operations", "unknown"),
    _persona("VP Operations", "Operations Analyst", "unmet"),
    _persona("VP Operations", "VP Marketing", "unmet"),
    _persona("VP Operations", "Owner", "unknown"),
    _persona("Plant manager", "Plant Manager, Toledo", "met"),
    _persona("CFO", "Chief Financial Officer", "met"),
    _persona("CFO", "Head of Finance", "unknown"),
    _persona("CFO", "Finance Director", "unknown"),
    _persona("CFO", "Accounts clerk", "unmet"),
    _persona("Head of Sales", "Sales Rep", "unmet"),
    _persona("Director", "Vice president of sales", "met"),
    _persona("Director", "Marketing intern", "unmet"),
    Case({"kind": "persona", "any_of": ["CFO"]}, {"industry": "Dairy"}, "unknown"),
]

INDICATORS = [
    _indicator(TRUCKS, "met", description="The dairy runs its own fleet of refrigerated trucks in three states."),
    _indicator(TRUCKS, "met", description="Ice cream, delivered to shops in its own refrigerated trucks."),
    _indicator(TRUCKS, "unmet", description="We do not run refrigerated trucks of our own."),
    _indicator(TRUCKS, "unmet", description="All refrigerated trucking is outsourced to carriers."),
    _indicator(TRUCKS, "unknown", description="We plan to buy our own refrigerated trucks."),
    _indicator(TRUCKS, "unknown", description="Maker of dressings, dips and frozen garlic bread."),
    _indicator(TRUCKS, "met", description="Not only do they run refrigerated trucks, they also own a depot."),
    _indicator(TRUCKS, "met", **{"Own refrigerated trucks": "yes"}),
    _indicator(TRUCKS, "unmet", **{"Own refrigerated trucks": "No"}),
    _indicator(TRUCKS, "met", **{"Refrigerated trucks": "35"}),
    _indicator(TRUCKS, "unmet", **{"Refrigerated trucks": "0"}),
    _indicator("Exports to Europe", "met", description="Its cheese is exported to Europe and Japan."),
    _indicator("Exports to Europe", "unmet", description="The company never exports to Europe."),
    _indicator("Has no IT department", "met", description="There is no IT department; the owner's son helps out."),
    _indicator("Is hiring drivers", "met", description="Now hiring: CDL drivers for the Dayton plant."),
    _indicator("Is hiring drivers", "unknown", industry="Dairy"),
]

# Written after the rules, and before the rules were run on them.
HELD_OUT = [
    _industry("Construction", "General Contractors", "met"),
    _industry("Construction", "Building Materials", "unmet"),
    _industry("Manufacturing", "Plastics injection moulding", "met"),
    _industry("Manufacturing", "Aerospace & Defense", "met"),
    _industry("Manufacturing", "Law Practice", "unmet"),
    _industry("Chemicals", "Specialty chemical producer", "met"),
    _industry("Pharmaceuticals", "Biotechnology", "unknown"),
    _industry("Retail", "Online retailer of outdoor gear", "met"),
    _industry("Consulting", "IT Services and IT Consulting", "unknown"),
    _industry("Hotels; Restaurants", "Hospitality", "unknown"),
    _industry("Education", "K-12 school district", "met"),
    _industry("Nonprofit", "Food bank charity", "met"),
    _industry("Real estate", "Commercial property management", "met"),
    _industry("Food manufacturing", "Food Processing Equipment", "unmet"),
    _industry("Food manufacturing", "Restaurants, Food Production", "met"),
    _industry("Beverages", "Wine & Spirits", "met"),
    _industry("Beverages", "Ice cream", "unmet"),
    _industry("Software", "Information Technology & Services", "unmet"),
    _industry("Automotive", "Car dealership", "unmet"),
    _industry("Utilities", "Solar energy developer", "unmet"),
    _industry("Agriculture", "Dairy farm", "met"),
    _industry("Banking", "Credit union", "met"),
    _industry("Marketing", "Digital advertising agency", "met"),
    _size(200, 500, (201, 500), "met"),
    _size(200, 500, (51, 200), "unmet"),
    _size(100, 300, (51, 200), "met"),
    _size(10, None, (1, 10), "unmet"),
    _region("US", "met", country="US", region="US-TX"),
    _region("US", "met", region="Texas"),
    _region("North America", "met", country="CA", region="QC"),
    _region("TX; OK", "unmet", country="MX"),
    _region("Benelux", "met", country="NL", city="Utrecht"),
    _region("West Coast", "met", region="Oregon"),
    _region("APAC", "met", country="JP"),
    _region("England", "met", country="GB"),
    _region("New York", "met", city="New York City", region="NY", country="US"),
    _region("California", "unmet", country="CA"),
    _region("Germany", "met", Location="Munich, Bavaria, Germany"),
    _region("Illinois", "unknown", city="Springfield"),
    _rung("stage", "Family-owned", "Family business", "met"),
    _rung("stage", "Public", "Subsidiary", "unmet"),
    _rung("stage", "Early stage", "Series A", "met"),
    _rung("funding", "Series A", "Series C", "unmet"),
    _rung("funding", "Venture-backed", "Bootstrapped", "unmet"),
    _technology("Shopify", "met", technologies=("Shopify Plus", "Klaviyo")),
    _technology("Shopify", "unmet", technologies=("WooCommerce",)),
    _technology("PostgreSQL", "met", technologies=("Postgres 16",)),
    _technology("Power BI", "met", description="Analysts report in Power BI."),
    _technology("Snowflake", "unknown", technologies=("BigQuery",)),
    _persona("Head of Procurement", "Purchasing Director", "met"),
    _persona("HR Director", "VP of Human Resources", "met"),
    _persona("CTO", "Software Engineer", "unmet"),
    _persona("Risk manager", "Chief Risk Officer", "met"),
    _persona("Owner", "Founder & CEO", "met"),
    _persona("Marketing manager", "Sales Manager", "unknown"),
    _persona("IT manager", "Assistant to the IT manager", "unknown"),
    _indicator("Certified organic", "met", description="All farms hold an organic certification from USDA."),
    _indicator("Certified organic", "unmet", description="Its products are not certified organic."),
    _indicator("Operates more than one plant", "met", description="It operates three plants in Ohio."),
    _indicator("Family-owned", "met", description="A family owned bakery in its third generation."),
    _indicator("Sells direct to consumers online", "met", description="Sells online direct to consumers since 2012."),
    _indicator("Recently acquired a competitor", "unknown", description="Formerly acquired by a competitor."),
    _indicator(
        "Expanding into new markets", "met", description="The brewery is expanding to new markets in the South."
    ),
    _indicator("Offers 24/7 customer support", "unmet", description="There is no 24/7 customer support."),
    _indicator("Has a loyalty program", "unknown", description="Programs for schools and a loyal following."),
    _indicator("Exports", "met", description="Exports sauces to 40 countries."),
    _indicator("Unionized workforce", "met", description="Its workers are unionized."),
]

CASES = [*INDUSTRIES, *SIZES, *REGIONS, *RUNGS, *TECHNOLOGIES, *PERSONAS, *INDICATORS, *HELD_OUT]
