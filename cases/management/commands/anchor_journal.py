"""Write the last link of every log outside the database; beat does it every night."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.core.management.base import BaseCommand
from django.utils import timezone

from cases import anchors


class Command(BaseCommand):
    help = "Write (and mail) the heads of the logs, to be kept where the database is not."

    def handle(self, *args: Any, **options: Any) -> None:
        path = anchors.write(Path(settings.ANCHORS_DIR))
        if settings.ANCHOR_MAIL:
            subject = f"Kronoberg: loggarnas sista länkar {timezone.localdate()}"
            send_mail(subject, path.read_text(encoding="utf-8"), None, settings.ANCHOR_MAIL)
        self.stdout.write(f"{path.name} written.")
