"""The unit's mail of the month: that new figures are made, and a link. For units that asked for it.

It goes to the unit's own address; who may read the figures is asked by the page that it leads to.
"""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse

from cases.models import Organisation, User
from kronoberg import unit_mail
from kronoberg.statistics.choices import AREA, PERIOD
from kronoberg.statistics.freezing import EFFORT
from kronoberg.statistics.models import FiguresMail, FiguresWish, FrozenTable
from kronoberg.statistics.periods import Month, Span, period_of

SUBJECT = "Nya tal i Kronoberg"
TEXT = """Hej!

Nya tal är klara för er enhet: {period}. Logga in för att läsa dem och ta ut rapporten:

{link}

Det här brevet skickas högst en gång i månaden, till enheter som har bett om det. Det innehåller
inga uppgifter om någon och inga tal.
"""
State = FiguresMail.State


@dataclass(frozen=True)
class Wish:
    """What the page says of the reader's unit: where mail goes, and whether it is wanted."""

    address: str
    is_on: bool

    @classmethod
    def of(cls, user: User) -> "Wish":
        unit = user.organisation
        return cls(unit.email, FiguresWish.objects.filter(organisation=unit).exists())


def subscribe(user: User, *, at: datetime) -> None:
    """From now on the unit is told of each month that is made; nothing happens when it is."""
    FiguresWish.objects.get_or_create(
        organisation=user.organisation, defaults={"wished_by": user, "wished_at": at}
    )


def unsubscribe(unit: Organisation) -> None:
    """Nothing more is sent to the unit, not even what waits."""
    FiguresWish.objects.filter(organisation=unit).delete()
    FiguresMail.objects.filter(organisation=unit, state=State.WAITING).delete()


def sweep(*, at: datetime) -> int:
    """Write a row for each unit's newest month that was made since it asked, and send what waits.

    Returns how many left. Safe to run twice, and as seldom as it will.
    """
    for wish in FiguresWish.objects.select_related("organisation").exclude(organisation__email=""):
        _make(wish, at)
    waiting = FiguresMail.objects.filter(state=State.WAITING).select_related("organisation")
    return sum(_send(mail, at) for mail in waiting)


def _make(wish: FiguresWish, at: datetime) -> None:
    made = FrozenTable.objects.filter(
        area=wish.organisation.municipality_id, key=EFFORT, made_at__gte=wish.wished_at
    )
    newest = made.order_by("-first").values_list("first", flat=True).first()
    if newest is None:
        return
    mails = FiguresMail.objects.filter(organisation=wish.organisation)
    # What a long silence left behind is said by the newest.
    mails.filter(state=State.WAITING, first__lt=newest).update(state=State.PASSED)
    FiguresMail.objects.bulk_create(
        [FiguresMail(organisation=wish.organisation, first=newest, made_at=at)],
        ignore_conflicts=True,
    )


def _send(mail: FiguresMail, at: datetime) -> bool:
    unit, month = mail.organisation, Month(mail.first)
    quarter = period_of(mail.first, Span.QUARTER)
    is_whole = quarter.months[-1] == month
    period = quarter if is_whole else period_of(mail.first, Span.MONTH)
    words = urlencode({AREA: unit.municipality_id, PERIOD: period.name})
    return unit_mail.send(
        mail,
        to=unit.email,
        subject=SUBJECT,
        text=TEXT.format(
            period=f"{month}, och med den {quarter}" if is_whole else str(month),
            link=f"{settings.ADDRESS}{reverse('statistics')}?{words}",
        ),
        name="manadsbrev",
        at=at,
    )
