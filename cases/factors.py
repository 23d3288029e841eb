"""The secrets of code apps and reserve codes: sealed, bound to their owner, changed with the key.

The library keeps them in a JSON column of its own, so they are no `SealedField`; what stands there
is the owner and the sealed text. Copied into somebody else's row it does not open.
"""

import hashlib
import hmac
from base64 import b64decode, b64encode
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.apps import apps

from cases import sealing

# Where the library keeps what it seals.
KEYS = ("secret", "seed")
# How the first version bound them: to the table alone, under a key that is never rotated.
FIRST_PLACE = b"allauth.mfa.authenticator"


def close(text: str, *, owner: str) -> str:
    """Seal a secret for its owner (the user's id)."""
    return f"{owner}.{b64encode(sealing.seal(text.encode(), place=_place(owner))).decode()}"


def opened(token: str, *, owner: str) -> str:
    """The secret, for its owner alone.

    Raises:
        SealBroken: it is somebody else's, or was changed.
    """
    if "." not in token:
        return _first_version(token)
    written_for, _, sealed = token.partition(".")
    if written_for != owner:
        raise sealing.SealBroken("The secret belongs to somebody else.")
    return sealing.unseal(b64decode(sealed), place=_place(owner)).decode()


def rows_left() -> int:
    """How many rows hold a secret under an older key, or bound to nobody."""
    return sum(1 for row in _rows() if _is_old(row))


def reseal_some(batch: int) -> int:
    """Seal up to `batch` rows anew, each for the user of its row; returns how many."""
    old = [row.pk for row in _rows() if _is_old(row)][:batch]
    # Whoever uses up a reserve code at this moment has locked the row, and is not to be undone.
    for row in _rows().select_for_update().filter(pk__in=old):
        owner = str(row.user_id)
        for key in KEYS:
            if key in row.data:
                row.data[key] = close(opened(row.data[key], owner=owner), owner=owner)
        row.save(update_fields=["data"])
    return len(old)


def _rows() -> Any:
    return apps.get_model("mfa", "Authenticator").objects.order_by("pk")


def _is_old(row: Any) -> bool:
    return any(_is_old_token(row.data[key]) for key in KEYS if key in row.data)


def _is_old_token(token: str) -> bool:
    _, point, sealed = token.partition(".")
    return not point or b64decode(sealed)[0] != sealing.newest_key()


def _place(owner: str) -> str:
    return f"mfa_authenticator.data:{owner}"


def _first_version(token: str) -> str:
    key = hmac.new(sealing.keyring().index, b"second factor", hashlib.sha256).digest()
    sealed = b64decode(token)
    nonce, text = sealed[: sealing.NONCE_LENGTH], sealed[sealing.NONCE_LENGTH :]
    return AESGCM(key).decrypt(nonce, text, FIRST_PLACE).decode()
