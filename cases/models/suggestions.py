"""What somebody says about a fault of accessibility (lag 2018:1937 13 §), sealed."""

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.utils import timezone

from cases.models.fields import SealedTextField


class AccessibilityReport(models.Model):
    """A fault somebody met, and where an answer can be sent; both optional to sign."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    text = SealedTextField()
    contact = SealedTextField()
    sent_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        ordering: ClassVar = ["-sent_at"]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.sent_at):%Y-%m-%d %H:%M}"
