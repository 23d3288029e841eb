"""The own sign-in, the lock, and the recovery of somebody else's by two others."""

from typing import Any
from uuid import UUID

from allauth.core import ratelimit
from django import forms
from django.contrib import messages
from django.contrib.auth import logout as end_session
from django.contrib.auth import password_validation
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from cases import access
from cases.models import AccessEntry, Recovery, Right, RoleChange, User
from cases.routes import needs
from kronoberg import recovery, sign_in

WRONG_CODE = (
    "Koderna passar inte ihop, är använda, eller är äldre än två dygn. Vänta en stund och försök "
    "igen, eller be din chef om en ny."
)


class NewPasswordForm(forms.Form):
    """Both halves of the code, and the password that its holder chooses."""

    username = forms.CharField(
        label="Användarnamn",
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "username"}),
    )
    first = forms.CharField(label="Kod från din chef", max_length=40)
    second = forms.CharField(label="Kod från administratören", max_length=40)
    password = forms.CharField(
        label="Nytt lösenord",
        help_text="Minst 12 tecken.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_username(self) -> str:
        return str(self.cleaned_data["username"]).lower()

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        password_validation.validate_password(password)
        return password


class RecoveryForm(forms.Form):
    """Whose sign-in is lost."""

    user = forms.ModelChoiceField(label="Medarbetare", queryset=User.objects.none())

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        colleagues = User.objects.filter(organisation=by.organisation, is_active=True)
        self.fields["user"] = forms.ModelChoiceField(
            label="Medarbetare", queryset=colleagues.exclude(pk=by.pk).exclude(role="service")
        )


@needs.signing_in
@require_http_methods(["GET", "HEAD", "POST"])
def security(request: HttpRequest) -> HttpResponse:
    """The own factors and sessions; for a manager also the recovery of a colleague's."""
    user = access.signed_in(request)
    may_ask = access.may(user, Right.NAME_READERS)
    form = RecoveryForm(request.POST or None, by=user)
    if request.method == "POST":
        access.require(user, Right.NAME_READERS)
        if form.is_valid():
            colleague = form.cleaned_data["user"]
            half = recovery.ask(colleague, by=user)
            secret = {"name": colleague.name, "half": half, "which": "Första"}
            context = _context(user, RecoveryForm(by=user), may_ask=may_ask)
            return render(request, "security.html", context | {"secret": secret})
    return render(request, "security.html", _context(user, form, may_ask=may_ask))


@needs.fresh
@needs(Right.MANAGE_SETTINGS)
@require_POST
def approve(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Approve what somebody else has asked for; the second half of the code is shown once."""
    user = access.signed_in(request)
    asked = Recovery.waiting(user).filter(pk=pk).first()
    if asked is None:
        access.log_access(request, AccessEntry.Kind.REFUSED, pk)
        raise Http404
    half = recovery.approve(asked, by=user)
    secret = {"name": asked.user.name, "half": half, "which": "Andra"}
    context = _context(user, RecoveryForm(by=user), may_ask=False) | {"secret": secret}
    return render(request, "security.html", context)


def _context(user: User, form: RecoveryForm, *, may_ask: bool) -> dict[str, Any]:
    may_approve = access.may(user, Right.MANAGE_SETTINGS)
    return {
        "heading": "Din inloggning",
        "has_factor": sign_in.has_factor(user),
        "form": form,
        "may_ask": may_ask,
        "may_approve": may_approve,
        "roles": RoleChange.waiting(user) if may_approve or may_ask else [],
        "waiting": Recovery.waiting(user) if may_approve else [],
    }


@needs.nobody
@require_http_methods(["GET", "HEAD", "POST"])
def finish(request: HttpRequest) -> HttpResponse:
    """Whoever has got both halves of the code chooses a password; then the login asks as usual."""
    form = NewPasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given, name = form.cleaned_data, form.cleaned_data["username"]
        limited = not ratelimit.consume(request, action="reset_password", key=name)
        try:
            if limited:
                raise recovery.WrongCode
            recovery.finish(
                name,
                (given["first"], given["second"]),
                password=given["password"],
                at=timezone.now(),
            )
        except recovery.WrongCode:
            form.add_error("first", WRONG_CODE)
        else:
            messages.success(request, "Lösenordet är valt. Logga in med det.")
            return redirect("login")
    context = {"heading": "Välj lösenord", "form": form}
    return render(request, "new_password.html", context, status=422 if form.errors else 200)


@needs.nobody
@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    """End the session; the browser forgets what it has seen, sealed drafts stay on a phone."""
    end_session(request)
    response = redirect("home")
    response["Clear-Site-Data"] = '"cache"'
    return response


@needs.nobody
@require_http_methods(["GET", "HEAD", "POST"])
def closed(request: HttpRequest, **_: Any) -> HttpResponse:
    """What the library offers and this product does not: signing up, connecting accounts."""
    raise Http404
