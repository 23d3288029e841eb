"""The product's policy as data: every route, every role, every step – read from where they stand.

Nothing is stated here a second time. `manage.py routes --json` and `policy --json` print it, and
the tests' matrix is compared with it, so that a route without a row fails the suite.
"""

import re
from collections.abc import Iterator
from typing import Any

from cases import access, routes
from cases.models import Referral, Right, Role, YouthCase
from cases.models.moves import moves_of

# What the parameters of a route stand for, by the first part of its name.
OBJECTS = {
    "case": "case",
    "reason": "case",
    "notice-preview": "case",
    "forfeiture-decision": "case",
    "extract": "case",
    "step": "case",
    "letter": "letter",
    "held": "held",
    "handout": "handout",
    "wording": "wording",
    "pile": "pile",
    "window": "window",
    "incident": "incident",
    "meeting": "meeting",
    "pass": "pass",
    "tip": "tip",
    "duty": "duty",
    "special-day-end": "special_day",
    "function-end": "function",
    "review": "review",
    "emergency": "emergency",
    "rule": "rule",
    "mfa_remove_webauthn": "passkey",
    "mfa_edit_webauthn": "passkey",
    "openid_connect_login": "provider",
    "openid_connect_callback": "provider",
    "recovery": "recovery",
    "erasure": "erasure",
    "hold": "hold",
    "user": "user",
    "role": "role_change",
    "statistics": "question",
    "measure": "measure",
    "promise": "promise",
    "activity": "activity",
}


def every_route() -> Iterator[dict[str, Any]]:
    """Pattern, name, methods, right and parameters of every route of the product."""
    for path, pattern in routes.routes():
        wanted = routes.declared(pattern.callback)
        parameters = re.findall(r"<(\w+):(\w+)>", path)
        yield {
            "pattern": f"/{path}",
            "name": pattern.name,
            "methods": routes.methods(pattern.callback),
            "right": [str(right) for right in wanted] if isinstance(wanted, tuple) else wanted,
            "parameters": {name: kind for kind, name in parameters},
            "object": object_of(str(pattern.name)) if parameters else None,
        }


def object_of(name: str) -> str | None:
    """What a route's key names: "case", "letter" …; None where nobody has said."""
    return OBJECTS.get(name) or OBJECTS.get(name.split("-")[0])


def roles() -> dict[str, dict[str, Any]]:
    return {
        role.value: {
            "label": role.label,
            "rights": [right.value for right in Right if right in access.ROLES[role]],
        }
        for role in Role
    }


def transitions() -> dict[str, list[dict[str, Any]]]:
    """Every move of both machines: from, to, by which right, with what recorded first."""
    return {
        model.__name__: [
            {
                "action": move.name,
                "label": move.label,
                "from": move.source,
                "to": move.source if move.target is None else move.target or "as before the merge",
                "rights": [str(right) for right in move.transition.permission.rights],
                "not_by_author": getattr(move.transition.permission, "is_by_another", False),
                "requires": [condition.what for condition in move.conditions],
                "facts": list(move.facts),
                "needs_reason": move.needs_reason,
            }
            for move in moves_of(model)
        ]
        for model in (YouthCase, Referral)
    }
