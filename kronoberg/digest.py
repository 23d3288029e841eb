"""The unit's letter of the week: that something waits, and a link (`unit_mail`)."""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from cases import rules
from cases.models import Organisation, Reminder, WeeklyDigest
from kronoberg import unit_mail

FROM_HOUR = timedelta(hours=6)
SUBJECT = "Ärenden väntar i Kronoberg"
TEXT = """Hej!

Det finns ärenden med frister som väntar på er enhet. Logga in för att se dem:

{link}

Det här brevet skickas en gång i veckan. Det innehåller inga uppgifter om någon.
"""
State = WeeklyDigest.State


def sweep(*, at: datetime) -> int:
    """Make the week's rows for the units where something waits, and send those that wait.

    Returns how many left. Safe to run twice, and as seldom as it will.
    """
    monday = timezone.localdate(at) - timedelta(days=timezone.localdate(at).weekday())
    if at >= rules.start_of(monday) + FROM_HOUR:
        _make(monday, at)
    # What a weeks-long silence left behind is said by this week's.
    WeeklyDigest.objects.filter(state=State.WAITING, monday__lt=monday).update(state=State.PASSED)
    waiting = WeeklyDigest.objects.filter(state=State.WAITING).select_related("organisation")
    return sum(_send(digest, at) for digest in waiting)


def _make(monday: date, at: datetime) -> None:
    waits = Reminder.objects.filter(state=Reminder.State.OPEN).values("organisation")
    units = Organisation.objects.filter(pk__in=waits).exclude(email="")
    rows = [WeeklyDigest(organisation=unit, monday=monday, made_at=at) for unit in units]
    WeeklyDigest.objects.bulk_create(rows, ignore_conflicts=True)


def _send(digest: WeeklyDigest, at: datetime) -> bool:
    link = f"{settings.ADDRESS}{reverse('worklist')}?vy=paminda"
    return unit_mail.send(
        digest,
        to=digest.organisation.email,
        subject=SUBJECT,
        text=TEXT.format(link=link),
        name="veckobrev",
        at=at,
    )
