"""Break-glass: one case, one hour, read only, told to both units, judged by somebody else."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from cases import access, emergency, workflow
from cases.models import AccessEntry, EmergencyAccess, Protection
from tests import cast
from tests.factories import make_case, make_person, make_referral, request_of
from tests.test_access import answer

WORDS = {"reason": "danger", "words": "Pojken är försvunnen i kylan."}


def break_glass(username: str, reference: str) -> Any:
    return emergency.open_case(request_of(username, "post"), reference, **WORDS)


def test_a_case_of_another_unit_opens_for_an_hour_and_for_one_reader(time_machine) -> None:
    case = make_case("picked_up")
    assert answer("per", case.pk) == "absent"

    break_glass("per", case.reference.lower())

    assert answer("per", case.pk) == "shown"
    assert answer("pia", case.pk) == "absent"
    time_machine.move_to(timezone.now() + emergency.LASTS)
    assert answer("per", case.pk) == "absent"


def test_a_patrol_opens_a_colleagues_case_of_the_own_unit() -> None:
    case = make_case("draft", by="omar")

    break_glass("karin", case.reference)

    assert answer("karin", case.pk) == "shown"


def test_it_opens_for_reading_and_for_no_step() -> None:
    case = make_case("draft")
    break_glass("pia", case.reference)

    assert answer("pia", case.pk, "pick_up") == "refused"
    with pytest.raises(PermissionDenied):
        workflow.perform(case, "pick_up", by=cast.person("pia"))


def test_it_is_not_on_the_list_of_work(client) -> None:
    case = make_case("draft")
    break_glass("per", case.reference)
    client.force_login(cast.person("per"))

    assert case.reference not in client.get(reverse("worklist")).content.decode()


def test_both_units_logs_say_so_at_once_and_the_reading_too() -> None:
    case = make_case("picked_up")
    break_glass("per", case.reference)
    answer("per", case.pk)

    rows = AccessEntry.objects.filter(subject_id=case.pk, actor__username="per").order_by("id")
    here, there = cast.person("per").organisation, case.organisation
    told = [row for row in rows if row.kind == "emergency"]
    assert {row.organisation_id for row in told} == {here.pk, there.pk}
    assert all(row.remark_id for row in told)
    last = rows.latest("id")
    assert (last.kind, last.purpose) == ("read", "emergency")
    assert [*AccessEntry.faults(here), *AccessEntry.faults(there)] == []


@pytest.mark.parametrize("username", ["sara", "alva", "nils", "asta", "klara"])
def test_no_emergency_crosses_the_border_or_opens_for_who_reads_no_cases(client, username) -> None:
    case = make_case("picked_up")
    client.force_login(cast.person(username))

    page = client.post(reverse("emergency"), {"reference": case.reference} | WORDS)

    assert page.status_code in (403, 422)
    assert answer(username, case.pk) == "absent"
    assert not EmergencyAccess.objects.exists()


def test_another_municipality_is_another_authority() -> None:
    referral = make_referral("received")

    with pytest.raises(emergency.NotOpened):
        break_glass("alva", referral.reference)


def test_a_protected_identity_stays_masked(client) -> None:
    case = make_case(
        "handed_over", by="karin", person=make_person(protection=Protection.PROTECTED, name="Kan")
    )
    break_glass("per", case.reference)
    client.force_login(cast.person("per"))

    page = client.get(reverse("case", kwargs={"pk": case.pk})).content.decode()

    assert "Skyddad identitet" in page
    assert case.person.street not in page


def test_a_reader_who_is_made_an_administrator_meanwhile_reads_nothing() -> None:
    case, per = make_case("picked_up"), cast.person("per")
    break_glass("per", case.reference)
    per.role = "administrator"
    per.save()
    access.enrol(per)

    assert answer("per", case.pk) == "absent"


def test_trying_numbers_is_stopped_and_every_try_is_logged() -> None:
    case = make_case("picked_up")
    request = request_of("per", "post")
    request.resolver_match = type("Match", (), {"view_name": "emergency"})()
    for _ in range(emergency.TRIES_AN_HOUR):
        with pytest.raises(emergency.NotOpened, match="Inget ärende"):
            emergency.open_case(request, "K-1999-000001", **WORDS)

    with pytest.raises(emergency.NotOpened, match="för många"):
        emergency.open_case(request, case.reference, **WORDS)

    tries = AccessEntry.objects.filter(page="emergency", kind="refused")
    assert tries.count() == emergency.TRIES_AN_HOUR + 1


def test_five_a_day_and_no_more() -> None:
    for _ in range(emergency.A_DAY):
        break_glass("per", make_case("draft").reference)

    with pytest.raises(emergency.NotOpened, match="för många"):
        break_glass("per", make_case("draft").reference)


def test_the_page_opens_the_case_and_keeps_what_was_typed_when_it_cannot(client) -> None:
    case = make_case("picked_up")
    client.force_login(cast.person("per"))

    wrong = client.post(reverse("emergency"), {"reference": "K-1999-000001"} | WORDS)
    right = client.post(reverse("emergency"), {"reference": case.reference} | WORDS)

    assert wrong.status_code == 422 and WORDS["words"] in wrong.content.decode()
    assert right.url == reverse("case", kwargs={"pk": case.pk})
    assert client.get(right.url).status_code == 200
    assert right.url in client.get(reverse("emergency")).content.decode()


@pytest.mark.parametrize("judge", ["nils", "lena"])
def test_somebody_else_judges_and_it_is_done_once(client, judge: str) -> None:
    case = make_case("picked_up")
    break_glass("per", case.reference)
    opened = EmergencyAccess.objects.get()
    client.force_login(cast.person(judge))
    page = reverse("emergency-judge", kwargs={"pk": opened.pk})
    assert "Per Holm" in client.get(reverse("emergencies")).content.decode()

    client.post(page, {"verdict": "justified", "words": "Larmet fanns i loggen."})

    opened.refresh_from_db()
    assert (opened.reviewed_by, opened.verdict) == (cast.person(judge), "justified")
    assert client.get(page).status_code == 404
    assert "Per Holm" not in client.get(reverse("emergencies")).content.decode()


@pytest.mark.parametrize("protection", [Protection.PROTECTED, Protection.NOT_PROTECTED])
def test_a_judge_reads_no_reason_about_somebody_protected(client, protection: str) -> None:
    case = make_case("picked_up", person=make_person(protection=protection))
    break_glass("per", case.reference)
    client.force_login(cast.person("nils"))
    page = reverse("emergency-judge", kwargs={"pk": EmergencyAccess.objects.get().pk})

    said = client.get(page).content.decode()

    assert (WORDS["words"] in said) == (protection == Protection.NOT_PROTECTED)
    assert AccessEntry.objects.filter(kind="log", subject_id=case.pk).count() == 1


def test_judging_an_emergency_is_no_reason_to_read_the_case(client) -> None:
    case = make_case("annulled")
    break_glass("per", case.reference)
    opened, lena = EmergencyAccess.objects.get(), cast.person("lena")

    emergency.judge(opened, by=lena, verdict="justified", words="Larmet fanns i loggen.")

    with pytest.raises(access.ReasonNeeded):
        access.get_case(request_of("lena"), case.pk)


def test_nobody_judges_their_own_not_even_past_the_page(client) -> None:
    case = make_case("picked_up", by="omar")
    break_glass("lena", case.reference)
    opened, lena = EmergencyAccess.objects.get(), cast.person("lena")
    client.force_login(lena)

    page = reverse("emergency-judge", kwargs={"pk": opened.pk})

    assert client.get(page).status_code == 404
    with pytest.raises(emergency.NotYours):
        emergency.judge(opened, by=lena, verdict="justified", words="Jag tyckte det.")
    with pytest.raises(IntegrityError), transaction.atomic():
        EmergencyAccess.objects.update(reviewed_by=lena)


def test_a_third_unit_hears_nothing(client) -> None:
    break_glass("pia", make_case("picked_up").reference)
    client.force_login(cast.person("nora"))

    assert "Pia" not in client.get(reverse("emergencies")).content.decode()
