"""Signing in. The limit on guessing is the backend's (`performance.access.backends`), which marks the request."""

from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.core.exceptions import ValidationError
from django.http import HttpResponse

TOO_MANY = "Too many attempts. Wait a minute, then try again."


class SignInForm(AuthenticationForm):
    def get_invalid_login_error(self) -> ValidationError:
        if getattr(self.request, "is_login_limited", False):
            return ValidationError(TOO_MANY, code="too_many")
        return super().get_invalid_login_error()


class SignIn(LoginView):
    authentication_form = SignInForm

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        response = super().form_invalid(form)
        if getattr(self.request, "is_login_limited", False):
            response.status_code = 429
        return response
