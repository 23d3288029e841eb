"""Headers on every page, no file taken, and nothing personal in an address, a title or a log."""

import io
import json
import logging
import re
import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings
from django.core.checks import run_checks
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import RequestFactory
from django.urls import reverse
from django.views.debug import get_exception_reporter_filter

from kronoberg import checks, policy
from kronoberg.scrubbing import ScrubbedFormatter, scrub
from tests import cast
from tests.factories import make_case, make_person

CANARY = "Kanariefågelström"
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "SAMEORIGIN",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-store",
}


SQLITE: dict[str, Any] = {
    "ENGINE": "django.db.backends.sqlite3",
    "OPTIONS": {
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; "
        "PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON;",
    },
}


def sqlite(*, without: str) -> dict[str, Any]:
    options = {name: text.replace(without, "") for name, text in SQLITE["OPTIONS"].items()}
    return SQLITE | {"OPTIONS": options}


def plain_routes() -> list[str]:
    return [
        str(route["name"])
        for route in policy.every_route()
        if not route["parameters"] and "GET" in route["methods"]
    ]


def test_whoever_asks_for_the_head_of_a_page_alone_is_answered_as_for_the_page(client) -> None:
    client.force_login(cast.person("lena"))

    different = []
    for name in plain_routes():
        head, page = client.head(reverse(name)), client.get(reverse(name))
        if head.status_code != page.status_code or head.content:
            different.append((name, head.status_code, page.status_code))

    assert different == []


@pytest.mark.parametrize("username", ["lena", "hanna", "asta", "nils"])
def test_every_page_carries_every_header(client, username: str) -> None:
    client.force_login(cast.person(username))
    wrong = []
    for name in plain_routes():
        answer = client.get(reverse(name))
        policy_said = answer.headers.get("Content-Security-Policy", "")
        if "default-src 'none'" not in policy_said or "unsafe" in policy_said:
            wrong.append((name, "CSP"))
        if answer.headers.get("Content-Type", "").startswith("text/html"):
            wrong += [(name, key) for key in HEADERS if key not in answer.headers]
            if "no-store" not in answer.headers.get("Cache-Control", ""):
                wrong.append((name, "cached"))

    assert wrong == []


def test_no_address_takes_anything_but_random_ids_and_our_own_words() -> None:
    kinds = {kind for route in policy.every_route() for kind in route["parameters"].values()}

    assert kinds <= {"uuid", "slug", "int"}


def test_no_name_stands_in_a_title_an_address_or_a_header(client) -> None:
    case = make_case("picked_up", by="karin", person=make_person(name=CANARY))
    client.force_login(cast.person("karin"))

    answer = client.get(reverse("case", kwargs={"pk": case.pk}))

    page = answer.content.decode()
    assert CANARY in page
    assert CANARY not in str(re.findall(r"<title>.*?</title>", page, re.DOTALL))
    assert CANARY not in str(re.findall(r'(?:href|src|action)="[^"]*"', page))
    assert CANARY not in str(answer.headers)


@pytest.mark.parametrize(
    ("back", "leads"),
    [
        ("/arbetslista/", "/arbetslista/"),
        ("worklist", "worklist"),  # an address beside this one, never the page of that name
        ("https://example.org/", "/"),
        ("//example.org", "/"),
        ("javascript:alert(1)", "/"),
        ("{{7*7}}", "%7B%7B7*7%7D%7D"),
    ],
)
def test_a_look_is_chosen_whatever_page_one_comes_from(client, back: str, leads: str) -> None:
    answer = client.post(reverse("theme"), {"theme": "natt", "next": back})

    assert (answer.status_code, answer.url) == (302, leads)
    assert answer.cookies["theme"].value == "natt"


def test_no_page_takes_a_file(client) -> None:
    client.force_login(cast.person("karin"))
    file = SimpleUploadedFile("bild.png", b"x" * 100, content_type="image/png")

    answer = client.post(reverse("search"), {"what": "Anna Berg", "purpose": "match", "fil": file})

    assert answer.status_code == 400


