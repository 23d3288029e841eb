"""The settings of a process that is thrown away: fast passwords, keys and files in a folder."""

import atexit
import shutil
import tempfile
from pathlib import Path

from django.conf import settings

from cases.sealing import make_keys


def settle() -> Path:
    """Point the settings at a new folder with keys in it, and return the folder."""
    folder = Path(tempfile.mkdtemp(prefix="kronoberg-test-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    settings.KEYS_DIR = folder / "keys"
    settings.ANCHORS_DIR = folder / "anchors"
    settings.SECRET_KEY = "only-for-tests-" + "x" * 40
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STATIC_ROOT = folder
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    # A second factor and a fresh login are asked for where a test is about them: test_sign_in.
    settings.MFA_REQUIRED, settings.FRESH_MINUTES = False, None
    make_keys(settings.KEYS_DIR)
    _shuffle()
    return folder


def _shuffle() -> None:
    """Rows that nobody asked to have in order come backwards: PostgreSQL promises none either."""
    options = settings.DATABASES["default"].get("OPTIONS", {})
    if "init_command" in options:
        options["init_command"] += " PRAGMA reverse_unordered_selects=ON;"
