"""What staff write in the admin goes through the services, by those whose role allows it, and mistakes are named."""

import html
import json
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from config.roles import PROMPT_AUTHOR, VIEWER
from prospects.icp.models import ICPVersion, IdealCustomerProfile
from prospects.icp.profile import parse_toml
from prospects.icp.services import archive, save_version
from prospects.prompts.models import Prompt, PromptVersion
from tests.factories import make_company, make_icp, make_prospect, make_user

pytestmark = pytest.mark.django_db
TOML = 'title = "Bakers"\n[[criteria]]\nkind = "industry"\nany_of = ["Bakery"]\nweight = 40\n'
ADD_VERSION = "admin:prospects_promptversion_add"


def in_role(role: str) -> Client:
    user = make_user(is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def author(db: None) -> Client:
    return in_role(PROMPT_AUTHOR)


def built_in() -> PromptVersion:
    prompt = Prompt.objects.select_related("active").get(name="qualify")
    assert prompt.active is not None
    return prompt.active


def asked(version: PromptVersion, **changes: Any) -> dict[str, Any]:
    return {
        "prompt": version.prompt_id,
        "system": version.system,
        "template": version.template,
        "schema": json.dumps(version.schema),
        "note": "warmer",
    } | changes


def test_a_prompt_author_writes_a_version_and_puts_it_to_use(author: Client) -> None:
    first = built_in()

    saved = author.post(reverse(ADD_VERSION), asked(first, system=first.system + "\nBe brief."))
    second = PromptVersion.objects.get(number=first.number + 1, prompt=first.prompt)
    waiting = built_in()
    author.post(reverse("admin:prospects_promptversion_changelist"), {"action": "use", "_selected_action": [second.pk]})

    assert saved.status_code == 302
    assert (second.note, second.created_by, second.is_built_in) == ("warmer", saved.wsgi_request.user, False)
    assert waiting == first
    assert built_in() == second


def test_the_form_goes_on_from_a_version(author: Client) -> None:
    page = author.get(reverse(ADD_VERSION), {"from": built_in().pk}).content.decode()

    assert built_in().system.splitlines()[0][:40] in page
    assert html.escape('{\n  "type": "object",\n  "') in page


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"template": "Judge {{ nobody }}."}, "nobody"),
        ({"schema": "{"}, "valid JSON"),
        ({"schema": '["a"]'}, "It must be a JSON object"),
        ({"schema": '{"type": "object"}'}, "needs additionalProperties = false"),
        ({"schema": '{"type": "object", "additionalProperties": false, "properties": [1]}'}, "is not of the kind"),
        ({"schema": '{"type": 5}'}, "must describe an object"),
        ({"template": ""}, "required"),
    ],
)
def test_what_is_wrong_with_a_version_is_said_and_nothing_is_saved(
    author: Client, changes: dict[str, str], said: str
) -> None:
    before = PromptVersion.objects.count()

    page = author.post(reverse(ADD_VERSION), asked(built_in(), **changes))

    assert page.status_code == 200
    assert said in page.content.decode()
    assert PromptVersion.objects.count() == before


def test_only_one_version_of_a_prompt_can_be_put_to_use(author: Client) -> None:
    first = built_in()
    author.post(reverse(ADD_VERSION), asked(first, system=first.system + "\nBe brief."))
    ids = list(PromptVersion.objects.filter(prompt=first.prompt).values_list("pk", flat=True))

    author.post(reverse("admin:prospects_promptversion_changelist"), {"action": "use", "_selected_action": ids})

    assert built_in() == first


def test_the_prompts_page_checks_what_it_puts_to_use(author: Client) -> None:
    first = built_in()
    bad = PromptVersion.objects.create(
        prompt=first.prompt, number=99, system="", template="x", schema={}, content_hash="0"
    )
    address = reverse("admin:prospects_prompt_change", args=[first.prompt_id])

    page = author.post(address, {"active": bad.pk, "description": ""}, follow=True).content.decode()

    assert "be active." in page
    assert built_in() == first


@pytest.mark.parametrize("name", ["promptversion", "idealcustomerprofile"])
def test_a_viewer_writes_none(name: str) -> None:
    answer = in_role(VIEWER).post(reverse(f"admin:prospects_{name}_add"), {"text": TOML})

    assert answer.status_code == 403
    assert not IdealCustomerProfile.objects.exists()


def test_a_profile_is_written_as_toml_and_changed_by_a_version(staff: Client) -> None:
    staff.post(reverse("admin:prospects_idealcustomerprofile_add"), {"text": TOML})
    icp = IdealCustomerProfile.objects.get(slug="bakers")
    address = reverse("admin:prospects_idealcustomerprofile_change", args=[icp.pk])
    form = staff.get(address).content.decode()
    saved = staff.post(address, {"text": TOML.replace("40", "50")})

    assert "Bakery" in form
    assert saved.status_code == 302
    icp.refresh_from_db()
    assert icp.current is not None
    assert (icp.current.number, icp.current.origin, icp.versions.count()) == (2, "person", 2)


def test_a_mistake_in_a_profile_is_named_and_nothing_is_saved(staff: Client) -> None:
    page = staff.post(reverse("admin:prospects_idealcustomerprofile_add"), {"text": TOML.replace("kind", "kidn")})

    assert page.status_code == 200
    assert "kidn" in page.content.decode()
    assert not ICPVersion.objects.exists()


def test_an_archived_profile_is_not_written(staff: Client) -> None:
    version = save_version(profile=parse_toml(TOML))
    archive(slug="bakers", at=timezone.now())
    address = reverse("admin:prospects_idealcustomerprofile_change", args=[version.icp_id])

    page = staff.post(address, {"text": TOML.replace("40", "50")}, follow=True).content.decode()

    assert "is archived" in page
    assert ICPVersion.objects.count() == 1


def test_an_earlier_version_of_a_profile_is_put_to_use(staff: Client) -> None:
    first = save_version(profile=parse_toml(TOML))
    save_version(profile=parse_toml(TOML.replace("40", "50")))

    staff.post(reverse("admin:prospects_icpversion_changelist"), {"action": "use", "_selected_action": [first.pk]})

    assert IdealCustomerProfile.objects.get().current == first


def test_a_viewer_sees_a_profile_without_its_form() -> None:
    icp = make_icp()

    page = in_role(VIEWER).get(reverse("admin:prospects_idealcustomerprofile_change", args=[icp.pk]))

    assert page.status_code == 200
    assert "<textarea" not in page.content.decode()


def test_what_is_typed_of_a_company_is_kept_as_files_are(staff: Client) -> None:
    company = make_company(country="DE")
    address = reverse("admin:prospects_company_change", args=[company.pk])
    inlines = {"keys-TOTAL_FORMS": 0, "keys-INITIAL_FORMS": 0}
    plain = {"name": "Acme", "country": "DE", "technologies": "[]", **inlines}

    bad = staff.post(address, {**plain, "phone": "call me"})
    good = staff.post(address, {**plain, "phone": "030 901820"})

    assert "is no readable phone number" in bad.content.decode()
    assert good.status_code == 302
    company.refresh_from_db()
    assert company.phone == "+4930901820"


def test_what_is_typed_of_a_person_is_kept_as_files_are(staff: Client) -> None:
    prospect = make_prospect(company=make_company(country="DE"))
    address = reverse("admin:prospects_prospect_change", args=[prospect.pk])

    staff.post(address, {"company": prospect.company_id, "person_phone": "030 901820", "person_email": "A@Acme.de"})

    prospect.refresh_from_db()
    assert (prospect.person_phone, prospect.person_email) == ("+4930901820", "a@acme.de")
