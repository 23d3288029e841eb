"""Every route × everybody × every kind of object × method answers as the one table says."""

import json
import re
from datetime import time, timedelta
from http.cookies import SimpleCookie
from io import StringIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import transaction
from django.db.models import Max
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases import holds, sampling, staffing
from cases.models import (
    AccessEntry,
    DutyHours,
    EmergencyAccess,
    ErasureList,
    InformationMeeting,
    PatrolPass,
    Protection,
    Recovery,
    ResponsibleFunction,
    Role,
    RoleChange,
    SpecialDay,
    SupplyTip,
    User,
)
from kronoberg import policy, recovery
from kronoberg.statistics import questions
from notices import handouts, letters, samples
from notices.models import Document, HeldLetter, Letter, Message, PrintRun
from tests import cast, matrix
from tests.factories import make_case, make_person, make_referral
from tests.measures import make_measure, make_promise

# Objects that are named by a word instead of a key.
SLUGS = ("rule", "question", "window", "wording")
SLUG_OF = {
    "rule": ("key", "report"),
    "window-sheet": ("code", "H2"),
    **{f"wording{page}": ("name", "L6-sv") for page in ("", "-pdf", "-approve")},
    **{
        f"statistics-{page}": ("slug", questions.QUESTIONS[-1].slug)
        for page in ("question", "page-pdf", "csv", "xlsx")
    },
}
CANARIES = ("Kanariefågel", "Kanariegatan")
TOKENS = re.compile(
    r'(csrfmiddlewaretoken" value=|"x-csrftoken": )"\w+"|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}'
)


def canary(**columns: Any):
    return make_person(name=CANARIES[0], street=f"{CANARIES[1]} 7", **columns)


def make_letter(case: Any) -> UUID:
    letter = Letter.objects.create(
        organisation=case.organisation, case_id=case.pk, reference=f"B-2026-{case.reference[-6:]}",
        code="L1", addressee="vårdnadshavare 1", template_version="1", window="H2",
        facts="{}", facts_sha256="0" * 64, state="ready", made_by=case.author,
        made_at=timezone.now(), pdf_sha256="0" * 64,
    )  # fmt: skip
    Document.objects.create(letter=letter, content=b"%PDF")
    return letter.pk


def with_notice(referral: Any) -> Any:
    """A referral with the notice that it came with."""
    text = letters.to_json(samples.concern())
    Message.objects.create(
        notice_id=referral.notice_id, kind="notice", direction="in", case_id=referral.pk,
        organisation=referral.organisation, counterpart=cast.person("karin").organisation,
        payload=text, payload_sha256=letters.sha256(text), legal_ground="SoL 19:1",
        made_by=referral.author, made_at=timezone.now(),
    )  # fmt: skip
    return referral


def make_handout(case: Any) -> UUID:
    handout = handouts.order(
        CANARIES[0], title="Registerutdrag", file_name="utdrag.pdf", style="letter",
        by=case.author, case_id=case.pk,
    )  # fmt: skip
    return handout.pk


def make_held(case: Any) -> UUID:
    held = HeldLetter.objects.create(
        organisation=case.organisation, case_id=case.pk, code="L1", addressee="vårdnadshavare 1",
        reason="Adressen saknas.", other_way="Rätta den.", made_by=case.author,
        made_at=timezone.now(),
    )  # fmt: skip
    return held.pk


def make_pile(by: User) -> UUID:
    run = PrintRun(organisation=by.organisation, made_by=by, made_at=timezone.now())
    run.save()
    return run.pk


@pytest.fixture
def things() -> dict[str, Any]:
    """One object of each kind: Växjö's, with a canary for a name."""
    cases: dict[str, Any] = {
        "own_police": make_case("picked_up", by="karin", person=canary()),
        "colleagues": make_case("picked_up", by="omar", person=canary()),
        "closed": make_case("annulled", by="karin", person=canary()),
        "protected": make_case(
            "picked_up", by="karin", person=canary(protection=Protection.PROTECTED)
        ),
        "referral": with_notice(make_referral("received", person=canary())),
        "ended_referral": with_notice(make_referral("transferred", person=canary())),
    }
    gone = make_case("draft", by="karin", person=canary())
    erased = gone.pk
    gone.delete()
    keys = {name: case.pk for name, case in cases.items()}
    return keys | field_things() | steering_things() | trust_things(cases["own_police"]) | {
        "erased": erased,
        "missing": uuid4(),
        "incident": cases["own_police"].incident_id,
        "meeting": InformationMeeting.objects.create(
            organisation=cast.person("sara").organisation, at=timezone.now(),
            made_by=cast.person("sara"),
        ).pk,
        "letter": make_letter(cases["own_police"]),
        "handout": make_handout(cases["own_police"]),
        "held": make_held(cases["own_police"]),
        "protected_letter": make_letter(cases["protected"]),
    }  # fmt: skip


