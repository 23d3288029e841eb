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
from functools import lru_cache
from pathlib import Path
from uuid import UUID

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


def keyring() -> Keyring:
    """The keys, read anew when the folder has changed: a new key is known to every process at once.

    Raises:
        FileNotFoundError: no keys have been made (`manage.py make_keys`). Fails closed.
    """
    folder = Path(settings.KEYS_DIR)
    return _read(folder, folder.stat().st_mtime_ns)


@lru_cache(maxsize=2)
def _read(folder: Path, _changed: int) -> Keyring:
    fields = {
        int(path.name.removeprefix("field-")): path.read_bytes() for path in folder.glob("field-*")
    }
    if not fields:
        raise FileNotFoundError(f"No field key in {folder}: run `manage.py make_keys`.")
    return Keyring(fields, (folder / "index").read_bytes(), (folder / "journal").read_bytes())


def _read_anew() -> Keyring:
    """A key that came within the same tick of the folder's clock has left its time as it was."""
    _read.cache_clear()
    return keyring()


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
        _write(path, key)
        made.append(name)
    return made


def newest_key() -> int:
    """The id of the key that seals today."""
    return max(keyring().fields)


def add_field_key() -> int:
    """Make the next field key, which seals from now on; the older ones still open. Returns its id.

    Raises:
        OverflowError: the id is one byte, and 255 keys have been made.
    """
    number = newest_key() + 1
    if number > 255:
        raise OverflowError("The key id is one byte: 255 keys have been made.")
    _write(Path(settings.KEYS_DIR) / f"field-{number}", secrets.token_bytes(32))
    return number


def retire_field_keys() -> list[str]:
    """Put every field key but the newest in `retired/`, where nothing opens with it; their names.

    An older backup of the database needs them: they are destroyed by hand, with the backup.
    """
    folder = Path(settings.KEYS_DIR)
    retired = folder / "retired"
    retired.mkdir(exist_ok=True, mode=0o700)
    _clear_drafts(folder)
    names = [f"field-{number}" for number in sorted(keyring().fields) if number != newest_key()]
    for name in names:
        (folder / name).rename(retired / name)
    return names


def _write(path: Path, key: bytes) -> None:
    """Whole or not at all, and on the disk: no row may be sealed with a key that a power cut takes.

    A name that is taken is refused: two who change the key at once make one between them.
    """
    _clear_drafts(path.parent)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}.draft")
    with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    os.link(draft, path)
    draft.unlink()
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


def _clear_drafts(folder: Path) -> None:
    """Whoever was killed while a key was written left a copy of it, or a part."""
    for left in folder.glob(".*.draft"):
        left.unlink(missing_ok=True)


def seal(plain: bytes, *, place: str) -> bytes:
    """Encrypt `plain`, bound to `place` ("table.column:row"); key id, nonce and text in one."""
    key_id = newest_key()
    nonce = os.urandom(NONCE_LENGTH)
    sealed = AESGCM(keyring().fields[key_id]).encrypt(nonce, plain, place.encode())
    return bytes([key_id]) + nonce + sealed


def unseal(sealed: bytes, *, place: str) -> bytes:
    """Decrypt what `seal` made for the same `place`.

    Raises:
        SealBroken: the content does not belong there. The message holds no content.
    """
    key = keyring().fields.get(sealed[0]) or _read_anew().fields.get(sealed[0])
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


def phone_secret(user: UUID, purpose: str) -> bytes:
    """32 bytes that only this installation can derive for `user`: the key of drafts on a phone.

    From the index key, which is never changed: a draft must open after the field key has been.
    """
    return hmac.new(keyring().index, f"phone:{purpose}:{user}".encode(), hashlib.sha256).digest()


def chain_mac(message: bytes) -> str:
    """The link of the journal's chain: HMAC-SHA-256 with the journal's own key, in hex."""
    return hmac.new(keyring().journal, message, hashlib.sha256).hexdigest()
