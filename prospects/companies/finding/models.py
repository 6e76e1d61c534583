"""What is looked through, and what has changed since it was written."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models.functions import Now


class SearchText(models.Model):
    """A prospect as it is looked for: name, domain and person in one text, folded; and its words, the name's first.

    Derived, never edited: `upkeep.catch_up` writes it, `upkeep.rebuild` from nothing. Without foreign keys, which
    would cost an import what this table spares it; rows of prospects that are gone are found by no query.
    """

    prospect_id = models.BigIntegerField(primary_key=True)
    company_id = models.BigIntegerField()
    text = models.TextField()
    words = SearchVectorField()

    class Meta:
        indexes = [
            # Upkeep: the texts of companies that changed.
            models.Index(fields=["company_id"], name="searchtext_company"),
            # Search: names that begin so.
            models.Index(fields=["text"], name="searchtext_beginnings", opclasses=["text_pattern_ops"]),
            # Search: parts of words, and words that are spelt alike.
            GinIndex(fields=["text"], name="searchtext_trigrams", opclasses=["gin_trgm_ops"]),
            # Search: words, and how they begin.
            GinIndex(fields=["words"], name="searchtext_words"),
        ]

    def __str__(self) -> str:
        return str(self.prospect_id)


class SearchChange(models.Model):
    """Companies whose texts are out of date, noted by triggers in the transaction that changed them (0004_finding).

    What one statement changed stands together, but no more than a few thousand. Only appended to, so that writers
    never wait for each other; a company may stand here several times.
    """

    company_ids = ArrayField(models.BigIntegerField())
    noted_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{len(self.company_ids)} companies, {self.noted_at}"