def field_things() -> dict[str, Any]:
    """What the field works with: a pass, a tip, a duty team's hours."""
    karin, now = cast.person("karin"), timezone.now()
    patrol = PatrolPass.objects.create(
        organisation=karin.organisation, municipality_id="0780", planned_by=karin,
        planned_from=now, planned_to=now + timedelta(hours=4),
    )  # fmt: skip
    patrol.team.add(karin)
    tip = SupplyTip.objects.create(
        organisation=karin.organisation, relation="car", registered_at=now
    )
    duty = DutyHours.objects.create(
        municipality_id="0780", weekday=4, opens=time(18), closes=time(2), team="Jouren",
        phone="112", valid_from=timezone.localdate(),
    )  # fmt: skip
    return {"pass": patrol.pk, "tip": tip.pk, "duty": duty.pk} | calendar_things()


def steering_things() -> dict[str, Any]:
    """What a coordinator has planned and promised."""
    measure = make_measure("klara", starts_on=timezone.localdate() - timedelta(days=30))
    promise = make_promise("klara", starts_on=timezone.localdate() - timedelta(days=30))
    activity = promise.activities.create(words="Fotboll", who="others", due_on=timezone.localdate())
    return {"measure": measure.pk, "promise": promise.pk, "activity": activity.pk}


def calendar_things() -> dict[str, Any]:
    """What a municipality keeps beside its duty team's hours."""
    today = timezone.localdate()
    day = SpecialDay.objects.create(
        municipality_id="0780", day=today + timedelta(days=9), label="Klämdag", office="closed",
        duty="usual",
    )  # fmt: skip
    function = ResponsibleFunction.objects.create(
        municipality_id="0780", task="children", name="Mottagningen", street="Box 1",
        postal_line="352 30 VÄXJÖ", valid_from=today + timedelta(days=9),
    )  # fmt: skip
    return {"special_day": day.pk, "function": function.pk}


def trust_things(case: Any) -> dict[str, Any]:
    """What oversight works with: a review, an emergency, an erasure, a lost sign-in."""
    karin, nils, pia = cast.person("karin"), cast.person("nils"), cast.person("pia")
    now, today = timezone.now(), timezone.localdate()
    opened = EmergencyAccess.objects.create(
        user=pia, organisation=pia.organisation, case_organisation=karin.organisation,
        case_id=case.pk, reason="danger",
        opened_at=now - timedelta(hours=2), ends_at=now - timedelta(hours=1),
    )  # fmt: skip
    erasure = ErasureList.objects.create(
        organisation=karin.organisation, due_by=today, proposed_at=now
    )
    return {
        "review": sampling.begin(nils.organisation, today, today, by=nils).pk,
        "emergency": opened.pk,
        "pile": make_pile(karin),
        "user": karin.pk,
        "role_change": asked_role(cast.person("omar"), by=cast.person("asta")),
        "erasure": erasure.pk,
        "hold": holds.place(
            case, by=cast.person("lena"), reason="Tvist i domstol", ends_on=today
        ).pk,
        "recovery": asked_recovery(karin, by=cast.person("lena")),
    }


def asked_recovery(user: User, *, by: User) -> UUID:
    recovery.ask(user, by=by)
    return Recovery.objects.get(user=user).pk


def asked_role(user: User, *, by: User) -> UUID:
    staffing.move(user, Role.LOG_REVIEWER, user.organisation, by=by)
    return RoleChange.objects.get(user=user).pk


def address(cell: matrix.Cell, things: dict[str, Any]) -> str:
    if cell.thing == "-":
        return reverse(cell.route)
    if cell.thing in SLUGS or cell.route in SLUG_OF:
        name, slug = SLUG_OF[cell.route]
        return reverse(cell.route, kwargs={name: slug if cell.thing in SLUGS else "nothing"})
    if cell.route in ("mfa_remove_webauthn", "mfa_edit_webauthn"):
        return reverse(cell.route, kwargs={"pk": 1})
    if cell.route.startswith("openid"):
        return reverse(cell.route, kwargs={"provider_id": "arbetsplatsen"})
    parts: dict[str, Any] = {"pk": things[cell.thing]}
    if cell.route.startswith("step"):
        parts["action"] = matrix.STEPS[cell.thing][0]
    if cell.route == "letter-step":
        parts["action"] = "print_letter"
    if cell.route == "step-about":
        parts["about"] = UUID(int=0)
    return reverse(cell.route, kwargs=parts)


