"""Print the policy: what each role may, and every step of both machines."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from kronoberg import policy


class Command(BaseCommand):
    help = "Roles, rights and transitions, from the code that enforces them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="as JSON instead of a list")

    def handle(self, *args: Any, **options: Any) -> None:
        roles, transitions = policy.roles(), policy.transitions()
        if options["json"]:
            found = {"roles": roles, "transitions": transitions}
            self.stdout.write(json.dumps(found, indent=1, ensure_ascii=False))
            return
        for role in roles.values():
            self.stdout.write(f"{role['label']}: {', '.join(role['rights'])}")
        for machine, moves in transitions.items():
            for move in moves:
                self.stdout.write(f"{machine}: {move['from']} –{move['action']}→ {move['to']}")
