"""The contacts of a follow-up, in the words of the screens: who came, and how it goes."""

from collections.abc import Iterator

from django.utils import timezone

from cases.models import FollowUp
from cases.models.moves import AnyCase


def of(case: AnyCase) -> Iterator[tuple[str, str, bool]]:
    """Each contact: when and how, what it showed, and whether the text is somebody's own words."""
    for made in FollowUp.objects.filter(case_id=case.pk):
        when = f"{timezone.localtime(made.at):%Y-%m-%d %H:%M}"
        came = (
            f"Ungdomen: {made.get_youth_display().lower()}",
            f"vårdnadshavarna: {made.get_custodians_display().lower()}",
            made.get_outcome_display().lower(),
        )
        yield f"{made.get_kind_display()} {when}", ", ".join(filter(None, came)), False
        yield "Hur det går", made.note, True
