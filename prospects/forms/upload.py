"""A file of companies."""

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile


class UploadForm(forms.Form):
    file = forms.FileField(
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx,.xls,.jsonl,.ndjson,.json"}),
    )
    source = forms.CharField(
        max_length=120,
        required=False,
        label="Source",
        help_text="Where the list is from. Its column mapping can be kept for the next file of the same source.",
        widget=forms.TextInput(attrs={"list": "sources", "placeholder": "Trade fair, CRM export …"}),
    )

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > settings.UPLOAD_MAX_MB * 1024 * 1024:
            raise ValidationError(f"The file is larger than {settings.UPLOAD_MAX_MB} MB, the most that is accepted.")
        return file
