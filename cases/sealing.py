"""Encryption of personal fields, the blind index of numbers, and the key of the journal's chain.

The keys are files outside the database (``settings.KEYS_DIR``): ``field-N`` (AES-256-GCM, N is the
key's id and the highest N seals), ``index`` (HMAC of identity numbers), ``journal`` (HMAC chain).
Nothing here knows a model.
"""

import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

NONCE_LENGTH = 12


class SealBroken(Exception):
    """The bytes were changed, moved to another row or field, or sealed with a key that is gone."""


@dataclass(frozen=True, repr=False)
class Keyring:
    """The keys of one installation, in memory only."""

    fields: dict[int, bytes]
    index: bytes
    journal: bytes


@cache
def keyring() -> Keyring:
    """Read the keys once per process.

    Raises:
        FileNotFoundError: no keys have been made (`manage.py make_keys`). Fails closed.
    """
    folder = Path(settings.KEYS_DIR)
    fields = {
        int(path.name.removeprefix("field-")): path.read_bytes() for path in folder.glob("field-*")
    }
    if not fields:
        raise FileNotFoundError(f"No field key in {folder}: run `manage.py make_keys`.")
    return Keyring(fields, (folder / "index").read_bytes(), (folder / "journal").read_bytes())


def make_keys(folder: Path) -> list[str]:
    """Make the keys that are missing in `folder` (0700, files 0600); returns the names made.

    An existing key is never touched: losing it would be losing everything sealed with it.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    wanted = {name: secrets.token_bytes(32) for name in ("field-1", "index", "journal")}
    wanted["secret"] = secrets.token_urlsafe(64).encode()
    made = []
    for name, key in wanted.items():
        path = folder / name
        if path.exists():
            continue
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(key)
        made.append(name)
    return made


def seal(plain: bytes, *, place: str) -> bytes:
    """Encrypt `plain`, bound to `place` ("table.column:row"); key id, nonce and text in one."""
    key_id = max(keyring().fields)
    nonce = os.urandom(NONCE_LENGTH)
    sealed = AESGCM(keyring().fields[key_id]).encrypt(nonce, plain, place.encode())
    return bytes([key_id]) + nonce + sealed


def unseal(sealed: bytes, *, place: str) -> bytes:
    """Decrypt what `seal` made for the same `place`.

    Raises:
        SealBroken: the content does not belong there. The message holds no content.
    """
    key = keyring().fields.get(sealed[0])
    if key is None:
        raise SealBroken(f"No key {sealed[0]} for {place}")
    nonce, text = sealed[1 : 1 + NONCE_LENGTH], sealed[1 + NONCE_LENGTH :]
    try:
        return AESGCM(key).decrypt(nonce, text, place.encode())
    except InvalidTag:
        raise SealBroken(f"Broken seal at {place}") from None


def blind_index(number: str) -> str:
    """A keyed fingerprint of an identity number: equal numbers meet, nobody can read them back.

    Unkeyed, all numbers of people under 20 are hashed in a minute; hence the key of its own.
    """
    if not number:
        return ""
    return hmac.new(keyring().index, number.encode(), hashlib.sha256).hexdigest()


def chain_mac(message: bytes) -> str:
    """The link of the journal's chain: HMAC-SHA-256 with the journal's own key, in hex."""
    return hmac.new(keyring().journal, message, hashlib.sha256).hexdigest()
