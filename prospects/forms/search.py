"""What to search the web for."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from prospects.search.engines.configured import configured_names
from prospects.search.query_file import queries_in
from prospects.search.services import SearchPlan

TITLES = {"searxng": "SearXNG, free", "serper": "Serper, $1 for 1,000", "google": "Google, $5 for 1,000"}


class SearchForm(forms.Form):
    """Queries as text or in a file; both are searched for where both are given."""

    queries = forms.CharField(
        required=False,
        label="Queries",
        help_text="One a line",
        widget=forms.Textarea(attrs={"rows": 8, "placeholder": "cold storage chicago\nbäckerei großhandel münchen"}),
    )
    file = forms.FileField(
        required=False,
        label="Or a file of queries",
        help_text="CSV, Excel or JSON Lines with a column called query",
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx,.jsonl,.ndjson,.json"}),
    )
    engine = forms.ChoiceField(label="Engine")
    country = forms.RegexField(r"^[A-Za-z]{2}$", required=False, label="Country", help_text="Two letters, like DE")
    language = forms.RegexField(r"^[A-Za-z]{2,3}$", required=False, label="Language", help_text="Like de")
    allow = forms.CharField(required=False, label="Only these sites", widget=forms.Textarea(attrs={"rows": 2}))
    deny = forms.CharField(required=False, label="None of these sites", widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(name, TITLES.get(name, "The file of answers, free")) for name in configured_names()]
        self.fields["engine"].choices = choices  # type: ignore[attr-defined]  # it is a ChoiceField

    def clean_file(self) -> UploadedFile | None:
        file: UploadedFile | None = self.cleaned_data["file"]
        if file and (file.size or 0) > settings.UPLOAD_MAX_MB * 1024 * 1024:
            raise ValidationError(f"The file is larger than {settings.UPLOAD_MAX_MB} MB, the most that is accepted.")
        return file

    def plan(self) -> SearchPlan:
        """Raises IntakeError and NoQueries for a file that holds none."""
        asked = self.cleaned_data
        queries = asked["queries"].splitlines()
        if file := asked["file"]:
            queries += queries_in(file, name=file.name)
        return SearchPlan(
            queries=queries,
            engine=asked["engine"],
            country=asked["country"],
            language=asked["language"],
            allow=asked["allow"].split(),
            deny=asked["deny"].split(),
        )