def ask(client: Client, method: str, address: str) -> Any:
    """The answer with the rows it left in the log; whatever it changed is undone, also what the
    limits on sign-in have counted.
    """
    cache.clear()
    cookies = SimpleCookie({name: morsel.value for name, morsel in client.cookies.items()})
    last = AccessEntry.objects.aggregate(pk=Max("pk", default=0))["pk"]
    with transaction.atomic():
        answer = client.generic(method, address)
        left = AccessEntry.objects.filter(pk__gt=last).values_list("kind", flat=True)
        answer.__dict__["log_rows"] = list(left)
        transaction.set_rollback(True)
    client.cookies = cookies
    return answer


def plain(answer: Any, address: str) -> tuple[int, list[tuple[str, str]], str]:
    """Status, headers and body without what is new every time and without the address itself."""
    # The length says how long the address is, which stands in the page; the body is compared.
    headers = sorted(pair for pair in answer.headers.items() if pair[0] != "Content-Length")
    body = answer.content.decode(errors="replace").replace(address, "")
    return answer.status_code, headers, TOKENS.sub("", body)


def test_every_route_has_a_row_and_every_row_a_route() -> None:
    routes = {str(route["name"]): route for route in policy.every_route()}
    said = matrix.rows()

    assert set(said) == set(routes), "a new route needs a row in tests/matrix.py"
    for name, (methods, thing, _) in said.items():
        assert methods.split(",") == routes[name]["methods"], name
        assert (None if thing == "-" else thing) == routes[name]["object"], name


def test_every_route_answers_everybody_as_the_table_says(
    things: dict[str, Any], caplog: pytest.LogCaptureFixture, web_process: Any
) -> None:
    clients = {"nobody": Client()}
    for who in matrix.table(matrix.WHO)["in"]:
        clients[who] = Client()
        clients[who].force_login(cast.person(who))
    caplog.set_level("ERROR")
    nothing: dict[tuple[str, str, str], Any] = {}
    wrong, n_cells, n_open = [], 0, 0
    every = sorted(matrix.cells(), key=lambda cell: cell.thing != "missing")
    for cell in every:
        answer = ask(clients[cell.who], cell.method, address(cell, things))
        n_cells, n_open = n_cells + 1, n_open + (answer.status_code == 200)
        if answer.status_code not in cell.wanted:
            wrong.append(f"{cell}: {answer.status_code}")
        if not cell.rows_are_right(answer.status_code, answer.log_rows):
            wrong.append(f"{cell}: {answer.status_code} left {answer.log_rows} in the log")
        key = (cell.route, cell.method, cell.who)
        if cell.thing == "missing":
            nothing[key] = plain(answer, address(cell, things))
        if cell.hides:
            if plain(answer, address(cell, things)) != nothing[key]:
                wrong.append(f"{cell}: does not answer as what does not exist")
            if any(name in answer.content.decode(errors="replace") for name in CANARIES):
                wrong.append(f"{cell}: shows a name")

    assert wrong == []
    assert web_process.tried == [], "PDFs are made by the worker (notices/handouts.py)"
    assert n_cells > 2000
    assert n_open / n_cells > 0.03, "a matrix of refusals proves nothing"


def test_the_routes_and_the_policy_can_be_read_by_a_machine() -> None:
    printed: dict[str, Any] = {}
    for command in ("routes", "policy"):
        out = StringIO()
        call_command(command, "--json", stdout=out)
        printed[command] = json.loads(out.getvalue())

    [case] = [route for route in printed["routes"] if route["name"] == "case"]
    assert case == {
        "pattern": "/arenden/<uuid:pk>/",
        "name": "case",
        "methods": ["GET"],
        "right": "signed in",
        "parameters": {"pk": "uuid"},
        "object": "case",
    }
    assert "review_log" in printed["policy"]["roles"]["log_reviewer"]["rights"]
    moves = printed["policy"]["transitions"]["YouthCase"]
    [review] = [move for move in moves if move["action"] == "review"]
    assert (review["from"], review["not_by_author"]) == ("reported", True)
