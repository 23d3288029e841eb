"""Give everybody the rights of their role anew: after an update that changed what a role may."""

from typing import Any

from django.core.management.base import BaseCommand

from cases import access
from cases.models import User


class Command(BaseCommand):
    help = "Bring everybody's rights in line with cases.access.ROLES."

    def handle(self, *args: Any, **options: Any) -> None:
        users = User.objects.select_related("organisation")
        for user in users:
            access.enrol(user, by=access.service_account(user.organisation))
        self.stdout.write(f"{len(users)} people have the rights of their role.")
