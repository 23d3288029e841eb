"""The pages of figures: a question each, of one area; no road from them to a person."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST, require_safe

from cases import access
from cases.forms.trust import OutForm
from cases.models import AccessEntry, Right
from cases.routes import needs
from kronoberg.measures.spots import Spot, spots
from kronoberg.statistics import charts, exports, mails
from kronoberg.statistics.choices import Chosen, chosen, next_freeze
from kronoberg.statistics.findings import Finding
from kronoberg.statistics.published import Frozen
from kronoberg.statistics.questions import (
    PAGES,
    QUESTIONS,
    SITUATION,
    Question,
    answers,
    open_to,
)
from notices import sheets


@dataclass(frozen=True)
class Shown:
    """A finding with its drawing."""

    finding: Finding
    chart: SafeString


@needs(Right.VIEW_STATISTICS)
@require_safe
def statistics(request: HttpRequest, slug: str = QUESTIONS[0].slug) -> HttpResponse:
    """Answer one question about one area, one period of frozen months and one occasion or all.

    The address chooses them (`?omrade=0780&period=2026-k2&tillfalle=valborg`), and nothing else.
    """
    return page(request, slug, OutForm())


def page(request: HttpRequest, slug: str, out: OutForm) -> HttpResponse:
    question, choice = asked(request, slug), chosen(request)
    frozen, earlier = choice.read(question)
    access.log_access(request, AccessEntry.Kind.STATISTICS, None)
    return render(
        request,
        "statistics.html",
        {
            "heading": f"Statistik för {choice.area}" if choice.area else "Statistik",
            "questions": (*open_to(access.signed_in(request)), SITUATION),
            "question": question,
            "choice": choice,
            "frozen": frozen,
            "figures": shown(answers(question, frozen, earlier, choice.inside)) if frozen else [],
            "next_month": next_freeze(),
            "out": out,
            "spots": _spots(request, question, frozen),
            "mail": mails.Wish.of(access.signed_in(request)),
        },
        status=422 if out.is_bound else 200,
    )


@needs.fresh
@needs(Right.VIEW_STATISTICS)
@require_POST
def statistics_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """The tables of one question, for a spreadsheet."""
    return _file(request, slug, "csv")


@needs.fresh
@needs(Right.VIEW_STATISTICS)
@require_POST
def statistics_xlsx(request: HttpRequest, slug: str) -> HttpResponse:
    """The same as a workbook."""
    return _file(request, slug, "xlsx")


def _file(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    question, choice = asked(request, slug), chosen(request)
    frozen, earlier = for_file(choice, question)
    if refused := taken_out(request, slug):
        return refused
    kind, sheet = (
        sheets.FORMATS[form],
        exports.sheet(question, answers(question, frozen, earlier, choice.inside), frozen),
    )
    name = f"statistik-{question.slug}-{choice.name}.{form}"
    return HttpResponse(
        kind.write([sheet]),
        content_type=kind.content_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def taken_out(request: HttpRequest, slug: str) -> HttpResponse | None:
    """Log that a file is taken out, and why; without a reason the page asks for it."""
    form = OutForm(request.POST)
    if not form.is_valid():
        return page(request, slug, form)
    access.log_access(request, AccessEntry.Kind.EXPORT, None, **form.cleaned_data)
    return None


def for_file(choice: Chosen, *questions: Question) -> tuple[Frozen, list[Frozen | None]]:
    """The figures of the address and those of the years before."""
    frozen, earlier = choice.read(*questions)
    if frozen is None:
        raise Http404
    return frozen, earlier


def shown(findings: Sequence[Finding]) -> list[Shown]:
    return [
        Shown(found, charts.draw(found.chart, name=found.key) if found.chart else SafeString())
        for found in findings
    ]


def _spots(request: HttpRequest, question: Question, frozen: Frozen | None) -> list[Spot]:
    """Where a measure could begin, for whoever may plan one."""
    if frozen is None or not question.is_of_places:
        return []
    return spots(frozen) if access.may(request.user, Right.PLAN_MEASURES) else []


def asked(request: HttpRequest, slug: str) -> Question:
    """The question of an address.

    Raises:
        Http404: there is none.
        PermissionDenied: its answers are for others (who supplies is for the police alone).
    """
    for question in PAGES:
        if question.slug == slug:
            access.require(request.user, question.right)
            return question
    raise Http404
