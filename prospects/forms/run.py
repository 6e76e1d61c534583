"""How a run is to be done."""

from typing import Any

from django import forms
from django.conf import settings

from performance.jobs.models import Batch, Priority
from prospects.icp.models import IdealCustomerProfile
from prospects.intake.models import Import
from prospects.qualification.models import Qualifier
from prospects.qualification.plan import RunPlan

QUALIFIERS = [
    ("", "The best there is"),
    (Qualifier.LLM.value, "The LLM"),
    (Qualifier.RUBRIC.value, "The rubric: by rules, free"),
]
UNKNOWN_OUTCOMES = [
    (Batch.OnUnknown.PARK.value, "Park it, never pay twice"),
    (Batch.OnUnknown.RETRY.value, "Try again, and perhaps pay twice"),
]


class RunForm(forms.Form):
    """Everything but the profile has a default; ranges are checked by the plan, in one place."""

    icp = forms.ModelChoiceField(IdealCustomerProfile.objects.usable(), label="Customer profile", empty_label=None)
    qualifier = forms.ChoiceField(choices=QUALIFIERS, required=False, label="Who judges")
    model = forms.CharField(max_length=120, required=False, label="Model")
    budget = forms.DecimalField(
        min_value=0, max_digits=12, decimal_places=6, required=False, label="Budget in $", help_text="Never exceeded"
    )
    concurrency = forms.IntegerField(min_value=1, required=False, label="At once", help_text="Calls in flight")
    priority = forms.TypedChoiceField(
        choices=Priority.choices, coerce=int, required=False, empty_value=str(int(Priority.NORMAL)), label="Priority"
    )
    max_retries = forms.IntegerField(min_value=0, max_value=10, required=False, label="Retries")
    on_unknown = forms.ChoiceField(
        choices=UNKNOWN_OUTCOMES, required=False, label="When nobody knows whether a call was charged"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["model"].widget.attrs["placeholder"] = settings.OPENAI_MODEL
        self.fields["budget"].widget.attrs |= {"placeholder": f"{settings.RUN_BUDGET_USD:.2f}", "step": "any"}
        self.fields["concurrency"].widget.attrs["placeholder"] = str(settings.BATCH_SIZE * settings.BATCH_PARALLEL)
        self.fields["max_retries"].widget.attrs["placeholder"] = str(settings.BATCH_RETRIES)
        self.fields["priority"].initial = Priority.NORMAL

    def plan(self, prospect_ids: list[int], *, import_run: Import | None) -> RunPlan:
        """What was asked for, of a valid form."""
        read = self.cleaned_data
        budget = read["budget"]
        return RunPlan(
            prospect_ids=prospect_ids,
            icp_version=read["icp"].current,
            qualifier=read["qualifier"],
            model=read["model"],
            budget_micros=None if budget is None else round(budget * 1_000_000),
            concurrency=read["concurrency"],
            priority=int(read["priority"]),
            max_retries=read["max_retries"],
            on_unknown=read["on_unknown"] or Batch.OnUnknown.PARK,
            import_run=import_run,
        )
