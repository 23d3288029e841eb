"""Who may: one table from role to rights, and the only way to fetch a case.

Rights are guardian permissions that a role's group holds on its unit. Fetching is checking: what
you may not know exists is 404, what you may see but not do is 403, and every read leaves a row in
the access log before the answer leaves.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.models import Group, Permission
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest
from django.utils import timezone
from guardian.shortcuts import assign_perm, get_perms, remove_perm

from cases import circle
from cases.access_log import LogUnwritable as LogUnwritable
from cases.access_log import log_access as log_access
from cases.access_log import log_refusal as log_refusal
from cases.access_log import signed_in as signed_in
from cases.models import (
    AccessEntry,
    Custodian,
    EmergencyAccess,
    Organisation,
    Person,
    PersonUserPermission,
    Protection,
    Referral,
    Right,
    Role,
    User,
    YouthCase,
)
from cases.models.grants import READ_PROTECTED, forget_rights, rights_by_unit, rights_on
from cases.models.moves import AnyCase, moves_now, moves_of

R = Right

_PATROL = frozenset({R.LOG_INCIDENT, R.VIEW_OWN_YOUTHCASE, R.HANDLE_YOUTHCASE})
_YOUTH = _PATROL | {
    R.VIEW_YOUTHCASE,
    R.REVIEW_YOUTHCASE,
    R.NOTIFY_YOUTHCASE,
    R.FOLLOW_UP_YOUTHCASE,
    R.VIEW_SUPPLY_TIPS,  # 2018:1693 4:7
    R.HANDLE_POST,
}
_INTAKE = frozenset({R.VIEW_REFERRAL, R.RECEIVE_REFERRAL, R.ASSIGN_REFERRAL, R.HANDLE_POST})
_WORKER = frozenset({
    R.VIEW_REFERRAL, R.RECEIVE_REFERRAL, R.ASSESS_REFERRAL, R.DECIDE_REFERRAL, R.SUPPORT_REFERRAL,
    R.TRANSFER_REFERRAL, R.HANDLE_POST,
})  # fmt: skip
# 2023:196 4–6 §§: the picture of the situation, the measures and how they are followed up.
_STEERS = frozenset({R.VIEW_STATISTICS, R.PLAN_MEASURES})

ROLES: dict[Role, frozenset[Right]] = {
    # Police -----------------------------------------------------------------------------------
    Role.PATROL_OFFICER: _PATROL,  # 2018:1693 3:1, 3:5: own interventions, a limited circle
    Role.YOUTH_OFFICER: _YOUTH,  # SoL 19:1: sends the notice
    Role.SUPERIOR: _YOUTH  # PL 15, 27 §§: reviews
    | {R.ANNUL_YOUTHCASE, R.NAME_READERS, R.APPROVE_ERASURE, R.EDIT_WORDING},
    # Reads with a reason.
    Role.POLICE_MANAGER: frozenset({R.VIEW_YOUTHCASE, R.EDIT_WORDING, R.VIEW_SUPPLY_STATISTICS})
    | _STEERS,
    # Social services --------------------------------------------------------------------------
    Role.INTAKE: _INTAKE,  # OSL 5:1: registers what arrives
    Role.SOCIAL_WORKER: _WORKER,  # SoL 20:1–3, on delegation
    Role.HEAD_OF_UNIT: _WORKER
    | {R.ASSIGN_REFERRAL, R.NAME_READERS, R.APPROVE_ERASURE, R.EDIT_WORDING}
    | _STEERS,
    # Either -----------------------------------------------------------------------------------
    Role.COORDINATOR: _STEERS | {R.EDIT_WORDING},  # 2023:196: aggregates only
    Role.LOG_REVIEWER: frozenset({R.REVIEW_LOG}),  # SoLPuL 10 §: the log, never the content
    Role.ADMINISTRATOR: frozenset({R.MANAGE_SETTINGS}),  # no case contents
    Role.SERVICE: frozenset({R.EXCHANGE_MESSAGES}),
}

# Whoever reads cases at all; the same may open one in an emergency.
READS_CASES = (R.VIEW_OWN_YOUTHCASE, R.VIEW_YOUTHCASE, R.VIEW_REFERRAL)

# A reason given once holds for a working day's length.
REASON_HOLDS = timedelta(hours=8)


class ReasonNeeded(Exception):
    """The case is not the reader's own: ask why, then show it."""

    def __init__(self, case: AnyCase) -> None:
        super().__init__(str(case.pk))
        self.case = case


# Granting -------------------------------------------------------------------------------------


