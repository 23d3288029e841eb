"""What somebody arranges at their own desk: views of the list, a calendar to follow."""

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils import timezone

from cases.models.fields import SealedTextField
from cases.models.staff import Organisation, User


class SavedView(models.Model):
    """A filter of the work list, kept under a word of one's own. It holds codes, never a name."""

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_views")
    label = models.CharField(max_length=40)
    # The query string of the list: keys and codes that the list itself has checked.
    query = models.CharField(max_length=200)

    class Meta:
        default_permissions = ()
        ordering: ClassVar = ["label"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "label"], name="saved_view_once"),
        ]

    def __str__(self) -> str:
        return self.label


class HeldForm(models.Model):
    """What was being sent or written when the screen locked: its author's alone."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    # A keyed fingerprint of the page's address.
    page = models.CharField(max_length=64)
    content = SealedTextField()
    # Pressed and on its way; else only written.
    is_sent = models.BooleanField()
    # The case that the address names, so that it goes when the case does.
    case_id = models.UUIDField(null=True, db_index=True)
    held_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "page"], name="one_held_form_a_page"),
        ]

    def __str__(self) -> str:
        return f"HeldForm {self.pk}"


class CalendarAddress(models.Model):
    """The secret address of somebody's calendar: only its hash, and whether it still works."""

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="calendars")
    # Where the owner worked when it was made: it does not follow anybody to another unit.
    organisation = models.ForeignKey(
        Organisation, null=True, on_delete=models.CASCADE, related_name="+"
    )
    secret_sha256 = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(default=timezone.now)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["owner"], condition=Q(revoked_at=None), name="one_calendar_address"
            ),
        ]

    def __str__(self) -> str:
        return f"Calendar of {self.owner_id}"
