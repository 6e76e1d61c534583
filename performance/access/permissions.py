"""What they may do."""

from rest_framework.permissions import DjangoModelPermissions


class RoleAndScope(DjangoModelPermissions):
    """The role's permission, narrowed by the scopes of the token."""
