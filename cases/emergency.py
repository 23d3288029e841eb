"""Opening a case past the own circle when somebody is in danger, and judging it afterwards.

The reader types the case's number, which a colleague has given: nobody is looked for here. The
case opens for reading, for an hour; both units' logs say so at once, and somebody else judges it.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from cases import access, circle, rules
from cases.models import AccessEntry, EmergencyAccess, Referral, User, YouthCase
from cases.models.moves import AnyCase

LASTS = timedelta(minutes=60)
# An emergency is rare: more than this in a day is something else.
A_DAY = 5
# Tries at a number that does not exist count too.
TRIES_AN_HOUR = 10
JUDGED_WITHIN_WEEKDAYS = 3


class NotOpened(Exception):
    """No such case in the authority, or too many tries; the message is for the screen."""


class NotYours(Exception):
    """Nobody judges what they did themselves, and nobody judges twice."""


def open_case(request: HttpRequest, reference: str, *, reason: str, words: str) -> AnyCase:
    """Open the case with this number for the reader, for an hour.

    Raises:
        NotOpened: the authority has no such case, or the reader has tried too often.
    """
    user = access.signed_in(request)
    if _is_spent(user):
        access.log_access(request, AccessEntry.Kind.REFUSED, None)
        raise NotOpened("Du har öppnat eller försökt för många gånger. Ring vakthavande chef.")
    case = _case(user, reference)
    if case is None:
        access.log_access(request, AccessEntry.Kind.REFUSED, None)
        raise NotOpened("Inget ärende i din myndighet har det numret. Kontrollera numret.")
    now = timezone.now()
    with circle.also(case.organisation_id), transaction.atomic():
        EmergencyAccess.objects.create(
            user=user,
            organisation=user.organisation,
            case_organisation=case.organisation,
            case_id=case.pk,
            reason=reason,
            words=words,
            opened_at=now,
            ends_at=now + LASTS,
        )
        for unit in {user.organisation, case.organisation}:
            AccessEntry.append(
                unit,
                by=user,
                words=words,
                kind=AccessEntry.Kind.EMERGENCY,
                subject_id=case.pk,
                page="emergency",
                purpose=AccessEntry.Purpose.EMERGENCY,
            )
    return case


def open_now(user: User) -> "QuerySet[EmergencyAccess]":
    return access.opened_in_emergency(user)


def to_judge(user: User) -> "QuerySet[EmergencyAccess]":
    """What waits for the judgement of the reviewers of either unit; never one's own."""
    mine = Q(organisation=user.organisation) | Q(case_organisation=user.organisation)
    return (
        EmergencyAccess.objects.filter(mine, reviewed_at__isnull=True)
        .exclude(user=user)
        .select_related("user", "organisation", "case_organisation")
    )


def judge_before(opened: EmergencyAccess) -> datetime:
    """The end of the third weekday after: by then somebody has judged it."""
    day = rules.weekdays_after(timezone.localdate(opened.opened_at), JUDGED_WITHIN_WEEKDAYS)
    return rules.end_of(day)


def judge(opened: EmergencyAccess, *, by: User, verdict: str, words: str) -> None:
    """Say whether it was justified.

    Raises:
        NotYours: `by` opened it, or it is judged already.
    """
    with transaction.atomic():
        fresh = EmergencyAccess.objects.select_for_update().get(pk=opened.pk)
        if fresh.user_id == by.pk or fresh.reviewed_at is not None:
            raise NotYours
        fresh.reviewed_by, fresh.reviewed_at = by, timezone.now()
        fresh.verdict, fresh.verdict_words = verdict, words
        fresh.save()
        AccessEntry.append(
            by.organisation,
            by=by,
            words=words,
            kind=AccessEntry.Kind.LOG,
            subject_id=fresh.case_id,
            page="emergency-judge",
        )


def _case(user: User, reference: str) -> AnyCase | None:
    model: type[YouthCase] | type[Referral] = YouthCase if user.organisation.is_police else Referral
    cases = model._default_manager.select_related("organisation")
    with circle.every():
        found: AnyCase | None = cases.filter(
            reference__iexact=reference.strip(), organisation__authority=user.organisation.authority
        ).first()
    return found


def _is_spent(user: User) -> bool:
    now = timezone.now()
    opened = EmergencyAccess.objects.filter(user=user, opened_at__gte=now - timedelta(days=1))
    tried = AccessEntry.objects.filter(
        actor=user,
        page="emergency",
        kind=AccessEntry.Kind.REFUSED,
        recorded_at__gte=now - timedelta(hours=1),
    )
    return opened.count() >= A_DAY or tried.count() >= TRIES_AN_HOUR
