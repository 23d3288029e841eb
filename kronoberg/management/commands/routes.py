"""Print every route with its methods, its right and what its key names."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from kronoberg import policy


class Command(BaseCommand):
    help = "Every route of the product, from the URL configuration."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="as JSON instead of a table")

    def handle(self, *args: Any, **options: Any) -> None:
        found = list(policy.every_route())
        if options["json"]:
            self.stdout.write(json.dumps(found, indent=1, ensure_ascii=False))
            return
        for route in found:
            right = route["right"]
            who = right if isinstance(right, str) else ", ".join(right)
            line = (f"{route['pattern']:45}", f"{'/'.join(route['methods']):10}", who)
            self.stdout.write(" ".join(line))
