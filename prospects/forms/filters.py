"""The filter of the prospect list, as it stands in an address."""

from typing import Any
from urllib.parse import urlencode

from django import forms

from prospects.companies.models import Company
from prospects.companies.querysets import ProspectFilter
from prospects.icp.models import IdealCustomerProfile
from prospects.qualification.models import FitLevel


class ProspectFilterForm(forms.Form):
    """All optional. What can't be read narrows nothing; the form says so beside the field."""

    q = forms.CharField(max_length=200, required=False, label="Search")
    icp = forms.ModelChoiceField(
        IdealCustomerProfile.objects.in_use(), required=False, empty_label="Every profile", label="Customer profile"
    )
    level = forms.ChoiceField(choices=[("", "Every fit"), *FitLevel.choices], required=False, label="Fit")
    country = forms.ChoiceField(required=False, label="Country")
    industry = forms.CharField(max_length=200, required=False, label="Industry")
    source = forms.CharField(max_length=120, required=False, label="Source")
    import_run = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        countries = [(code, code) for code in Company.objects.countries()]
        self.fields["country"].choices = [("", "Every country"), *countries]  # type: ignore[attr-defined]  # it is a field of choices
        for name in ("icp", "level", "country"):
            self.fields[name].widget.attrs["data-submit-on-change"] = ""
        self.fields["q"].widget = forms.TextInput(
            attrs={"type": "search", "placeholder": "Name, domain or person", "data-search": ""}
        )
        self.fields["industry"].widget.attrs["placeholder"] = "Industry"
        self.fields["source"].widget.attrs["placeholder"] = "Source"
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = field.label or ""

    def query(self) -> str:
        """The filter as the query of an address, so that a run can be started for all it finds."""
        return urlencode({name: value for name in self.fields if (value := self.data.get(name))})

    def wanted(self) -> ProspectFilter:
        """The filter of what could be read."""
        self.is_valid()
        read = self.cleaned_data
        icp = read.get("icp")
        return ProspectFilter(
            search=read.get("q", ""),
            icp=icp.pk if icp else None,
            level=read.get("level", ""),
            country=read.get("country", ""),
            industry=read.get("industry", ""),
            source=read.get("source", ""),
            import_run=read.get("import_run"),
        )


class SaveFilterForm(forms.Form):
    """The name that a filter is kept by."""

    name = forms.CharField(max_length=80)
