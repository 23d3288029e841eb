"""What oversight owes and has not done: an emergency not judged in time, a log not reviewed."""

from datetime import datetime, timedelta

from django.utils import timezone

from cases import access, emergency
from cases.models import AccessEntry, LogReview, Right, User

# A month's rows are reviewed in the month after, with some days to do it in.
REVIEWED_WITHIN = timedelta(days=45)


def of(user: User, *, at: datetime) -> list[tuple[str, str]]:
    """What is late, for whoever can mend it, as (words, name of the page)."""
    judges = access.may(user, Right.REVIEW_LOG) or access.may(user, Right.NAME_READERS)
    found = []
    if judges and (n := _unjudged(user, at)):
        words = "En nödåtkomst är" if n == 1 else f"{n} nödåtkomster är"
        found.append((f"{words} inte bedömd{'' if n == 1 else 'a'} i tid.", "emergencies"))
    if judges and review_is_late(user, at=at):
        # A manager cannot review the log, and sees to it that somebody does.
        page = "reviews" if access.may(user, Right.REVIEW_LOG) else "security"
        found.append(("Loggen är inte granskad på över en och en halv månad.", page))
    return found


def _unjudged(user: User, at: datetime) -> int:
    return sum(emergency.judge_before(each) < at for each in emergency.to_judge(user))


def review_is_late(user: User, *, at: datetime) -> bool:
    """Has the unit's log rows that are older than that, and that no signed review covers?"""
    day = timezone.localdate(at - REVIEWED_WITHIN)
    signed = LogReview.objects.filter(
        organisation=user.organisation, signed_at__isnull=False, last_day__gte=day
    )
    old = AccessEntry.objects.filter(
        organisation=user.organisation, recorded_at__lt=at - REVIEWED_WITHIN
    )
    return not signed.exists() and old.exists()
