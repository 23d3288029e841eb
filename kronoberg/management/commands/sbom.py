"""The bill of materials: every package of the lock, its version and its hashes (CycloneDX 1.5).

For whatever looks for known weaknesses: `manage.py sbom > sbom.json`, then any scanner.
"""

import json
import re
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

LOCK = settings.BASE_DIR / "requirements" / "runtime.txt"
PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)")
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


class Command(BaseCommand):
    help = "Print the bill of materials as CycloneDX JSON."

    def handle(self, *args: Any, **options: Any) -> None:
        bill = {
            "bomFormat": "CycloneDX",
            "specVersion": "1.5",
            "version": 1,
            "metadata": {"component": {"type": "application", "name": "kronoberg"}},
            "components": list(components(LOCK.read_text(encoding="utf-8"))),
        }
        self.stdout.write(json.dumps(bill, indent=2))


def components(lock: str) -> list[dict[str, Any]]:
    """Each pinned package of a lock, in its order."""
    found: list[dict[str, Any]] = []
    for line in lock.splitlines():
        pinned = PINNED.match(line)
        if pinned:
            name, version = pinned.group(1).lower(), pinned.group(2)
            found.append(
                {
                    "type": "library",
                    "name": name,
                    "version": version,
                    "purl": f"pkg:pypi/{name}@{version}",
                    "hashes": [],
                }
            )
        for content in HASH.findall(line):
            found[-1]["hashes"].append({"alg": "SHA-256", "content": content})
    return found
