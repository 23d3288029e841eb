"""Letters as rows that wait: queued with the decision, rendered by whoever comes, kept for ever.

How they wait and are taken is in `leases`. Rendering the same facts gives the same bytes, so twice
does no harm and is stored once.
"""

import hashlib
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from cases import circle
from cases.models import Custodian, Organisation, Person, User
from cases.models.case import next_reference
from notices import editions, leases, letters, posting, rendering
from notices.models import Document, Edition, Letter, Posting

# A letter takes under a second: one that has waited this long waits for somebody to act.
STUCK_AFTER = timedelta(minutes=10)
STANDSTILL = "Brevet har väntat länge: bakgrundsarbetet verkar stå stilla. Säg till driften."
# What a youth who reads Swedish gets after the Swedish pages.
EASY_TO_READ = "lattlast"


def queue(
    code: str,
    facts: letters.Letter,
    *,
    owner: Organisation,
    case_id: UUID,
    addressee: str,
    by: User,
    at: datetime,
    reader: Custodian | Person | None = None,
) -> Letter:
    """Freeze `facts` as a letter of `owner` that waits for a worker. Call it in the step's own
    transaction: there is no letter without its decision, and no decision without its letter.

    `reader` is whoever of the family it is to; their language follows the Swedish pages, once
    somebody has reviewed its wording.
    """
    text = letters.to_json(facts)
    edition = editions.to_send(code, "sv")
    spoken = translation(code, reader)
    made_with = [each for each in (edition, spoken) if each]
    return Letter.objects.create(
        organisation=owner,
        case_id=case_id,
        reference=next_reference("B", timezone.localtime(at)),
        code=code,
        addressee=addressee,
        custodian_id=reader.pk if isinstance(reader, Custodian) else None,
        language=spoken.language if spoken else "sv",
        edition=edition,
        translation=spoken,
        template_version="+".join(map(str, made_with)),
        window=_window(facts, owner),
        facts=text,
        facts_sha256=letters.sha256(text),
        made_by=by,
        made_at=at,
    )


def repeat(before: Letter, *, owner: Organisation, case_id: UUID, by: User, at: datetime) -> Letter:
    """Freeze the same letter once more for another owner, in the same words: a notice that goes
    on. As `queue`, in the step's own transaction.
    """
    return Letter.objects.create(
        organisation=owner,
        case_id=case_id,
        reference=next_reference("B", timezone.localtime(at)),
        code=before.code,
        addressee=before.addressee,
        language=before.language,
        edition=before.edition,
        translation=before.translation,
        template_version=before.template_version,
        window=before.window,
        facts=before.facts,
        facts_sha256=before.facts_sha256,
        made_by=by,
        made_at=at,
    )


def _window(facts: letters.Letter, owner: Organisation) -> str:
    """The one that the facts were frozen with, else the unit's own."""
    frozen = facts.window if isinstance(facts, letters.ConcernNotice) else ""
    return frozen or owner.letter_window or settings.LETTER_WINDOW


def translation(code: str, reader: Custodian | Person | None) -> Edition | None:
    """The words that follow the Swedish pages for this reader; None where none are reviewed."""
    if reader is None:
        return None
    if reader.language != "sv":
        return editions.to_send(code, reader.language)
    return editions.to_send(code, EASY_TO_READ) if isinstance(reader, Person) else None


def put_in_pile(letter: Letter, to: letters.Recipient) -> None:
    """The letter leaves on paper: the post room will print it and say when it was posted."""
    key = address_key(to)
    Posting.objects.create(letter=letter, organisation=letter.organisation, address_key=key)


def address_key(to: letters.Recipient) -> str:
    """A keyed fingerprint of the addressee and the address, or "" where there is none."""
    return posting.address_key(to.name, to.street, to.postal_line)


def in_trouble(owner: Organisation) -> QuerySet[Letter]:
    """The unit's letters that failed, or that have waited so long that nobody makes them."""
    late = Q(state=Letter.State.QUEUED, queued_at__lt=timezone.now() - STUCK_AFTER)
    found = Letter.objects.filter(late | Q(state=Letter.State.FAILED), organisation=owner)
    # What is withdrawn will not be sent: nobody waits for it.
    return found.exclude(posting__state="withdrawn").order_by("queued_at")


def trouble(letter: Letter) -> tuple[str, str]:
    """Why the letter is not made yet, and what to do about it, for whoever handles the post."""
    if letter.state == Letter.State.QUEUED:
        remedy = "När driften har rättat felet görs brevet av sig självt. Inget har gått förlorat."
        return letter.failure or STANDSTILL, remedy
    if letter.failure in (leases.INTERRUPTED, leases.UNEXPECTED):
        remedy = "Försök igen. Händer det en gång till: ge driften brevets nummer."
    elif "Typsnittet" in letter.failure:
        remedy = "Driften kan lägga till ett typsnitt som har tecknet. Försök igen efter det."
    else:
        remedy = "Texten är fryst som den var. Lämna uppgifterna på annat sätt."
    return letter.failure, remedy


def retry(letter: Letter) -> None:
    """Let a failed letter, or one that nobody makes, wait again from its first attempt."""
    leases.wait_again(Letter.objects.filter(pk=letter.pk), queued_at=timezone.now())


def render_waiting(limit: int = 200) -> int:
    """Render up to `limit` letters that wait; returns how many became ready. Safe to run twice."""
    return leases.work(Letter.objects.order_by("queued_at"), render, limit=limit)


def waiting() -> int:
    """Return how many letters wait for a worker."""
    return Letter.objects.filter(state=Letter.State.QUEUED).count()


def has_made_any(*, since: datetime) -> bool:
    """Has any letter been made since then, of whatever unit? Else there is no worker."""
    with circle.every():
        return Letter.objects.filter(rendered_at__gte=since).exists()


def render(letter: Letter) -> None:
    """Make the PDF of a claimed letter and store it. Raises as `rendering.render`."""
    facts = letters.from_json(letter.code, letter.facts)
    pdf = rendering.render(letter.code, facts, texts=_texts(letter), window=letter.window)
    _store(letter, pdf)


def for_archive(letter: Letter) -> bytes:
    """The same letter as PDF/A-2a, which no PDF to a screen reader can be at once.

    Raises:
        CannotRender, Unprintable: as `rendering.render`.
    """
    facts, kind = letters.from_json(letter.code, letter.facts), rendering.TO_ARCHIVE
    return rendering.render(
        letter.code, facts, texts=_texts(letter), window=letter.window, variant=kind
    )


def _texts(letter: Letter) -> dict[str, dict[str, str]]:
    """The wordings that the letter was queued with, whatever is newest now."""
    made_with = (letter.edition, letter.translation)
    return {edition.language: edition.texts for edition in made_with if edition}


def _store(letter: Letter, pdf: bytes) -> None:
    with transaction.atomic():
        fresh = Letter.objects.select_for_update().get(pk=letter.pk)
        if fresh.state == Letter.State.READY:
            return  # another worker was first; its bytes are the same
        Document.objects.create(letter=fresh, content=pdf)
        fresh.state, fresh.failure, fresh.leased_until = Letter.State.READY, "", None
        fresh.rendered_at = timezone.now()
        fresh.pdf_sha256 = hashlib.sha256(pdf).hexdigest()
        fresh.layout = rendering.layout_of(letter.code)
        fresh.save()
