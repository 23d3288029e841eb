"""One part of the proof, in this process: `python -m tests.proof.part NAME SEED SHARE`.

The last line that it prints is what it found, as JSON.
"""

import json
import os
import sys
from importlib import import_module

import django


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kronoberg.settings")
    django.setup()
    name, seed, share = sys.argv[1:]
    part = import_module(f"tests.proof.{name}")
    found = part.prove(seed=int(seed), share=float(share))
    sys.stdout.write(json.dumps(found.as_json(), ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
