"""How research is to be done, and of whom where no selection is given."""

import re
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from performance.jobs.models import Priority
from prospects.companies.normalise.domain import domain
from prospects.extraction.modes import DEFAULT_MODE, MODES
from prospects.icp.models import IdealCustomerProfile
from prospects.qualification.plan import RunPlan
from prospects.research.company_file import Pair, companies_in, sides
from prospects.research.plan import MOST_CONCURRENT, MOST_TIMEOUT_S, ResearchPlan
from prospects.search.models import SearchSession
from prospects.search.services import sites_of

TITLES = {
    "basic": "Basic: contacts and what it does, 3 pages",
    "standard": "Standard: also people, industry, technologies, 8 pages",
    "comprehensive": "Comprehensive: all there is, 25 pages",
    "contact_focused": "Contacts: how to reach whom, 8 pages",
    "financial_focused": "Finances: size, funding, registration, 10 pages",
}
_LINES = re.compile(r"[\r\n]+")
MOST_PASTED = 400_000


class ResearchForm(forms.Form):
    """`companies` is a line for each, a domain or a name; a line with both has the domain after a comma."""

    companies = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 8, "placeholder": "acme.com\nGlobex Corporation\nInitech, initech.com"}),
        required=False,
        max_length=MOST_PASTED,
        label="Companies",
        help_text="A domain or a name on each line, or a name, a comma and its domain",
    )
    file = forms.FileField(
        required=False,
        label="Or a file of companies",
        help_text="CSV, Excel or JSON Lines with a column of domains, of names, or both; up to 100,000",
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx,.jsonl,.ndjson,.json"}),
    )
    session = forms.ModelChoiceField(
        SearchSession.objects.all(),
        required=False,
        widget=forms.HiddenInput,
        error_messages={"invalid_choice": "The search whose sites were meant is deleted: name the companies."},
    )
    mode = forms.ChoiceField(choices=[(name, TITLES[name]) for name in MODES], initial=DEFAULT_MODE, label="Look for")
    country = forms.RegexField(r"^[A-Za-z]{2}$", required=False, label="Country", help_text="Two letters, for searches")
    budget = forms.DecimalField(
        min_value=0, max_digits=12, decimal_places=6, required=False, label="Budget in $", help_text="Never exceeded"
    )
    max_concurrent = forms.IntegerField(min_value=1, max_value=MOST_CONCURRENT, required=False, label="At once")
    timeout_s = forms.IntegerField(
        min_value=5, max_value=MOST_TIMEOUT_S, required=False, label="Seconds for each", help_text="60 unless said"
    )
    priority = forms.TypedChoiceField(
        choices=Priority.choices, coerce=int, required=False, empty_value=str(int(Priority.NORMAL)), label="Priority"
    )
    is_forced = forms.BooleanField(required=False, label="Also those researched within the hour")
    icp = forms.ModelChoiceField(
        IdealCustomerProfile.objects.usable(), required=False, label="Then qualify against", empty_label="No run"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["budget"].widget.attrs |= {"placeholder": f"{settings.RUN_BUDGET_USD:.2f}", "step": "any"}
        self.fields["max_concurrent"].widget.attrs["placeholder"] = str(settings.MAX_CONCURRENT_EXTRACTIONS)
        self.fields["priority"].initial = Priority.NORMAL

    def clean_file(self) -> UploadedFile | None:
        file: UploadedFile | None = self.cleaned_data["file"]
        if file and (file.size or 0) > settings.UPLOAD_MAX_MB * 1024 * 1024:
            raise ValidationError(f"The file is larger than {settings.UPLOAD_MAX_MB} MB, the most that is accepted.")
        return file

    def plan(self, company_ids: list[int]) -> ResearchPlan:
        """What was asked for, of a valid form; of `company_ids`, or of the companies written down and in the file.

        Raises a ResearchError and IntakeError for a file that names none.
        """
        read = self.cleaned_data
        budget, icp = read["budget"], read["icp"]
        return ResearchPlan(
            **self._whom(company_ids),
            mode=read["mode"],
            country=read["country"].upper(),
            max_concurrent=read["max_concurrent"],
            timeout_s=read["timeout_s"] or 60,
            priority=int(read["priority"]),
            budget_micros=None if budget is None else round(budget * 1_000_000),
            is_forced=read["is_forced"],
            then=RunPlan(prospect_ids=(), icp_version=icp.current) if icp else None,
        )

    def _whom(self, company_ids: list[int]) -> dict[str, Any]:
        if company_ids:
            return {"company_ids": company_ids, "source": "filter"}
        if session := self.cleaned_data["session"]:
            return {"domains": sites_of(session), "session": session, "source": "search"}
        pairs, file = lines_of(self.cleaned_data["companies"]), self.cleaned_data["file"]
        if file:
            pairs += companies_in(file, name=file.name)
        names, domains = sides(pairs)
        source = "file" if file else "names" if names else "domains"
        return {"names": names, "domains": domains, "source": source, "file": file.name if file else ""}

    @property
    def search(self) -> SearchSession | None:
        """The search whose sites are meant, if there is one; of a form that was checked, be it wrong elsewhere."""
        found: SearchSession | None = self.cleaned_data.get("session")
        return found


def lines_of(text: str) -> list[Pair]:
    """A name, a domain, or both, for a line."""
    return [_pair(line.strip()) for line in _LINES.split(text) if line.strip()]


def _pair(line: str) -> Pair:
    name, comma, last = line.rpartition(",")
    if comma and domain(last):
        return name.strip(), last.strip()
    return ("", line) if domain(line) and " " not in line else (line, "")
