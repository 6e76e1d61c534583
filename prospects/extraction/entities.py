"""Organisations and persons in a page's JSON-LD, microdata, RDFa and microformats, however deep. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from prospects.companies.normalise.domain import domain
from prospects.companies.normalise.text import one_line
from prospects.extraction.reading import Reading

_MOST = 500
_ORGANISATIONS = frozenset(
    """
    Organization Corporation LocalBusiness ProfessionalService NGO EducationalOrganization GovernmentOrganization
    MedicalOrganization NewsMediaOrganization OnlineBusiness OnlineStore Airline Consortium FundingScheme
    LibrarySystem ResearchOrganization SportsOrganization Restaurant Store Hotel LodgingBusiness FoodEstablishment
    Bakery CafeOrCoffeeShop Winery Brewery Distillery Dentist Physician LegalService Attorney Notary
    AccountingService FinancialService InsuranceAgency BankOrCreditUnion AutomotiveBusiness AutoDealer AutoRepair
    HomeAndConstructionBusiness Electrician Plumber RoofingContractor HousePainter HVACBusiness GeneralContractor
    MovingCompany RealEstateAgent TravelAgency EmploymentAgency EntertainmentBusiness HealthAndBeautyBusiness
    SportsActivityLocation MedicalBusiness MedicalClinic Pharmacy Optician Library ChildCare DryCleaningOrLaundry
    InternetCafe SelfStorage ShoppingCenter FurnitureStore HardwareStore GroceryStore ClothingStore BookStore
    ElectronicsStore GardenStore WholesaleStore JewelryStore Florist BikeStore HomeGoodsStore BarOrPub
    """.split()  # noqa: SIM905 - a list of quotes would be longer
)
# What hangs under these is somebody else's, or is about something else.
_OTHERS = frozenset(
    """
    review reviews aggregateRating memberOf parentOrganization alumniOf affiliation sponsor funder brand itemOffered
    itemReviewed mentions isPartOf manufacturer hiringOrganization provider offers makesOffer hasOfferCatalog
    subjectOf citation award knowsAbout potentialAction author creator copyrightHolder worksFor subOrganization
    isRelatedTo client customer recognizedBy
    """.split()  # noqa: SIM905 - a list of quotes would be longer
)
_PEOPLE = frozenset({"founder", "founders", "employee", "employees", "member", "members", "ceo"})
_METHODS = {"microdata": "microdata", "rdfa": "rdfa", "microformat": "microdata"}


@dataclass(frozen=True, slots=True)
class Entity:
    """`span` is where the whole stands; `role` is the property under which it was found."""

    kind: str
    properties: Mapping[str, Any]
    span: tuple[int, int]
    method: str
    role: str = ""

    def texts(self, name: str) -> list[str]:
        """What a property says, as words."""
        return [text for each in listed(self.properties.get(name)) if (text := worded(each))]

    def text(self, name: str) -> str:
        value = self.properties.get(name)
        if value is None or isinstance(value, str):
            return worded(value)
        return next(iter(self.texts(name)), "")


def entities(reading: Reading) -> Iterator[Entity]:
    """Organisations that may be the page's own, and persons with a role there."""
    left = _MOST
    for item in (*reading.page.json_ld, *reading.page.microdata):
        if not isinstance(item, Mapping) or not isinstance(item.get("@at"), tuple):
            continue
        method = _METHODS.get(str(item.get("@syntax", "")), "json_ld")
        for entity in _within(item, item["@at"], method, ""):
            left -= 1
            if left < 0:
                return
            if entity.kind == "Person" or _is_own(reading, entity):
                yield entity


def listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, (list, tuple)) else [value]


def worded(value: Any) -> str:
    """A property's value as words: its name or value where it is an object."""
    if isinstance(value, str):
        return one_line(value)[:1000]
    if isinstance(value, Mapping):
        value = value.get("name") or value.get("@value") or value.get("value") or value.get("@id")
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return ""
    return one_line(str(value))[:1000]


def kinds(node: Mapping[str, Any]) -> list[str]:
    return [str(kind).rpartition("/")[2].rpartition(":")[2] for kind in listed(node.get("@type"))]


def _within(node: Mapping[str, Any], span: tuple[int, int], method: str, role: str) -> Iterator[Entity]:
    named = kinds(node)
    # A card whose name is its organisation's is the organisation's (http://microformats.org/wiki/hcard).
    is_card = node.get("@syntax") == "microformat" and node.get("worksFor") == node.get("name")
    if is_card or any(kind in _ORGANISATIONS for kind in named):
        yield Entity("Organization", node, span, method, role)
    elif "Person" in named and (role in _PEOPLE or node.get("jobTitle")):
        yield Entity("Person", node, span, method, role)
    for name, value in node.items():
        if isinstance(value, str) or name in _OTHERS:
            continue
        for child in listed(value):
            if isinstance(child, Mapping):
                yield from _within(child, span, method, name)


def _is_own(reading: Reading, entity: Entity) -> bool:
    """An organisation that gives another site as its own is another."""
    address = entity.text("url")
    home = domain(address) if "//" in address else None
    return home is None or not reading.site or home == reading.site
