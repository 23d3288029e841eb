"""Break-glass (nödåtkomst): one case past the reader's own circle, for an hour, with a reason.

The row is the grant and the proof in one. It opens a case of the same authority for reading only;
a protected identity stays masked, since that takes a second person who names the reader.
"""

from datetime import datetime
from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from cases.models.fields import SealedTextField
from cases.models.staff import Organisation, User


class EmergencyAccess(models.Model):
    """Somebody opened a case in an emergency; somebody else judges afterwards whether rightly."""

    class Reason(models.TextChoices):
        DANGER = "danger", "Fara för liv eller hälsa"
        MISSING = "missing", "Ungdomen är försvunnen"
        CHILD_FOUND = "child_found", "Ett barn behöver hem i natt och ansvarig enhet nås inte"

    class Verdict(models.TextChoices):
        JUSTIFIED = "justified", "Befogad"
        UNJUSTIFIED = "unjustified", "Inte befogad – anmäld vidare"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    # The reader's unit, and the unit whose case it is: both see it at once.
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    case_organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    case_id = models.UUIDField(db_index=True)
    reason = models.CharField(max_length=11, choices=Reason.choices)
    words = SealedTextField()
    opened_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reviewed_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reviewed_at = models.DateTimeField(null=True, blank=True)
    verdict = models.CharField(max_length=11, choices=Verdict.choices, blank=True)
    verdict_words = SealedTextField()

    class Meta:
        default_permissions = ()
        ordering: ClassVar = ["-opened_at"]
        indexes: ClassVar = [models.Index(fields=["user", "ends_at"], name="emergency_by_user")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("opened_at")), name="emergency_has_an_end"
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by__isnull=True) | ~Q(reviewed_by=F("user")),
                name="emergency_judged_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_reason_display()} {timezone.localtime(self.opened_at):%Y-%m-%d %H:%M}"

    def is_open(self, at: datetime) -> bool:
        return self.opened_at <= at < self.ends_at
