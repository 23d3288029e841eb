"""The tips list: for those who follow the alcohol to whoever sold it, and nobody else."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases import access, tips
from cases.forms.tips import TipForm
from cases.models import AccessEntry, Right, SupplyTip
from cases.routes import needs

ROWS = 25


@needs(Right.VIEW_SUPPLY_TIPS)
@require_safe
def list_tips(request: HttpRequest) -> HttpResponse:
    """The unit's tips by status, newest first, each with how many share a clue with it."""
    user = access.signed_in(request)
    access.log_access(request, AccessEntry.Kind.READ, None)
    chosen = request.GET.get("lage", "")
    found = tips.of_unit(user)
    if chosen in SupplyTip.Status.values:
        found = found.filter(status=chosen)
    page = Paginator(found, ROWS).get_page(request.GET.get("sida"))
    alike = tips.n_alike(page.object_list)
    here = reverse("tips")
    context = {
        "heading": "Langningstips",
        "rows": [(tip, alike.get(tip.pk, 0)) for tip in page.object_list],
        "page": page,
        "filters": [("Alla", here, chosen == "")]
        + [(str(s.label), f"{here}?lage={s.value}", chosen == s.value) for s in SupplyTip.Status],
    }
    return render(request, "tips.html", context)


@needs(Right.VIEW_SUPPLY_TIPS)
@require_http_methods(["GET", "HEAD", "POST"])
def show_tip(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One tip, what it is like, and where it stands."""
    with transaction.atomic():
        tip = _own_tip(request, pk, locks=request.method == "POST")
        form = TipForm(request.POST or None, instance=tip)
        if request.method == "POST" and form.is_valid():
            form.save()
            messages.success(request, "Tipset är sparat.")
            return redirect("tip", pk=pk)
    context = {
        "heading": "Langningstips",
        "tip": tip,
        "form": form,
        "alike": tips.alike(tip),
        "linked": tips.linked(tip),
        "back": {"url": reverse("tips"), "label": "Alla tips"},
    }
    return render(request, "tip.html", context, status=422 if form.errors else 200)


@needs(Right.VIEW_SUPPLY_TIPS)
@require_POST
def link_tip(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Somebody says that two tips, this and `other`, are about one source."""
    try:
        other = UUID(request.POST.get("other", ""))
    except ValueError:
        raise Http404 from None
    tip = _own_tip(request, pk)
    tips.link(tip, _own_tip(request, other), by=access.signed_in(request), at=timezone.now())
    messages.success(request, "Tipsen är kopplade som samma källa. Det går att ångra.")
    return redirect("tip", pk=pk)


@needs(Right.VIEW_SUPPLY_TIPS)
@require_POST
def unlink_tip(request: HttpRequest, pk: UUID) -> HttpResponse:
    """They were two sources after all."""
    tips.unlink(_own_tip(request, pk))
    messages.success(request, "Tipset är inte längre kopplat.")
    return redirect("tip", pk=pk)


def _own_tip(request: HttpRequest, pk: UUID, *, locks: bool = False) -> SupplyTip:
    """A tip of the reader's unit, the read logged; any other does not exist.

    `locks` holds the row until the end of the transaction: nobody writes between read and save.
    """
    found = tips.of_unit(access.signed_in(request)).filter(pk=pk)
    tip = (found.select_for_update(of=("self",)) if locks else found).first()
    if tip is None:
        access.log_access(request, AccessEntry.Kind.REFUSED, pk)
        raise Http404
    access.log_access(request, AccessEntry.Kind.READ, pk, purpose=AccessEntry.Purpose.DUTY)
    return tip
