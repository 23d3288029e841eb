"""Today's pile as one PDF: a run, its letters in envelope order, the file while it is needed."""

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q

from cases.models import Organisation, User
from cases.models.fields import SealedBytesField
from notices.posting import Posting


class PrintRun(models.Model):
    """One pile. A worker checks its letters one by one, so a cut-off run goes on where it was."""

    class State(models.TextChoices):
        MAKING = "making", "Görs"
        READY = "ready", "Klar att skriva ut"
        PRINTED = "printed", "Utskriven"
        DONE = "done", "Avslutad"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=7, choices=State.choices, default=State.MAKING)
    # Both sides of the sheet: each letter then begins on a new one.
    is_duplex = models.BooleanField(default=False)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    printed_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    # Never a personal fact: why the pile cannot be made here now.
    failure = models.CharField(max_length=300, blank=True)

    class Meta:
        default_permissions = ()
        ordering: ClassVar = ["made_at"]
        indexes: ClassVar = [
            models.Index(fields=["made_at"], condition=Q(state="making"), name="runs_being_made"),
            models.Index(
                fields=["organisation", "made_at"],
                condition=~Q(state="done"),
                name="runs_to_do",
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=["making", "ready", "printed", "done"]),
                name="print_run_state",
            ),
        ]

    def __str__(self) -> str:
        return f"PrintRun {self.pk}"


class RunItem(models.Model):
    """One letter in a run: checked, or named with why it is left out."""

    run = models.ForeignKey(PrintRun, on_delete=models.CASCADE, related_name="items")
    posting = models.ForeignKey(Posting, on_delete=models.CASCADE, related_name="items")
    # Null until a worker has looked at the letter; then its pages, or why it is left out.
    n_pages = models.PositiveSmallIntegerField(null=True)
    fault = models.CharField(max_length=300, blank=True)
    # In envelope order: which envelope, and on which page of the file the letter begins.
    envelope = models.PositiveSmallIntegerField(null=True)
    first_page = models.PositiveSmallIntegerField(null=True)

    class Meta:
        default_permissions = ()
        ordering: ClassVar = ["first_page", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "posting"], name="letter_once_a_run"),
        ]

    def __str__(self) -> str:
        return f"RunItem {self.pk}"


class RunFile(models.Model):
    """The pile's PDF. It is a copy: it goes when it has been posted, the letters stay."""

    run = models.OneToOneField(
        PrintRun, primary_key=True, on_delete=models.CASCADE, related_name="file"
    )
    content = SealedBytesField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"RunFile {self.run_id}"
