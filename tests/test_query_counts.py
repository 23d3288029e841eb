"""Every list asks the database as many questions for eight rows as for two."""

from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from guardian.shortcuts import assign_perm

from cases import access
from cases.models import (
    Absence,
    AccessEntry,
    AccessibilityReport,
    DutyHours,
    EmergencyAccess,
    ErasureList,
    Incident,
    InformationMeeting,
    LogReview,
    Organisation,
    Right,
    Rule,
    User,
)
from notices.models import Letter
from tests import cast, households
from tests.factories import (
    make_appointment,
    make_case,
    make_custodian,
    make_incident,
    make_person,
    make_referral,
)
from tests.test_passes import make_pass
from tests.test_tips import make_tip

NOW = timezone.now


def another_case(_: int) -> None:
    """With a custodian, so that what hangs on a person is read too."""
    case = make_case("contacting_custodians")
    make_custodian(case.person)


def another_units_case(n: int) -> None:
    """In a unit of its own, which Omar may read too."""
    omar = cast.person("omar")
    unit = Organisation.objects.create(
        kind=omar.organisation.kind, authority=omar.organisation.authority, name=f"Enhet {n}",
        municipality_id="0780",
    )  # fmt: skip
    author = access.enrol(
        User.objects.create(username=f"annan{n}", name=f"Annan {n}", role=omar.role,
                            organisation=unit)
    )  # fmt: skip
    make_case("picked_up", by=author.username)
    assign_perm(Right.VIEW_YOUTHCASE, omar.groups.get(), unit)


def another_of_one_stop(_: int) -> None:
    """One more youth in the newest stop, met before in another."""
    met = make_person(15)
    make_case("handed_over", person=met, incident=make_incident(
        started_at=NOW() - timedelta(days=3)))  # fmt: skip
    again = make_person(15, personal_number=met.personal_number, birth_date=met.birth_date)
    stop = Incident.objects.filter(place_type="centre").first() or make_incident(
        place_type="centre"
    )
    make_case("contacting_custodians", person=again, incident=stop)


def another_pass(_: int) -> None:
    made = make_pass()
    make_case("picked_up", incident=make_incident(patrol_pass=made))


def another_meeting(n: int) -> None:
    sara = cast.person("sara")
    InformationMeeting.objects.create(
        organisation=sara.organisation, at=NOW() + timedelta(days=n + 1), place="Aulan",
        made_by=sara,
    )  # fmt: skip


def another_talk(_: int) -> None:
    make_appointment(make_referral("protection_assessed")).save()


def another_review(n: int) -> None:
    nils, day = cast.person("nils"), date(2026, 1, 1) + timedelta(days=n)
    LogReview.objects.create(
        organisation=nils.organisation, first_day=day, last_day=day, n_rows=0, made_by=nils,
        made_at=NOW(),
    )  # fmt: skip


def another_reading(_: int) -> None:
    karin = cast.person("karin")
    AccessEntry.append(
        karin.organisation, by=karin, kind="read", page="case", subject_id=uuid4(), purpose="duty"
    )


def another_emergency(_: int) -> None:
    karin, case = cast.person("karin"), make_case("picked_up", by="omar")
    EmergencyAccess.objects.create(
        user=karin, organisation=karin.organisation, case_organisation=case.organisation,
        case_id=case.pk, reason="danger", words="Saknas i kylan.", opened_at=NOW(),
        ends_at=NOW() + timedelta(hours=1),
    )  # fmt: skip


def another_duty(n: int) -> None:
    DutyHours.objects.create(
        municipality_id="0780", weekday=n % 7, opens=time(17), closes=time(2), team="Jouren",
        phone="070-174 06 08", valid_from=date(2025, 7, 1) + timedelta(days=n),
    )  # fmt: skip


def another_absence(n: int) -> None:
    sara, hanna = cast.person("sara"), cast.person("hanna")
    away = access.enrol(
        User.objects.create(username=f"borta{n}", name=f"Borta {n}", role=sara.role,
                            organisation=sara.organisation)
    )  # fmt: skip
    today = timezone.localdate()
    Absence.objects.create(
        absent=away, substitute=sara, first_day=today, last_day=today, made_by=hanna, made_at=NOW()
    )


def another_rule(n: int) -> None:
    Rule.objects.create(
        key=f"rule_{n}", label=f"Regel {n}", value=n, unit="days", standing="practice",
        valid_from=date(2025, 7, 1),
    )  # fmt: skip


def another_erasure(n: int) -> None:
    omar = cast.person("omar")
    ErasureList.objects.create(
        organisation=omar.organisation, due_by=date(2026, 1, 1), proposed_at=NOW(),
        approved_by=omar, approved_at=NOW(), done_at=NOW(),
    )  # fmt: skip


def another_report(n: int) -> None:
    AccessibilityReport.objects.create(text=f"Det går inte {n}.", sent_at=NOW())


def another_tip(_: int) -> None:
    make_tip(nick="snabb")


def another_namesake(_: int) -> None:
    make_case("picked_up", person=make_person(15, name="Signe Kanarie"))


def another_letter(_: int) -> None:
    households.notified()
    Letter.objects.update(state="failed")


def another_paper_notice(_: int) -> None:
    case = make_case("reviewed", person=make_person(15, municipality="0760"))
    households.police(case, "notify")


def address(name: str) -> str:
    if name == "incident":
        return reverse("incident", args=[Incident.objects.get(place_type="centre").pk])
    return reverse(name)


# Who reads which list, and what one more row of it is.
LISTS: list[tuple[str, str, Callable[[int], None]]] = [
    ("worklist", "karin", another_case),
    ("worklist", "lena", another_case),
    ("worklist", "omar", another_units_case),
    ("worklist", "hanna", another_talk),
    ("start", "karin", another_case),
    ("incident", "karin", another_of_one_stop),
    ("passes", "karin", another_pass),
    ("meetings", "sara", another_meeting),
    ("calendar", "sara", another_talk),
    ("reviews", "nils", another_review),
    ("log", "nils", another_reading),
    ("emergencies", "lena", another_emergency),
    ("duty", "asta", another_duty),
    ("absences", "hanna", another_absence),
    ("rules", "asta", another_rule),
    ("erasure", "lena", another_erasure),
    ("accessibility-reports", "asta", another_report),
    ("tips", "omar", another_tip),
    ("post", "omar", another_paper_notice),
    ("letters-unmade", "omar", another_letter),
    ("notices-unreceipted", "omar", another_paper_notice),
    ("search", "omar", another_namesake),
    ("statistics", "klara", another_case),
]


def asked(client: Any, name: str) -> int:
    sent = {"what": "Signe Kanarie", "purpose": "match"} if name == "search" else None
    url = address(name)
    with CaptureQueriesContext(connection) as queries:
        answer = client.post(url, sent) if sent else client.get(url, follow=True)
    assert answer.status_code == 200, (name, answer.status_code)
    return len(queries)


@pytest.mark.parametrize(("name", "who", "another"), LISTS, ids=[f"{n}-{w}" for n, w, _ in LISTS])
def test_a_list_asks_as_many_questions_for_eight_rows_as_for_two(client, name, who, another):
    client.force_login(cast.person(who))
    counted = []
    for first, last in ((0, 2), (2, 8)):
        for n in range(first, last):
            another(n)
        asked(client, name)  # what a process or a session asks once
        counted.append(asked(client, name))

    assert counted[0] == counted[1]
