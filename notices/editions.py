"""Which wording a letter is made with: versions, drafts, and who has read them.

A reviewed edition can be sent; a draft can only be previewed, with a watermark. What comes with
the product becomes a row when it is first asked for, and a new one when the product's own text
has changed; whatever was sent keeps the row it was made with.
"""

import logging
from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from cases.models import User
from notices import fonts, rendering, samples, wording
from notices.languages import LANGUAGES
from notices.models import Edition

# The letters whose words the police answer for; the others are the social services'.
OF_THE_POLICE = frozenset({"L1", "L3", "L4", "L9", "L10"})
# The publisher answers for these; every other language is a draft until somebody has read it.
ANSWERED_FOR = {"sv": date(2026, 11, 25), "en": date(2026, 11, 25)}
PUBLISHER = "Produktens utgivare"
WATERMARK = "UTKAST – inte granskad, får inte skickas"
log = logging.getLogger(__name__)


class NotAnEdition(ValueError):
    """The texts cannot be this letter's; every reason is in `reasons`."""

    def __init__(self, reasons: list[str]) -> None:
        self.reasons = reasons
        super().__init__(" ".join(reasons))


def to_send(code: str, language: str) -> Edition | None:
    """Return the newest reviewed edition, or None: then the letter is not sent in that language."""
    latest(code, language)
    reviewed = Edition.objects.filter(code=code, language=language, status="reviewed")
    return reviewed.order_by("-version").first()


def latest(code: str, language: str) -> Edition | None:
    """Return the newest edition, draft or not; None where the letter is not in that language."""
    written = Edition.objects.filter(code=code, language=language)
    newest = written.order_by("-version").first()
    if code not in wording.codes_of(language):
        return newest
    texts = wording.shipped(code, language)
    own = written.filter(made_by__isnull=True).order_by("-version").first()
    if own is not None and own.texts == texts:
        return newest
    # Words that somebody here answers for are not replaced by an upgrade: it becomes a draft.
    has_own_words = written.filter(made_by__isnull=False, status="reviewed").exists()
    day = None if has_own_words else ANSWERED_FOR.get(language)
    return _add(
        code,
        language,
        texts,
        at=timezone.now(),
        status=Edition.Status.REVIEWED if day else Edition.Status.DRAFT,
        reviewed_by=PUBLISHER if day else "",
        reviewed_on=day,
    )


def write(code: str, language: str, texts: Mapping[str, str], *, by: User, at: datetime) -> Edition:
    """Add a draft of somebody's own; nothing that exists is changed.

    Raises:
        NotAnEdition: a text is missing or unknown, or names a fact that the letter has not got.
    """
    if reasons := wording.faults(code, texts):
        raise NotAnEdition(reasons)
    latest(code, language)  # the product's own comes first
    return _add(code, language, texts, at=at, made_by=by)


def approve(edition: Edition, *, by: User, at: datetime) -> None:
    """Answer for a draft: from now on letters are made with it.

    Raises:
        NotAnEdition: as in `obstacle`.
    """
    with transaction.atomic():
        fresh = Edition.objects.select_for_update().get(pk=edition.pk)
        if fault := obstacle(fresh, by=by):
            raise NotAnEdition([fault])
        fresh.status, fresh.reviewed_by = Edition.Status.REVIEWED, by.name
        fresh.reviewed_on, fresh.preview = timezone.localdate(at), None
        fresh.save(update_fields=["status", "reviewed_by", "reviewed_on", "preview"])


def obstacle(edition: Edition, *, by: User) -> str:
    """Why `by` cannot answer for the edition now, or "": never whoever wrote it, never unseen."""
    if edition.is_reviewed:
        return "Texten är redan granskad."
    if edition.made_by_id == by.pk:
        return "Den som har skrivit texten kan inte granska den. Be en kollega."
    if versions(edition.code, edition.language).first() != edition:
        return "Det finns en nyare version. Läs den i stället."
    if edition.preview is None:
        return "Förhandsvisningen görs. Läs brevet i den innan du godkänner."
    return ""


def versions(code: str, language: str) -> QuerySet[Edition]:
    """The editions of a letter in a language, the newest first."""
    found = Edition.objects.filter(code=code, language=language)
    return found.select_related("made_by").order_by("-version")


def make_previews() -> int:
    """Make the previews that are missing; return how many. For a worker, never for a request."""
    made = 0
    for edition in Edition.objects.filter(preview__isnull=True).order_by("made_at")[:20]:
        try:
            edition.preview = preview(edition.code, edition.language, edition.texts, edition)
        except rendering.Unprintable:
            # What cannot be drawn was refused when it was written: a font has gone since.
            log.exception("no preview of %s", edition)
            continue
        edition.save(update_fields=["preview"])
        made += 1
    return made


def undrawable(language: str, text: str) -> list[str]:
    """The signs of `text` that no letter in that language can draw; none where fonts lack."""
    try:
        drawn = fonts.drawable(LANGUAGES[language].script)
    except fonts.CannotRender:
        return []  # the worker's machine has them, or says so itself
    return sorted({sign for sign in text if ord(sign) not in drawn})


def preview(
    code: str, language: str, texts: Mapping[str, str], edition: Edition | None = None
) -> bytes:
    """Return the letter about invented people: Swedish alone, or Swedish and the translation."""
    swedish = versions(code, "sv").filter(status="reviewed").first() if edition else None
    both = {"sv": swedish.texts if swedish else wording.shipped(code, "sv")} | {language: texts}
    is_reviewed = edition.is_reviewed if edition else language in ANSWERED_FOR
    letter = samples.one_of_each()[code]
    return rendering.render(code, letter, texts=both, watermark="" if is_reviewed else WATERMARK)


def _add(
    code: str, language: str, texts: Mapping[str, str], *, at: datetime, **columns: object
) -> Edition:
    with transaction.atomic():
        before = Edition.objects.select_for_update().filter(code=code, language=language)
        newest = before.order_by("-version").first()
        version = newest.version + 1 if newest else 1
        return Edition.objects.create(
            code=code,
            language=language,
            version=version,
            texts=dict(texts),
            made_at=at,
            **columns,
        )
