"""A caseworker's talks as a calendar that a phone can follow: times and nothing else.

The address is a secret that can be withdrawn; only its hash is kept. Titles are neutral: a phone's
calendar is read over shoulders, and lies with whoever makes the phone.
"""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from cases import access
from cases.models import Appointment, CalendarAddress, Referral, Right, User
from cases.models.moves import AnyCase
from cases.models.referral import ENDED

PAST, AHEAD = timedelta(days=30), timedelta(days=190)
# A secret that nobody remembers should not work for ever; half a year is what the feed shows ahead.
LASTS = timedelta(days=180)
LENGTH = timedelta(minutes=60)
TITLE = "Bokad tid"
LINE = 73


def new_address(owner: User) -> str:
    """A new secret for `owner`; the one before stops working. Shown once, never stored."""
    revoke(owner)
    secret = secrets.token_urlsafe(32)
    CalendarAddress.objects.create(
        owner=owner, organisation=owner.organisation, secret_sha256=_hash(secret)
    )
    return secret


def revoke(owner: User) -> None:
    """Let the owner's address stop working, at once."""
    CalendarAddress.objects.filter(owner=owner, revoked_at=None).update(revoked_at=timezone.now())


def owner_of(secret: str) -> User | None:
    """Whose calendar a secret opens; None when it is unknown, withdrawn or too old, or when its
    owner has left the work or the unit in which it was made.
    """
    found = working_address(timezone.now()).filter(secret_sha256=_hash(secret))
    address = found.select_related("owner__organisation").first()
    if address is None or address.organisation_id != address.owner.organisation_id:
        return None
    # Nobody who has left holds any right.
    return address.owner if access.may(address.owner, Right.SUPPORT_REFERRAL) else None


def working_address(at: datetime) -> "QuerySet[CalendarAddress]":
    """The addresses that are neither withdrawn nor older than `LASTS` at `at`."""
    return CalendarAddress.objects.filter(revoked_at=None, made_at__gt=at - LASTS)


def ends_at(owner: User) -> datetime | None:
    """Until when the owner's address works; None where there is none."""
    made_at = working_address(timezone.now()).filter(owner=owner).values_list("made_at", flat=True)
    return made_at[0] + LASTS if made_at else None


def feed(owner: User, *, at: datetime) -> str:
    """The owner's talks, a month back and half a year ahead, as iCalendar (RFC 5545)."""
    talks = _talks(owner, until=at + AHEAD).filter(at__gte=at - PAST)
    times = {talk.meeting_id or talk.pk: talk for talk in talks.only("at", "result", "meeting_id")}
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Kronoberg//Kalender//SV",
        "CALSCALE:GREGORIAN",
        *(line for key, talk in times.items() for line in _event(talk, key, at)),
        "END:VCALENDAR",
    ]
    return "".join(f"{line}\r\n" for line in _folded(lines))


def waiting_talks(owner: User, *, at: datetime) -> "QuerySet[Appointment]":
    """The talks of `owner` that nothing is written about yet, until half a year ahead."""
    return _talks(owner, until=at + AHEAD).filter(result="").exclude(referral__state__in=ENDED)


def follow(case: AnyCase, *, had_by: UUID | None) -> None:
    """Let the talks that wait with whoever had `case` go along to whoever has it now: an absence or
    a hand-over moves them as it moves the clocks. What has been held stays with who held it.
    """
    if isinstance(case, Referral) and case.owner_id and had_by not in (None, case.owner_id):
        waiting = case.appointments.filter(result="", caseworker=had_by)
        waiting.update(caseworker=case.owner_id)


def _talks(owner: User, *, until: datetime) -> "QuerySet[Appointment]":
    talks = Appointment.objects.filter(
        caseworker=owner, referral__organisation=owner.organisation_id, at__lte=until
    )
    return talks.exclude(result=Appointment.Result.MOVED).order_by("at", "pk")


def _event(talk: Appointment, key: UUID, at: datetime) -> list[str]:
    # A meeting is one time however many families are called, and is held whoever of them came.
    is_off = talk.result == Appointment.Result.NOT_HELD and not talk.meeting_id
    status = "CANCELLED" if is_off else "CONFIRMED"
    # The id is a fingerprint: it leads back to no row.
    uid = hashlib.sha256(key.bytes).hexdigest()[:32]
    return [
        "BEGIN:VEVENT",
        f"UID:{uid}@kronoberg",
        f"DTSTAMP:{_utc(at)}",
        f"DTSTART:{_utc(talk.at)}",
        f"DTEND:{_utc(talk.at + LENGTH)}",
        f"SUMMARY:{TITLE}",
        f"STATUS:{status}",
        "CLASS:PRIVATE",
        "END:VEVENT",
    ]


def _folded(lines: Iterable[str]) -> Iterable[str]:
    return ("\r\n ".join(line[i : i + LINE] for i in range(0, len(line), LINE)) for line in lines)


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
