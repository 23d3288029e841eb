"""Who may: one table from role to rights, and the only way to fetch a case.

Rights are guardian permissions that a role's group holds on its unit. Fetching is checking: what
you may not know exists is 404, what you may see but not do is 403, and every read leaves a row in
the access log before the answer leaves.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.models import Group, Permission
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest
from django.utils import timezone
from guardian.shortcuts import assign_perm, get_objects_for_user, get_perms, remove_perm

from cases.models import (
    AccessEntry,
    Organisation,
    Person,
    PersonUserPermission,
    Referral,
    Right,
    Role,
    User,
    YouthCase,
)
from cases.models.grants import READ_PROTECTED, forget_rights, rights_on
from cases.models.moves import AnyCase, moves_now, moves_of

R = Right

_PATROL = frozenset({R.LOG_INCIDENT, R.VIEW_OWN_YOUTHCASE, R.HANDLE_YOUTHCASE})
_YOUTH = _PATROL | {
    R.VIEW_YOUTHCASE,
    R.REVIEW_YOUTHCASE,
    R.NOTIFY_YOUTHCASE,
    R.FOLLOW_UP_YOUTHCASE,
}
_INTAKE = frozenset({R.VIEW_REFERRAL, R.RECEIVE_REFERRAL, R.ASSIGN_REFERRAL})
_WORKER = frozenset(
    {
        R.VIEW_REFERRAL,
        R.RECEIVE_REFERRAL,
        R.ASSESS_REFERRAL,
        R.DECIDE_REFERRAL,
        R.SUPPORT_REFERRAL,
        R.TRANSFER_REFERRAL,
    }
)

ROLES: dict[Role, frozenset[Right]] = {
    # Police -----------------------------------------------------------------------------------
    Role.PATROL_OFFICER: _PATROL,  # 2018:1693 3:1, 3:5: own interventions, a limited circle
    Role.YOUTH_OFFICER: _YOUTH,  # SoL 19:1: sends the notice
    Role.SUPERIOR: _YOUTH | {R.ANNUL_YOUTHCASE, R.NAME_READERS},  # PL 15, 27 §§: reviews
    Role.POLICE_MANAGER: frozenset({R.VIEW_YOUTHCASE, R.VIEW_STATISTICS}),  # reads with a reason
    # Social services --------------------------------------------------------------------------
    Role.INTAKE: _INTAKE,  # OSL 5:1: registers what arrives
    Role.SOCIAL_WORKER: _WORKER,  # SoL 20:1–3, on delegation
    Role.HEAD_OF_UNIT: _WORKER | {R.ASSIGN_REFERRAL, R.NAME_READERS, R.VIEW_STATISTICS},
    # Either -----------------------------------------------------------------------------------
    Role.COORDINATOR: frozenset({R.VIEW_STATISTICS}),  # lag 2023:196: aggregates only
    Role.LOG_REVIEWER: frozenset({R.REVIEW_LOG}),  # SoLPuL 10 §: the log, never the content
    Role.ADMINISTRATOR: frozenset({R.MANAGE_SETTINGS}),  # no case contents
    Role.SERVICE: frozenset({R.EXCHANGE_MESSAGES}),
}

# A reason given once holds for a working day's length.
REASON_HOLDS = timedelta(hours=8)


class ReasonNeeded(Exception):
    """The case is not the reader's own: ask why, then show it."""

    def __init__(self, case: AnyCase) -> None:
        super().__init__(str(case.pk))
        self.case = case


# Granting -------------------------------------------------------------------------------------


def enrol(user: User) -> User:
    """Give `user` the rights of `user.role` on `user.organisation`, and no others.

    Also the way to move somebody: change role or organisation, then enrol again. The new rights
    hold at the next request.
    """
    group, _ = Group.objects.get_or_create(name=f"{user.organisation_id}:{user.role}")
    wanted = {str(right) for right in ROLES[Role(user.role)]}
    with transaction.atomic():
        held = set(get_perms(group, user.organisation))
        for right in wanted - held:
            assign_perm(right, group, user.organisation)
        for right in held - wanted:
            remove_perm(right, group, user.organisation)
        user.groups.set([group])
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


