"""What can be wrong with people, roles and tokens."""

from django.core.exceptions import ImproperlyConfigured

from performance.api.errors import DomainError


class UnknownPermission(ImproperlyConfigured):
    """A role in config/roles.py names a permission that no model has."""


class UnknownUser(DomainError):
    """There is no user of that name; `manage.py createsuperuser` or the admin makes one."""

    status = 404


class ScopeNotHeld(DomainError):
    """A token can't be scoped for what its user may not do."""

    status = 422


class WrongCredentials(DomainError):
    """The user name or the password is wrong."""

    status = 401


class TooManyAttempts(DomainError):
    """Too many attempts to sign in; wait a minute and try again."""

    status = 429
