"""What takes two: one asks for somebody, another says yes. Never the one it is for."""

from typing import Any, ClassVar, Self
from uuid import uuid4

from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from cases.models.staff import Role, User


def _by_two_others(name: str) -> models.CheckConstraint:
    approved = ~Q(approved_by=F("user")) & ~Q(approved_by=F("asked_by"))
    return models.CheckConstraint(
        condition=~Q(asked_by=F("user")) & (Q(approved_by=None) | approved), name=name
    )


class ByTwo(models.Model):
    """Something that one person asks for somebody else, and a third has to say yes to."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    approved_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True
        default_permissions = ()
        ordering: ClassVar = ["asked_at"]

    @classmethod
    def waiting(cls, by: User) -> "QuerySet[Self]":
        """What `by` can say yes to: of the authority, and neither by nor about `by`."""
        asked = cls._default_manager.filter(
            approved_by=None, user__organisation__authority=by.organisation.authority
        )
        return asked.exclude(asked_by=by).exclude(user=by).select_related("user", "asked_by")

    def approved(self, *, by: User) -> Self:
        """This row, locked until the end of the transaction, with the yes of `by`, and unsaved.

        Raises:
            PermissionDenied: it waits no longer, or `by` is one of the two.
        """
        fresh = self.waiting(by).select_for_update(of=("self",)).filter(pk=self.pk).first()
        if fresh is None:
            raise PermissionDenied
        fresh.approved_by, fresh.approved_at = by, timezone.now()
        return fresh


class RoleChange(ByTwo):
    """A role that somebody is to have."""

    role = models.CharField(max_length=20, choices=Role.choices)

    class Meta(ByTwo.Meta):
        constraints: ClassVar[list[Any]] = [
            _by_two_others("role_by_two_others"),
            models.UniqueConstraint(
                fields=["user"], condition=Q(approved_by=None), name="one_role_change_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role}"


class Recovery(ByTwo):
    """Somebody's way in is made anew."""

    # The two halves of the code, of the one who asked and of the one who approved.
    first_sha256 = models.CharField(max_length=64, blank=True)
    second_sha256 = models.CharField(max_length=64, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta(ByTwo.Meta):
        constraints: ClassVar = [_by_two_others("recovery_by_two_others")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.asked_at:%Y-%m-%d}"