def naming(user: User, person: Person) -> PersonUserPermission:
    """The unsaved row that names `user` a reader of `person`: a record of the step that does it."""
    permission = Permission.objects.get(codename=READ_PROTECTED, content_type__app_label="cases")
    return PersonUserPermission(user=user, content_object=person, permission=permission)


def visible_cases(user: User) -> "QuerySet[Any]":
    """The cases of the own authority that `user` may know of, in one indexed query.

    Somebody of the police can only ever ask for police cases, somebody of a municipality only for
    referrals. Guardian is asked for the units, with its global and superuser short cuts off.
    """
    model: Any = YouthCase if user.organisation.is_police else Referral
    cases: QuerySet[Any] = model.objects.all()
    if not user.is_active:
        return cases.none()
    if model is Referral:
        return cases.filter(organisation__in=_units(user, R.VIEW_REFERRAL))
    own = Q(author=user) | Q(owner=user)
    return cases.filter(
        Q(organisation__in=_units(user, R.VIEW_YOUTHCASE))
        | Q(organisation__in=_units(user, R.VIEW_OWN_YOUTHCASE)) & own
    )


def _units(user: User, right: Right) -> Any:
    units = get_objects_for_user(
        user, str(right), klass=Organisation, accept_global_perms=False, with_superuser=False
    )
    return units.values("pk")


def is_own(user: User, case: AnyCase) -> bool:
    """Is the case the reader's own, or does it wait for what the reader's role does?"""
    if user.pk in (case.author_id, case.owner_id):
        return True
    return case.is_open and any(move.is_allowed(case, user) for move in moves_now(case))


# Fetching -------------------------------------------------------------------------------------


def get_case(request: HttpRequest, pk: UUID, action: str = "view") -> AnyCase:
    """Fetch a case for `action` ("view" or a step of its machine), and log the read.

    Raises:
        Http404: there is no such case, or the reader may not know that there is.
        PermissionDenied: the reader may see it but not take this step.
        ReasonNeeded: it is not the reader's own, and no reason has been given today.
    """
    user = signed_in(request)
    related = ["person__municipality", "organisation", "author", "owner"]
    if user.organisation.is_police:
        related.append("incident__municipality")
    case: AnyCase | None = visible_cases(user).select_related(*related).filter(pk=pk).first()
    if case is None:
        log_access(request, AccessEntry.Kind.REFUSED, pk)
        raise Http404
    if action != "view" and action not in {move.name for move in moves_of(type(case))}:
        raise Http404
    if action != "view" and not may_take(user, case, action):
        log_access(request, AccessEntry.Kind.REFUSED, pk)
        raise PermissionDenied
    purpose = _purpose(user, case)
    if purpose is None:
        # Turning back at the question is worth knowing too.
        log_access(request, AccessEntry.Kind.REFUSED, pk)
        raise ReasonNeeded(case)
    log_access(request, AccessEntry.Kind.READ, pk, purpose=purpose)
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
    given = AccessEntry.objects.filter(
        actor=user,
        subject_id=case.pk,
        recorded_at__gte=timezone.now() - REASON_HOLDS,
        remark_id__isnull=False,
    ).last()
    return given.purpose if given else None


def require_visible(request: HttpRequest, pk: UUID) -> None:
    """May the reader know that the case exists?

    Raises:
        Http404: as in `get_case`; a question about a case must not tell that it exists.
    """
    if not visible_cases(signed_in(request)).filter(pk=pk).exists():
        log_access(request, AccessEntry.Kind.REFUSED, pk)
        raise Http404


def give_reason(request: HttpRequest, pk: UUID, *, purpose: str, words: str) -> None:
    """Log why the reader wants to see a case that is not their own.

    Raises:
        Http404: as in `require_visible`.
    """
    require_visible(request, pk)
    log_access(request, AccessEntry.Kind.READ, pk, purpose=purpose, words=words)


def signed_in(request: HttpRequest) -> User:
    """The user of a request that has passed `guard_pages`."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def log_access(
    request: HttpRequest,
    kind: str,
    subject: UUID | None,
    *,
    purpose: str = "",
    words: str = "",
) -> None:
    """Write one row to the reader's own unit's access log; the address itself is never stored."""
    user = signed_in(request)
    match = request.resolver_match
    AccessEntry.append(
        user.organisation,
        by=user,
        words=words,
        kind=kind,
        subject_id=subject,
        page=match.view_name if match else "",
        purpose=purpose,
    )
