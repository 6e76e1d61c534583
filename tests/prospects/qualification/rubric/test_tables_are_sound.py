"""The tables of industries, places, stages, technologies and titles say nothing twice and nothing unknown."""

import pycountry
import pytest

from prospects.qualification.rubric.gazetteer import gazetteer
from prospects.qualification.rubric.taxonomy import industry_key, taxonomy

KNOWN_ELSEWHERE = """
Accounting; Airlines/Aviation; Apparel & Fashion; Automotive; Banking; Biotechnology; Broadcast Media;
Building Materials;
Business Supplies and Equipment; Capital Markets; Chemicals; Civic & Social Organization; Civil Engineering;
Computer & Network Security; Computer Games; Computer Hardware; Computer Software; Construction; Consumer Electronics;
Consumer Goods; Consumer Services; Cosmetics; Dairy; Defense & Space; Design; E-Learning; Education Management;
Electrical/Electronic Manufacturing; Entertainment; Environmental Services; Events Services; Facilities Services;
Farming; Financial Services; Fine Art; Fishery; Food & Beverages; Food Production; Fund-Raising; Furniture;
Gambling & Casinos; Glass, Ceramics & Concrete; Government Administration; Graphic Design; Health, Wellness and Fitness;
Higher Education; Hospital & Health Care; Hospitality; Human Resources; Import and Export; Industrial Automation;
Information Technology and Services; Insurance; Internet; Investment Banking; Law Practice; Leisure, Travel & Tourism;
Logistics and Supply Chain; Luxury Goods & Jewelry; Machinery; Management Consulting; Maritime; Market Research;
Marketing and Advertising; Mechanical or Industrial Engineering; Medical Devices; Medical Practice; Mental Health Care;
Mining & Metals; Nanotechnology; Newspapers; Nonprofit Organization Management; Oil & Energy; Outsourcing/Offshoring;
Package/Freight Delivery; Packaging and Containers; Paper & Forest Products; Pharmaceuticals; Photography; Plastics;
Primary/Secondary Education; Printing; Public Safety; Publishing; Railroad Manufacture; Ranching; Real Estate;
Renewables & Environment; Research; Restaurants; Retail; Security and Investigations; Semiconductors; Shipbuilding;
Sporting Goods; Sports; Staffing and Recruiting; Supermarkets; Telecommunications; Textiles; Tobacco;
Transportation/Trucking/Railroad; Utilities; Venture Capital & Private Equity; Veterinary; Warehousing; Wholesale;
Wine and Spirits; Wireless; Writing and Editing
"""


@pytest.mark.parametrize("name", [name.strip() for name in KNOWN_ELSEWHERE.split(";")])
def test_the_industries_of_business_networks_are_known(name: str) -> None:
    assert taxonomy().find(name)


def test_no_two_industries_claim_one_name() -> None:
    claims: dict[frozenset[str], str] = {}
    for industry in taxonomy().industries:
        for name in (industry.name, *industry.aliases):
            assert industry_key(name), name
            assert claims.setdefault(industry_key(name), industry.name) == industry.name or name == industry.name, name


def test_the_tree_is_sizable_and_counts_its_nodes() -> None:
    roots = [industry for industry in taxonomy().industries if industry.parent is None]

    assert sum(root.size for root in roots) == len(taxonomy().industries) > 150
    assert len(taxonomy().by_key) > 1500


def test_groups_of_places_hold_only_known_codes() -> None:
    countries = {country.alpha_2 for country in pycountry.countries} | {"XK"}
    states = {state.code for state in pycountry.subdivisions}

    for name, codes in gazetteer().groups.items():
        assert codes <= countries | states, name


def test_every_state_of_the_census_regions_is_in_one_of_them() -> None:
    groups = gazetteer().groups
    states = {code.code for code in pycountry.subdivisions.get(country_code="US") if code.type == "State"}

    assert states <= groups["northeast"] | groups["midwest"] | groups["south"] | groups["west"]
    assert len(groups["midwest"]) == 12
    assert len(groups["european union"]) == 27
