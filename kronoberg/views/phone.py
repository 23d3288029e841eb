"""The form of the field on a phone without a connection: its shell, its worker, and its key.

The shell is one page for everybody: the empty form and the list of what lies on the phone. It is
drawn without a request, so it cannot hold a name, a token or a choice of anybody's.
"""

import hashlib
import json
import re
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from cases import access, phone
from cases.forms.incident import IncidentForm, YouthFormSet, occasions_ahead, suggestions
from cases.models import Right
from cases.routes import needs

SCRIPTS = "js/field"
WORKER = f"{SCRIPTS}/worker.js"
NIGHTS_AHEAD = 4
OWN_FILE = re.compile(r'(?:href|src)="(/[^"#?]+\.(?:css|js|svg))')


@needs.nobody
@require_safe
def shell(request: HttpRequest) -> HttpResponse:
    """What lies on this phone, and the empty form; filled in by the phone itself."""
    return HttpResponse(_shell())


@needs.nobody
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, with the list of what it keeps; a new list whenever one byte differs."""
    return HttpResponse(_worker(), content_type="text/javascript; charset=utf-8")


@needs.background
@needs(Right.LOG_INCIDENT)
@require_safe
def key(request: HttpRequest) -> HttpResponse:
    """For the officer's own drafts: the key, a fresh token, and what the form suggests."""
    by = access.require(request.user, Right.LOG_INCIDENT)
    return JsonResponse(
        {
            "holder": phone.holder(by),
            "key": phone.key(by),
            "hours": settings.PHONE_HOURS,
            "token": get_token(request),
            "suggests": suggestions(by),
            "occasions": occasions_ahead(timezone.now(), nights=NIGHTS_AHEAD),
        }
    )


# Drawn once for each start of the product: neither depends on who asks.


@cache
def _shell() -> str:
    context = {
        "form": IncidentForm(by=None),
        "youths": YouthFormSet(on=timezone.localdate()),
        "action": reverse("incident-new"),
        "demo": settings.DEMO,
    }
    return render_to_string("phone.html", context)


@cache
def _worker() -> str:
    digest = hashlib.sha256(_shell().encode())
    files = sorted(set(OWN_FILE.findall(_shell())) | _scripts())
    for address in files:
        digest.update(address.encode() + _found(address).read_bytes())
    source = _found(settings.STATIC_URL + WORKER).read_text()
    digest.update(source.encode())
    facts = {
        "version": digest.hexdigest()[:16],
        "shell": reverse("phone"),
        "form": reverse("incident-new"),
        "files": files,
    }
    return f"const KEPT = {json.dumps(facts)};\n{source}"


def _scripts() -> set[str]:
    folder = _found(settings.STATIC_URL + WORKER).parent
    return {
        f"{settings.STATIC_URL}{SCRIPTS}/{path.name}"
        for path in folder.glob("*.js")
        if path.name != Path(WORKER).name
    }


def _found(address: str) -> Path:
    return Path(str(finders.find(address.removeprefix(settings.STATIC_URL))))