# Logs -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("nummer 20110412-2385 och 110412-2385", "nummer <nummer> och <nummer>"),
        ("201104122385", "<nummer>"),
        ("ring 070-174 06 05 eller +46701740605", "ring <nummer> eller <nummer>"),
        ("anna@example.org", "<e-post>"),
        ("/arenden/0e1d8b47-5527-4d91-9e90-c4bb26751492/", "/arenden/<id>/"),
        ("Not Found: /arbetslista/?q=Anna+Berg", "Not Found: /arbetslista/?…"),
        ("letter made in 12 ms, 200 rows", "letter made in 12 ms, 200 rows"),
    ],
)
def test_numbers_ids_and_queries_are_masked(text: str, left: str) -> None:
    assert scrub(text) == left


def written(log: Any) -> str:
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(ScrubbedFormatter("{levelname} {name} {message}", style="{"))
    logger = logging.getLogger("kronoberg.test")
    logger.addHandler(handler)
    try:
        log(logger)
    finally:
        logger.removeHandler(handler)
    return out.getvalue()


def test_an_exceptions_own_words_are_not_written() -> None:
    def fail(logger: logging.Logger) -> None:
        try:
            raise ValueError(f"{CANARY} 20110412-2385")
        except ValueError:
            logger.exception("could not save %s", "20110412-2385")

    line = written(fail)

    assert CANARY not in line and "2385" not in line
    assert "builtins.ValueError" in line and "test_hardening.py" in line
    assert "could not save <nummer>" in line


def test_every_log_of_the_product_goes_through_the_scrubber() -> None:
    logs: Any = settings.LOGGING
    assert [made["()"] for made in logs["formatters"].values()] == [
        "kronoberg.scrubbing.ScrubbedFormatter"
    ]
    assert all(handler["formatter"] for handler in logs["handlers"].values())
    assert logs["loggers"]["django"]["handlers"] == []
    assert not settings.ADMINS and not settings.MANAGERS


def test_a_page_that_fails_writes_nothing_of_what_was_sent(client, monkeypatch, caplog) -> None:
    from cases import search

    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError(f"{CANARY} finns inte")

    monkeypatch.setattr(search, "find", fail)
    client.force_login(cast.person("karin"))
    client.raise_request_exception = False

    answer = client.post(reverse("search"), {"what": f"Anna {CANARY}", "purpose": "match"})

    formatter = ScrubbedFormatter("{levelname} {name} {message}", style="{")
    lines = "\n".join(formatter.format(record) for record in caplog.records)
    assert answer.status_code == 500
    assert "RuntimeError" in lines and CANARY not in lines
    assert CANARY not in answer.content.decode()


def test_an_error_report_holds_no_value() -> None:
    request = RequestFactory().post("/", {"what": CANARY}, headers={"cookie": f"a={CANARY}"})
    hides = get_exception_reporter_filter(request)
    name = CANARY
    frame = sys._getframe()

    shown = (
        hides.get_post_parameters(request),
        hides.get_traceback_frame_variables(request, frame),
        hides.get_safe_request_meta(request),
    )

    assert name not in str(shown)
    assert ("name", "***") in shown[1]


# The installation -------------------------------------------------------------------------------


