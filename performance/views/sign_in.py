"""Signing in, with a brake on guessing."""

from typing import Any

from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django_ratelimit.core import is_ratelimited

from performance.access.client import client_address

TOO_MANY = "Too many attempts from here. Wait a minute, then try again."


class SignInForm(AuthenticationForm):
    """Refuses before the password is looked at once an address has tried ten times in a minute."""

    def clean(self) -> dict[str, Any]:
        if self.request is not None and settings.RATE_LIMIT_ENABLED and _is_guessing(self.request):
            raise ValidationError(TOO_MANY, code="too_many")
        return super().clean()


class SignIn(LoginView):
    authentication_form = SignInForm


def _is_guessing(request: HttpRequest) -> bool:
    return is_ratelimited(request, group="sign-in", key=_address, rate="10/m", method="POST", increment=True)


def _address(group: str, request: HttpRequest) -> str:
    return client_address(request)
