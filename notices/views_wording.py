"""What the letters say: written, compared and reviewed by those who answer for it.

Each authority has its own letters (`editions.OF_THE_POLICE`). A version never changes; a draft is
answered for by somebody else than whoever wrote it, after the PDF of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases import access
from cases.models import AccessEntry, Right, User
from cases.routes import needs
from notices import editions, tasks
from notices import wording as words
from notices.catalogue import CATALOGUE
from notices.forms_wording import WordingForm
from notices.languages import LANGUAGES, Language
from notices.models import Edition


@dataclass(frozen=True)
class Row:
    """One letter in one language, and who answers for its newest words."""

    language: str
    status: str
    url: str
    is_reviewed: bool


@dataclass(frozen=True)
class Text:
    """What an address names: a letter of the reader's authority in one of its languages."""

    code: str
    language: Language

    @property
    def name(self) -> str:
        return f"{self.code}-{self.language.code}"

    @property
    def title(self) -> str:
        return f"{self.code} {CATALOGUE[self.code].title}"


@needs(Right.EDIT_WORDING)
@require_safe
def wordings(request: HttpRequest) -> HttpResponse:
    """The authority's letters, each with its languages and how far their words have come."""
    codes = [code for code in CATALOGUE if _is_own(code, access.signed_in(request))]
    newest = {
        (each.code, each.language): each
        for each in Edition.objects.filter(code__in=codes).order_by("version").defer("preview")
    }
    letters = [
        (f"{code} {CATALOGUE[code].title}", [_row(code, language, newest) for language in spoken])
        for code in codes
        if (spoken := words.languages_of(code))
    ]
    return render(request, "wordings.html", {"heading": "Brevtexter", "letters": letters})


def _is_own(code: str, user: User) -> bool:
    return (code in editions.OF_THE_POLICE) == user.organisation.is_police


def _row(code: str, language: str, newest: dict[tuple[str, str], Edition]) -> Row:
    edition = newest.get((code, language))
    is_reviewed = edition.is_reviewed if edition else language in editions.ANSWERED_FOR
    status = _status(edition) if edition else "Som den följer med"
    url = reverse("wording", kwargs={"name": f"{code}-{language}"})
    return Row(LANGUAGES[language].name, status, url, is_reviewed)


def _status(edition: Edition) -> str:
    if edition.is_reviewed:
        return f"Version {edition.version}, granskad {edition.reviewed_on} av {edition.reviewed_by}"
    return f"Version {edition.version}, utkast"


@needs(Right.EDIT_WORDING)
@require_http_methods(["GET", "HEAD", "POST"])
def wording(request: HttpRequest, name: str) -> HttpResponse:
    """One letter's words in one language: its versions, what differs, and a new version."""
    text = _get_text(request, name)
    newest = _newest(text)
    form = WordingForm(request.POST or None, code=text.code, newest=newest)
    if request.method == "POST" and form.is_valid():
        by = access.signed_in(request)
        given = form.texts()
        made = editions.write(text.code, text.language.code, given, by=by, at=timezone.now())
        access.log_access(request, AccessEntry.Kind.WORDING, made.pk)
        tasks.wake_for_previews()
        messages.success(request, f"Version {made.version} är sparad som utkast.")
        return redirect("wording", name=name)
    context = _shown(text, newest, form, by=access.signed_in(request))
    return render(request, "wording.html", context, status=422 if form.errors else 200)


def _get_text(request: HttpRequest, name: str) -> Text:
    """The letter and language of an address; of the other authority's nobody learns."""
    code, _, language = name.partition("-")
    is_known = code in CATALOGUE and language in words.languages_of(code)
    if not is_known or not _is_own(code, access.signed_in(request)):
        access.log_access(request, AccessEntry.Kind.REFUSED, None)
        raise Http404
    return Text(code, LANGUAGES[language])


def _newest(text: Text) -> Edition:
    newest = editions.latest(text.code, text.language.code)
    if newest is None:
        raise Http404
    return newest


def _shown(text: Text, newest: Edition, form: WordingForm, *, by: User) -> dict[str, Any]:
    versions = list(editions.versions(text.code, text.language.code))
    before = _compared(newest, versions)
    return {
        "heading": f"{text.title}, {text.language.name.lower()}",
        "text": text,
        "form": form,
        "newest": newest,
        "versions": [(each, _status(each)) for each in versions],
        "before": before,
        "changes": words.difference(before.texts, newest.texts) if before else [],
        "obstacle": editions.obstacle(newest, by=by),
        "placeholders": sorted(words.placeholders(text.code)),
        "optional": words.optional_facts(text.code),
        "back": {"url": reverse("wordings"), "label": "Brevtexter"},
    }


def _compared(newest: Edition, versions: Sequence[Edition]) -> Edition | None:
    """What the newest is compared with: what letters are made with now, else the one before."""
    older = [each for each in versions if each != newest]
    in_force = next((each for each in older if each.is_reviewed), None)
    return in_force or next(iter(older), None)


@needs(Right.EDIT_WORDING)
@require_safe
def pdf(request: HttpRequest, name: str) -> HttpResponse:
    """The letter about invented people, with a watermark until it is reviewed (`?version=`)."""
    text = _get_text(request, name)
    found = editions.versions(text.code, text.language.code).filter(preview__isnull=False)
    if asked := request.GET.get("version", ""):
        found = found.filter(version=int(asked) if asked.isdecimal() and len(asked) < 5 else 0)
    edition = found.first()
    if edition is None:
        raise Http404
    response = HttpResponse(bytes(edition.preview or b""), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{edition}.pdf"'
    return response


@needs(Right.EDIT_WORDING)
@require_POST
def approve(request: HttpRequest, name: str) -> HttpResponse:
    """Answer for the version that the page showed."""
    text = _get_text(request, name)
    edition = _newest(text)
    if request.POST.get("version") != str(edition.version):
        messages.error(request, "Det finns en nyare version än den du läste. Läs den först.")
        return redirect("wording", name=name)
    try:
        editions.approve(edition, by=access.signed_in(request), at=timezone.now())
    except editions.NotAnEdition as refusal:
        messages.error(request, str(refusal))
    else:
        access.log_access(request, AccessEntry.Kind.WORDING, edition.pk)
        tasks.wake_for_previews()
        messages.success(request, f"Nya brev görs med version {edition.version}.")
    return redirect("wording", name=name)
