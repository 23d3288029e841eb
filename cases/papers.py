"""What happens to a paper of a case, in the case's journal. The case itself stays where it is."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from cases.models import JournalEntry, Right, User
from cases.models.grants import forget_rights, on_organisation
from cases.models.moves import PAPER_EVENTS, AnyCase
from cases.workflow import StepRepeated

handles_post = on_organisation(Right.HANDLE_POST)
# What is handed over on the spot is no post.
HANDLES = {"print_decision": on_organisation(Right.HANDLE_YOUTHCASE)}


def note(
    case: AnyCase,
    event: str,
    *,
    by: User,
    at: datetime | None = None,
    reason: str = "",
    request_id: UUID | None = None,
    **facts: Any,
) -> None:
    """Write one line in the journal of the case, beside whatever has been done with the paper.

    Args:
        event: one of `moves.PAPER_EVENTS`.
        reason: free text, sealed beside the journal.
        request_id: made by the form; the same id twice is the same event.
        facts: codes, numbers and days about the paper, never text about anybody.

    Raises:
        PermissionDenied: `by` does not handle the post of the case's unit, or what is handed over.
        StepRepeated: this `request_id` has been noted already.
    """
    if event not in PAPER_EVENTS:
        raise TypeError(f"{event} does not happen to papers")
    now = timezone.now()
    forget_rights(by)
    with transaction.atomic():
        everyone = type(case)._default_manager.select_related("organisation")
        locked: Any = everyone.select_for_update(of=("self",)).get(pk=case.pk)
        if not HANDLES.get(event, handles_post)(locked, by):
            raise PermissionDenied(event)
        told = JournalEntry.objects.filter(case_id=locked.pk, request_id=request_id)
        if request_id and told.exists():
            raise StepRepeated(locked)
        locked.version += 1
        JournalEntry.append(
            locked.organisation,
            by=by,
            words=reason,
            happened_at=min(at or now, now),
            case_id=locked.pk,
            case_version=locked.version,
            action=event,
            from_state=str(locked.state),
            to_state=str(locked.state),
            facts=facts,
            request_id=request_id,
        )
        # The database lets the row be saved only with the entry of its number.
        locked.save()
