"""The user administration of one authority."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from cases import access, staffing
from cases.forms.staff import NewUserForm, RoleForm
from cases.models import Right, Role, RoleChange, User
from cases.routes import needs

WAITS = "En andra person behöver godkänna rollen, under Din inloggning."
BACK = {"label": "Användare"}


@needs.fresh
@needs(Right.MANAGE_SETTINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def users(request: HttpRequest) -> HttpResponse:
    """Everybody of the authority, and the form for somebody new."""
    by = access.signed_in(request)
    form = NewUserForm(request.POST or None, by=by)
    if request.method == "POST" and form.is_valid():
        hired = staffing.hire(form.user(), by=by)
        said = f"{hired.name} är upplagd. Chefen begär inloggning under Din inloggning."
        messages.success(request, said if hired.is_active else f"{said} {WAITS}")
        return redirect("users")
    people = staffing.colleagues(by).order_by("-is_active", "organisation__name", "name")
    context = {"heading": "Användare", "form": form, "people": people, "me": by.pk}
    return render(request, "users.html", context, status=422 if form.errors else 200)


@needs.fresh
@needs(Right.MANAGE_SETTINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def user(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Somebody of the authority: another role or unit, gone, or back."""
    by = access.signed_in(request)
    found: User | None = staffing.colleagues(by).filter(pk=pk).exclude(pk=by.pk).first()
    if found is None:
        raise Http404
    form, fault = RoleForm(request.POST if "role" in request.POST else None, by=by, user=found), ""
    if request.method == "POST" and (not form.is_bound or form.is_valid()):
        try:
            messages.success(request, _done(request, found, form, by=by))
        except staffing.NotPossible as refusal:
            fault = str(refusal)
        else:
            return redirect("users")
    context = {
        "heading": found.name,
        "found": found,
        "form": form,
        "fault": fault,
        "back": BACK | {"url": reverse("users")},
    }
    status = 422 if form.errors or fault else 200
    return render(request, "user.html", context, status=status)


def _done(request: HttpRequest, found: User, form: RoleForm, *, by: User) -> str:
    if form.is_bound:
        given = form.cleaned_data
        is_done = staffing.move(found, Role(given["role"]), given["organisation"], by=by)
        return f"{found.name} har en ny plats." if is_done else WAITS
    if request.POST.get("do") == "end":
        staffing.end(found, by=by)
        return f"{found.name} kan inte längre logga in."
    staffing.come_back(found, by=by)
    return f"{found.name} är tillbaka. Chefen begär inloggning." if found.is_active else WAITS


@needs.fresh
@needs(Right.MANAGE_SETTINGS, Right.NAME_READERS)
@require_POST
def approve_role(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The second person's yes."""
    by = access.signed_in(request)
    change = RoleChange.waiting(by).filter(pk=pk).first()
    if change is None:
        raise Http404
    staffing.approve(change, by=by)
    messages.success(request, f"{change.user.name} är nu {change.get_role_display().lower()}.")
    return redirect("security")
