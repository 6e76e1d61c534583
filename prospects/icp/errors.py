"""Why a profile is refused. str(error) is what a person reads."""

from collections.abc import Sequence

from performance.api.errors import DomainError


class ProfileError(DomainError):
    """Something is wrong with an ideal customer profile."""

    status = 400
    code = "icp_error"
    title = "The ideal customer profile can't be used"


class UnreadableProfile(ProfileError):
    """The file is not TOML, or not text."""

    code = "icp_unreadable"
    title = "The ideal customer profile can't be read"


class InvalidProfile(ProfileError):
    """The profile says something that can't be judged; `problems` has one sentence for each mistake."""

    code = "icp_invalid"
    title = "The ideal customer profile is not valid"

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(" ".join(problems), problems=list(problems))
        self.problems = tuple(problems)


class UnknownProfile(ProfileError):
    """No profile goes by that name."""

    status = 404
    code = "icp_unknown"
    title = "There is no such ideal customer profile"


class ArchivedProfile(ProfileError):
    """The profile is archived: bring it back before saving a new version."""

    status = 409
    code = "icp_archived"
    title = "The ideal customer profile is archived"


class NotGenerated(ProfileError):
    """No profile can be drafted from this."""

    code = "icp_not_generated"
    title = "No profile can be drafted"
