"""The notice before it leaves: the very paper, and a print of all that it says.

The print goes with the form. What is sent is what was seen, or the sender is told that it is not.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from cases import access, workflow
from cases.models import Referral, User, YouthCase
from notices import concern, editions, handouts, letters, rendering, routing
from notices.models import Handout

WATERMARK = "FÖRHANDSGRANSKNING – inte skickad"
NO_TIME = datetime(2000, 1, 1, tzinfo=UTC)
NUMBER_COMES = "Ges när anmälan skickas"
CHANGED = (
    "Ärendet har ändrats sedan förhandsgranskningen. Granska anmälan igen, så skickar du det som "
    "gäller nu."
)


@dataclass(frozen=True)
class Preview:
    """Where the paper can be ordered, and the print that the form carries."""

    url: str
    sha256: str


def of(case: YouthCase | Referral, action: str, *, by: User) -> Preview | None:
    """The preview of what the step would send; None when it sends none, or cannot yet."""
    if action != "notify" or not isinstance(case, YouthCase) or not _is_ready(case, by=by):
        return None
    url = reverse("notice-preview", kwargs={"pk": case.pk})
    return Preview(url, print_of(_facts(case, by=by)))


def order(case: YouthCase, *, by: User) -> Handout:
    """Order the notice as a PDF with a watermark, for `by` to read. Nothing is sent."""
    edition = editions.to_send("L4", "sv")
    window = case.organisation.letter_window or settings.LETTER_WINDOW
    facts, texts = _facts(case, by=by), edition.texts if edition else {}
    html = rendering.html_of("L4", facts, texts, window=window, watermark=WATERMARK)
    title, name = "Förhandsgranskning av anmälan", f"forhandsgranskning-{case.reference}.pdf"
    return handouts.order(html, title=title, file_name=name, style="letter", by=by, case_id=case.pk)


def print_of(facts: letters.ConcernNotice) -> str:
    """The fingerprint of what a notice says, and to whom, whenever it is sent."""
    always = replace(facts, notice_id="", made_at=NO_TIME, written_on=NO_TIME.date())
    return letters.sha256(letters.to_json(always))


def _is_ready(case: YouthCase, *, by: User) -> bool:
    actions = workflow.available_actions(case, by=by)
    sends = any(action.name == "notify" and action.is_ready for action in actions)
    return sends and access.may_read_identity(by, case)


def _facts(case: YouthCase, *, by: User) -> letters.ConcernNotice:
    at = timezone.now()
    to = routing.office_for(case, case.person.municipality, at=at)
    return concern.notice(case, to=to, notice_id=NUMBER_COMES, by=by, at=at)
