"""All the figures of an area as one file, made by the worker, and the mail that tells of them."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_POST

from cases import access
from cases.models import AccessEntry, Right
from cases.routes import needs
from kronoberg.statistics import exports, mails
from kronoberg.statistics.choices import chosen
from kronoberg.statistics.questions import QUESTIONS, Question, answers, open_to
from kronoberg.statistics.views import asked, for_file, shown, taken_out
from notices import handouts, views_handouts


@needs.fresh
@needs(Right.VIEW_STATISTICS)
@require_POST
def statistics_pdf(request: HttpRequest) -> HttpResponse:
    """Order every question in one report, with the drawings and tables of the pages."""
    return _report(request, None, open_to(access.signed_in(request)))


@needs.fresh
@needs(Right.VIEW_STATISTICS)
@require_POST
def statistics_page_pdf(request: HttpRequest, slug: str) -> HttpResponse:
    """Order one page as a report of its own, as the basis for the lägesbild is handed over."""
    question = asked(request, slug)
    return _report(request, question, (question,))


def _report(
    request: HttpRequest, alone: Question | None, questions: Sequence[Question]
) -> HttpResponse:
    choice = chosen(request)
    frozen, earlier = for_file(choice, *questions)
    if refused := taken_out(request, alone.slug if alone else QUESTIONS[0].slug):
        return refused
    html = render_to_string(
        "statistics_report.html",
        {
            "frozen": frozen,
            "choice": choice,
            "alone": alone,
            "answers": [(q, shown(answers(q, frozen, earlier, choice.inside))) for q in questions],
        },
    )
    handout = handouts.order(
        html,
        title=f"{alone.title if alone else 'Statistik'} · {frozen.area}, {frozen.period}",
        file_name=f"statistik-{f'{alone.slug}-' if alone else ''}{choice.name}.pdf",
        style="report",
        by=access.signed_in(request),
    )
    return views_handouts.begun(handout)


@needs.fresh
@needs(Right.VIEW_STATISTICS)
@require_POST
def statistics_tables(request: HttpRequest, form: str) -> HttpResponse:
    """Order the tables of every question in one file: a sheet for each."""
    choice, questions = chosen(request), open_to(access.signed_in(request))
    frozen, earlier = for_file(choice, *questions)
    if refused := taken_out(request, QUESTIONS[0].slug):
        return refused
    handout = handouts.order_tables(
        (exports.sheet(q, answers(q, frozen, earlier, choice.inside), frozen) for q in questions),
        title=f"Statistik · {frozen.area}, {frozen.period}",
        file_name=f"statistik-{choice.name}.{form}",
        form=form,
        by=access.signed_in(request),
    )
    return views_handouts.begun(handout)


@needs(Right.VIEW_STATISTICS)
@require_POST
def statistics_mail(request: HttpRequest) -> HttpResponse:
    """Let the unit be told by mail when a month's figures are made, or not any more."""
    user = access.signed_in(request)
    access.log_access(request, AccessEntry.Kind.STATISTICS, None)
    if "on" in request.POST:
        mails.subscribe(user, at=timezone.now())
    else:
        mails.unsubscribe(user.organisation)
    return redirect("statistics")
