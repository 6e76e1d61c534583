"""A person's own score for a prospect."""

from typing import Any

from django import forms

from prospects.icp.models import IdealCustomerProfile


class OverrideForm(forms.Form):
    """An empty score takes the override back. Why it is overridden is always said."""

    icp = forms.ModelChoiceField(IdealCustomerProfile.objects.all(), widget=forms.HiddenInput)
    score = forms.IntegerField(
        min_value=0, max_value=100, required=False, label="Your score", help_text="0 to 100; empty takes yours back"
    )
    reason = forms.CharField(max_length=2000, label="Why", widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["score"].widget.attrs["inputmode"] = "numeric"
