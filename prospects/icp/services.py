"""The writers of profiles and their versions."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max

from performance.access.models import User
from prospects.icp.completeness import assess
from prospects.icp.criteria import slugify
from prospects.icp.errors import ArchivedProfile, UnknownProfile
from prospects.icp.models import ICPVersion, IdealCustomerProfile
from prospects.icp.profile import Profile

_MAX_SLUG = 80


def save_version(
    *, profile: Profile, slug: str | None = None, owner: User | None = None, origin: str = "person"
) -> ICPVersion:
    """The version with this content, made if there is none, and made the current one.

    Without a slug the title names the profile, which is created where it doesn't exist. Unchanged content returns the
    version that has it, so saving twice is the same as once. Atomic, and safe under concurrency: the profile's row is
    locked, so numbers follow each other and a content is stored once. Raises ArchivedProfile.
    """
    with transaction.atomic():
        version = save_draft(profile=profile, slug=slug, owner=owner, origin=origin)
        _make_current(version, title=profile.title)
    return version


@transaction.atomic
def save_draft(
    *, profile: Profile, slug: str | None = None, owner: User | None = None, origin: str = "person"
) -> ICPVersion:
    """As `save_version`, but the profile's current version stays what it is until `activate`."""
    icp = _locked(_slug(profile, slug), title=profile.title, owner=owner)
    existing = icp.versions.filter(content_hash=profile.content_hash).first()
    if existing is not None:
        return existing
    assessment = assess(profile)
    last = icp.versions.aggregate(last=Max("number"))["last"] or 0
    return ICPVersion.objects.create(
        icp=icp,
        number=last + 1,
        content=profile.to_json(),
        content_hash=profile.content_hash,
        origin=origin,
        completeness=assessment.score,
        warnings=list(assessment.warnings),
        created_by=owner,
    )


@transaction.atomic
def activate(*, version_id: int) -> ICPVersion:
    """Make a version, say a draft, the one that new runs use. Raises UnknownProfile, ArchivedProfile."""
    version = ICPVersion.objects.select_related("icp").filter(pk=version_id).first()
    if version is None:
        raise UnknownProfile(f"There is no version {version_id} of any profile.")
    _make_current(version, title=Profile.from_json(version.content).title)
    return version


def archive(*, slug: str, at: datetime) -> None:
    """Take a profile out of the lists; its runs and verdicts stay. Idempotent. Raises UnknownProfile."""
    _change_archived(slug, at=at)


def restore(*, slug: str) -> None:
    """Bring an archived profile back. Idempotent. Raises UnknownProfile."""
    _change_archived(slug, at=None)


@transaction.atomic
def _change_archived(slug: str, *, at: datetime | None) -> None:
    icp = IdealCustomerProfile.objects.select_for_update().filter(slug=slug).first()
    if icp is None:
        raise UnknownProfile(f"There is no profile “{slug}”.")
    if (icp.archived_at is None) is not (at is None):
        icp.archived_at = at
        icp.save(update_fields=["archived_at", "updated_at"])


def _make_current(version: ICPVersion, *, title: str) -> None:
    icp = version.icp
    if icp.archived_at is not None:
        raise ArchivedProfile(f"The profile “{icp.title}” is archived: bring it back before you change it.")
    if icp.current_id != version.pk or icp.title != title:
        icp.current, icp.title = version, title
        icp.save(update_fields=["current", "title", "updated_at"])


def _locked(slug: str, *, title: str, owner: User | None) -> IdealCustomerProfile:
    """The profile's row, created where missing, locked until the transaction ends."""
    IdealCustomerProfile.objects.get_or_create(slug=slug, defaults={"title": title, "owner": owner})
    icp: IdealCustomerProfile = IdealCustomerProfile.objects.select_for_update().get(slug=slug)
    return icp


def _slug(profile: Profile, slug: str | None) -> str:
    """The given slug, or the title's; a title without Latin letters is named by its hash."""
    return (slug or slugify(profile.title))[:_MAX_SLUG].strip("-") or f"profile-{profile.content_hash[:12]}"