def enrol(user: User, *, by: User | None = None) -> User:
    """Give `user` the rights of `user.role` on `user.organisation`, and no others.

    Also the way to move somebody: change role or organisation, then enrol again. The new rights
    hold at the next request. What somebody (`by`) does to another's rights is in their unit's log,
    in the same transaction; the set-up of an installation is nobody's.
    """
    group, _ = Group.objects.get_or_create(name=f"{user.organisation_id}:{user.role}")
    wanted = {str(right) for right in ROLES[Role(user.role)]}
    with transaction.atomic():
        held = set(get_perms(group, user.organisation))
        for right in wanted - held:
            assign_perm(right, group, user.organisation)
        for right in held - wanted:
            remove_perm(right, group, user.organisation)
        is_other = bool(wanted ^ held) or not user.groups.filter(pk=group.pk).exists()
        user.groups.set([group])
        if by is not None and is_other:
            AccessEntry.append(
                by.organisation,
                by=by,
                kind=AccessEntry.Kind.RIGHTS,
                subject_id=user.pk,
                page="enrol",
            )
    forget_rights(user)
    return user


def service_account(organisation: Organisation) -> User:
    """The unit's machine: it receives messages over the border, and can never log in."""
    user, made = User.objects.get_or_create(
        username=f"system-{organisation.pk}",
        defaults={
            "name": "Systemet",
            "organisation": organisation,
            "role": Role.SERVICE,
        },
    )
    if made:
        user.set_unusable_password()
        user.save(update_fields=["password"])
        enrol(user)
    return user


def name_reader(user: User, person: Person) -> None:
    """Put `user` on the list of those who may read this protected person by name."""
    assign_perm(READ_PROTECTED, user, person)


# Asking ---------------------------------------------------------------------------------------


def may(user: Any, right: Right) -> bool:
    """Does `user` hold `right` on the own unit, now?"""
    return isinstance(user, User) and right in rights_on(user, user.organisation)


def require(user: Any, right: Right) -> User:
    """As `may`, but refuses.

    Raises:
        PermissionDenied: the right is not held.
    """
    if not may(user, right):
        raise PermissionDenied
    return user  # type: ignore[no-any-return]


def is_named_reader(user: User, person: Person) -> bool:
    """Is `user` on the named list of those who may read this protected person?"""
    return user.is_active and READ_PROTECTED in get_perms(user, person)


def may_read_identity(user: User, case: AnyCase) -> bool:
    """May `user` see who this is? Protected and unknown identities: named readers only."""
    return not case.person.is_protected or is_named_reader(user, case.person)


def findable_cases(user: User) -> "QuerySet[Any]":
    """The visible cases that `user` may find by who it is about: protected ones by name only."""
    named = PersonUserPermission.objects.filter(user=user, permission__codename=READ_PROTECTED)
    return visible_cases(user).filter(
        Q(person__protection=Protection.NOT_PROTECTED)
        | Q(person__in=named.values("content_object"))
    )


def may_read_custodian(user: User, case: AnyCase, custodian: Custodian) -> bool:
    """May `user` see who this custodian is? Whose child it is tells who the child is."""
    is_hidden = case.person.is_protected or custodian.is_protected
    return not is_hidden or is_named_reader(user, case.person)


def may_read_words(user: User, case: AnyCase) -> bool:
    """May `user` read what was written in the case? Anybody can be named in free text."""
    is_hidden = any(one.is_protected for one in (case.person, *case.person.custodians.all()))
    return not is_hidden or user.pk == case.author_id or is_named_reader(user, case.person)


def naming(user: User, person: Person) -> PersonUserPermission:
    """The unsaved row that names `user` a reader of `person`: a record of the step that does it."""
    permission = Permission.objects.get(codename=READ_PROTECTED, content_type__app_label="cases")
    return PersonUserPermission(user=user, content_object=person, permission=permission)


def visible_cases(user: User) -> "QuerySet[Any]":
    """The cases of the own authority that `user` may know of, in one indexed query.

    Somebody of the police can only ever ask for police cases, somebody of a municipality only for
    referrals. The units are guardian's answer, known since the reader's first right was asked for.
    """
    model: Any = YouthCase if user.organisation.is_police else Referral
    cases: QuerySet[Any] = model.objects.all()
    if not user.is_active:
        return cases.none()
    if model is Referral:
        return cases.filter(organisation__in=_units(user, R.VIEW_REFERRAL))
    every = _units(user, R.VIEW_YOUTHCASE)
    seen = Q(organisation__in=every)
    if others := [unit for unit in _units(user, R.VIEW_OWN_YOUTHCASE) if unit not in every]:
        # An OR hides the work list's index, so it stands only where it adds anything.
        seen |= Q(organisation__in=others) & (Q(author=user) | Q(owner=user))
    return cases.filter(seen)


def opened_in_emergency(user: User) -> "QuerySet[EmergencyAccess]":
    """The cases that `user` has opened in an emergency and that are still open."""
    now = timezone.now()
    return EmergencyAccess.objects.filter(user=user, opened_at__lte=now, ends_at__gt=now)