def test_an_installation_in_earnest_passes_every_check_of_deployment(tmp_path) -> None:
    (tmp_path / "data" / "static").mkdir(parents=True)
    environment = {
        "PATH": "/usr/bin:/bin",
        "DJANGO_SETTINGS_MODULE": "kronoberg.settings",
        "KRONOBERG_DATA": str(tmp_path / "data"),
        "KRONOBERG_KEYS": str(tmp_path / "keys"),
        "KRONOBERG_HTTPS": "1",
    }
    for command in (["make_keys"], ["check", "--deploy", "--fail-level=WARNING"]):
        done = subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip

        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("KEYS_DIR", "inside", "kronoberg.W010"),
        ("DEMO", True, "kronoberg.E011"),
        ("MFA_REQUIRED", False, "kronoberg.E012"),
        ("ALLOWED_HOSTS", ["*"], "kronoberg.E013"),
        ("DEBUG", True, "kronoberg.E014"),
        ("CACHES", {"default": {"BACKEND": "x.locmem.LocMemCache"}}, "kronoberg.E021"),
        ("CACHES", {"default": {"BACKEND": "x.dummy.DummyCache"}}, "kronoberg.E021"),
        ("KEYS_DIR", "open", "kronoberg.E016"),
        ("IDLE_MINUTES", 61, "kronoberg.E017"),
        ("IDLE_MINUTES_PATROL", 600, "kronoberg.E017"),
        ("OIDC_SERVER", "http://idp.example.org", "kronoberg.E019"),
        ("CELERY_BROKER_URL", "redis://queue.example.org/0", "kronoberg.E020"),
    ],
)
def test_an_installation_that_is_not_is_named(settings, tmp_path, name, value, fault) -> None:
    settings.DATA_DIR, settings.KEYS_DIR = tmp_path / "data", tmp_path / "keys"
    settings.MFA_REQUIRED, settings.DEMO, settings.DEBUG = True, False, False
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.filebased.F"}}
    (tmp_path / "wide").mkdir(mode=0o755)
    if value == "open":
        value = tmp_path / "wide"
    assert checks.installation_is_in_earnest() == []

    setattr(settings, name, tmp_path / "data" / "keys" if value == "inside" else value)

    assert [each.id for each in checks.installation_is_in_earnest()] == [fault]


IN_EARNEST = {
    "SECRET_KEY": "4f0e5b6a91c27d83e5aa90cc1d77b3f2e86d1b0c49a7532e-51c0e7",
    "ALLOWED_HOSTS": ["kronoberg.example.org"],
    "SECURE_HSTS_SECONDS": 31_536_000,
    "SECURE_HSTS_INCLUDE_SUBDOMAINS": True,
    "SECURE_HSTS_PRELOAD": True,
    "SECURE_SSL_REDIRECT": True,
    "SESSION_COOKIE_SECURE": True,
    "CSRF_COOKIE_SECURE": True,
}


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("SECRET_KEY", "short", "security.W009"),
        ("SECRET_KEY", "django-insecure-" + "x1y2z3" * 8, "security.W009"),
        ("SECRET_KEY", "x" * 60, "security.W009"),
        ("ALLOWED_HOSTS", [], "security.W020"),
        ("SECURE_HSTS_SECONDS", 0, "security.W004"),
        ("SECURE_SSL_REDIRECT", False, "security.W008"),
        ("SESSION_COOKIE_SECURE", False, "security.W012"),
        ("CSRF_COOKIE_SECURE", False, "security.W016"),
        ("SECURE_CONTENT_TYPE_NOSNIFF", False, "security.W006"),
        ("SECURE_REFERRER_POLICY", None, "security.W022"),
        ("DEBUG", True, "security.W018"),
    ],
)
def test_a_setting_that_lets_somebody_in_is_named_by_django(settings, name, value, fault) -> None:
    for each, right in IN_EARNEST.items():
        setattr(settings, each, right)
    assert django_says() == []

    setattr(settings, name, value)

    assert django_says() == [fault]


def django_says() -> list[str]:
    found = run_checks(tags=["security"], include_deployment_checks=True)
    # What the settings silence (our own pages frame our own PDFs) is a decision, no fault.
    told = [str(each.id) for each in found if not each.is_silenced()]
    return [each for each in told if each.startswith("security.")]


def test_the_bill_of_materials_names_every_package_of_the_lock() -> None:
    out = io.StringIO()
    call_command("sbom", stdout=out)

    parts = {part["name"]: part for part in json.loads(out.getvalue())["components"]}

    lock = (settings.BASE_DIR / "requirements/runtime.txt").read_text()
    assert len(parts) == len(re.findall(r"^[\w.-]+(?:\[.*\])?==", lock, re.MULTILINE)) > 20
    assert all(part["hashes"] for part in parts.values())
    assert parts["django"]["purl"] == f"pkg:pypi/django@{parts['django']['version']}"


@pytest.mark.parametrize(
    "part", ["WAL", "FULL", "foreign_keys=ON", "secure_delete=ON", "IMMEDIATE"]
)
def test_a_sqlite_that_can_lose_what_it_said_was_saved_is_named(part: str) -> None:
    assert checks.of_the_database(SQLITE) == []

    assert [each.id for each in checks.of_the_database(sqlite(without=part))] == ["kronoberg.E018"]
