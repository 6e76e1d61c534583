"""What somebody may where it isn't what everybody may."""

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

MOST_TOKENS = 1_000_000
MOST_SECONDS = 86_400


def policy_choices() -> list[tuple[str, str]]:
    """The limits there are."""
    return [(name, name) for name in settings.RATE_LIMITS]


class AllowanceQuerySet(models.QuerySet["Allowance"]):
    def by_policy(self) -> dict[str, int]:
        """How many there are of each."""
        return dict(self.values_list("policy").annotate(number=models.Count("pk")).order_by("policy"))


class Allowance(models.Model):
    """A limit of one user's, or of one API token's, which is then counted by itself and no longer as its user's."""

    policy = models.CharField(max_length=30, choices=policy_choices)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        null=True,
        blank=True,
        help_text="Whose requests these are, with any of their tokens that has no allowance of its own.",
    )
    token = models.ForeignKey(
        settings.KNOX_TOKEN_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        null=True,
        blank=True,
        help_text="Instead of a user: what comes with this token.",
    )
    tokens = models.PositiveIntegerField("requests", validators=[MinValueValidator(1)])
    period_s = models.PositiveIntegerField("in seconds", default=60, validators=[MinValueValidator(1)])
    burst = models.PositiveIntegerField(
        "at once",
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="How many may come at once after a rest; empty: as many as in the whole period.",
    )
    note = models.CharField(max_length=255, blank=True, help_text="Why it differs.")
    updated_at = models.DateTimeField(auto_now=True)

    objects = AllowanceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False, token__isnull=True) | Q(user__isnull=True, token__isnull=False),
                name="allowance_of_a_user_or_a_token",
                violation_error_message="An allowance is either a user's or a token's.",
            ),
            models.CheckConstraint(
                condition=Q(tokens__range=(1, MOST_TOKENS), period_s__range=(1, MOST_SECONDS)),
                name="allowance_within_bounds",
                violation_error_message=f"1 to {MOST_TOKENS:,} requests in 1 to {MOST_SECONDS:,} seconds.",
            ),
            models.CheckConstraint(
                condition=Q(burst__isnull=True) | Q(burst__range=(1, MOST_TOKENS)),
                name="allowance_burst_within_bounds",
                violation_error_message=f"1 to {MOST_TOKENS:,} at once.",
            ),
            models.UniqueConstraint(
                fields=["policy", "user"],
                name="allowance_policy_user",
                violation_error_message="This user has an allowance of that limit already.",
            ),
            models.UniqueConstraint(
                fields=["policy", "token"],
                name="allowance_policy_token",
                violation_error_message="This token has an allowance of that limit already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.policy}: {self.tokens} in {self.period_s} s"