def _readable(user: User, pk: UUID, *related: str) -> Any:
    """The case with this key, if `user` may know of it, or has opened it in an emergency: one of
    the own authority, whose unit then joins the reader's circle until the answer leaves.
    """
    visible = visible_cases(user)
    case = visible.select_related(*related).filter(pk=pk).first()
    opened = None if case else opened_in_emergency(user).filter(case_id=pk).first()
    if opened is None or not any(may(user, right) for right in READS_CASES):
        return case
    circle.join(opened.case_organisation_id)
    same = Q(pk=pk, organisation__authority=user.organisation.authority)
    return visible.model._default_manager.select_related(*related).filter(same).first()


def _units(user: User, right: Right) -> list[UUID]:
    """The units on which `user` holds `right`.

    Keys and no subquery: the database knows how many cases each of them has, and reads those.
    """
    held = rights_by_unit(user).items()
    return sorted(unit for unit, rights in held if right in rights)


def is_own(user: User, case: AnyCase) -> bool:
    """Is the case the reader's own, or does it wait for what the reader's role does?"""
    if user.pk in (case.author_id, case.owner_id):
        return True
    return case.is_open and any(move.is_allowed(case, user) for move in moves_now(case))


# Fetching -------------------------------------------------------------------------------------


def get_case(
    request: HttpRequest,
    pk: UUID,
    action: str = "view",
    *,
    kind: str = AccessEntry.Kind.READ,
    opens: Callable[[User, AnyCase], bool] | None = None,
    otherwise: type[Exception] = Http404,
) -> AnyCase:
    """Fetch a case for `action` ("view" or a step of its machine), and log once that it was.

    `kind` is what the log calls it. Where the answer tells more than the case's page does, `opens`
    is asked too: does it, for this reader? Else it is refused with `otherwise`.

    Raises:
        Http404: there is no such case, or the reader may not know that there is.
        PermissionDenied: the reader may see it but not take this step.
        ReasonNeeded: it is not the reader's own, and no reason has been given today.
    """
    user = signed_in(request)
    related = ["person__municipality", "organisation", "author", "owner"]
    if user.organisation.is_police:
        related.append("incident__municipality")
    case: AnyCase | None = _readable(user, pk, *related)
    if case is None:
        log_access(request, AccessEntry.Kind.REFUSED, pk)
        raise Http404
    if action != "view" and not may_take(user, case, action):
        log_access(request, AccessEntry.Kind.REFUSED, pk)
        steps = {move.name for move in moves_of(type(case))}
        raise PermissionDenied if action in steps else Http404
    purpose = _purpose(user, case)
    if purpose is None:
        # Turning back at the question is worth knowing too.
        log_access(request, AccessEntry.Kind.REFUSED, pk)
        raise ReasonNeeded(case)
    if opens and not opens(user, case):
        log_access(request, AccessEntry.Kind.REFUSED, pk)
        raise otherwise
    log_access(request, kind, pk, purpose=purpose)
    # What is printed of the case in the same request is printed for the same reason.
    request.__dict__["_purpose"] = purpose
    return case


def may_take(user: User, case: AnyCase, action: str) -> bool:
    """Does `user` hold the right to `action` in this case, in whatever state it is?"""
    return any(move.name == action and move.is_allowed(case, user) for move in moves_of(type(case)))


def _purpose(user: User, case: AnyCase) -> str | None:
    """Why `user` reads the case; None when it is not their own and no reason has been given."""
    if user.pk in (case.author_id, case.owner_id):
        return AccessEntry.Purpose.OWN
    if is_own(user, case):
        return AccessEntry.Purpose.DUTY
    if opened_in_emergency(user).filter(case_id=case.pk).exists():
        return AccessEntry.Purpose.EMERGENCY
    since = timezone.now() - REASON_HOLDS
    about = AccessEntry.objects.filter(actor=user, subject_id=case.pk, recorded_at__gte=since)
    # Words without a purpose are no reason to read: a judge of an emergency writes some too.
    given = about.filter(remark_id__isnull=False, purpose__gt="").last()
    return given.purpose if given else None


def require_visible(request: HttpRequest, pk: UUID) -> str:
    """The number of a case of which the reader may know that it exists.

    Raises:
        Http404: as in `get_case`; a question about a case must not tell that it exists.
    """
    case: AnyCase | None = _readable(signed_in(request), pk)
    if case is None:
        log_access(request, AccessEntry.Kind.REFUSED, pk)
        raise Http404
    return case.reference


def give_reason(request: HttpRequest, pk: UUID, *, purpose: str, words: str) -> None:
    """Log why the reader wants to see a case that is not their own; 404 as `require_visible`."""
    require_visible(request, pk)
    log_access(request, AccessEntry.Kind.READ, pk, purpose=purpose, words=words)
