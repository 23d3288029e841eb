"""Gone is gone: in every table, every file and every letter, with proof left."""

from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from dateutil.relativedelta import relativedelta
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from cases import access, holds, retention, search, workflow
from cases.models import (
    AccessEntry,
    AccessibilityReport,
    ContactMade,
    ErasureItem,
    ErasureList,
    FollowUp,
    FollowUpCheck,
    Incident,
    JournalEntry,
    LegalHold,
    Person,
    Remark,
    YouthCase,
)
from cases.models.journal import ChainedEntry
from kronoberg import erasure
from kronoberg.statistics.models import FrozenTable
from tests import cast
from tests.factories import (
    make_case,
    make_custodian,
    make_person,
    make_referral,
    make_tip,
    request_of,
)

TODAY = timezone.localdate()
A_YEAR = relativedelta(years=1)


def places_of(key: Any) -> list[str]:
    """Every column of every table in which `key` stands, but for the logs and the protocol."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        if issubclass(model, ChainedEntry) or model is ErasureItem:
            continue
        for field in model._meta.concrete_fields:
            key_of: Any = field
            target = key_of.target_field if field.is_relation else field
            if target.get_internal_type() != "UUIDField":
                continue
            if model._base_manager.filter(**{field.attname: key}).exists():
                found.append(f"{model._meta.label}.{field.name}")
    return found


@pytest.fixture
def approved() -> tuple[YouthCase, ErasureList]:
    """Lena's approval of a list with a case that has lived: calls, seizures, letters, reasons."""
    case = make_case("closed", by="karin")
    make_custodian(case.person)
    access.give_reason(request_of("magnus"), case.pk, purpose="other", words="Kanarieskäl")
    [batch] = erasure.propose(TODAY + A_YEAR)
    erasure.approve(batch, by=cast.person("lena"))
    return case, ErasureList.objects.get()


def test_nothing_of_an_erased_case_is_left_in_any_table(approved) -> None:
    case, batch = approved
    keys = [case.pk, case.person_id, case.incident_id, case.person.custodians.first().pk]
    words = JournalEntry.objects.filter(case_id=case.pk, remark_id__isnull=False)
    assert all(places_of(key) for key in keys)

    assert erasure.carry_out(batch) == 1

    assert [places_of(key) for key in keys] == [[], [], [], []]
    assert not Remark.objects.filter(pk__in=words.values("remark_id")).exists()
    assert not any(remark.text == "Kanarieskäl" for remark in Remark.objects.all())


def test_the_log_of_an_erased_case_still_proves_itself(approved) -> None:
    case, batch = approved
    erasure.carry_out(batch)

    call_command("verify_journal", stdout=StringIO())
    assert JournalEntry.objects.filter(case_id=case.pk).exists()


def test_the_protocol_says_what_went_and_names_nobody(approved) -> None:
    case, batch = approved
    erasure.carry_out(batch)

    item = ErasureItem.objects.get(object_id=case.pk)
    assert item.erased_at and item.n_rows > 3 and item.rule == "retention_police"
    row = str(ErasureItem.objects.filter(pk=item.pk).values().get())
    assert case.reference not in row and case.person.name not in row


def test_figures_are_frozen_before_anything_goes(approved, time_machine) -> None:
    _, batch = approved
    time_machine.move_to(timezone.now() + A_YEAR)

    erasure.carry_out(batch)

    assert FrozenTable.objects.exists()


def test_a_sibling_case_keeps_the_person_and_the_incident() -> None:
    person = make_person()
    old, new = make_case("annulled", person=person), make_case("picked_up", person=person)

    erasure.erase(old)

    assert Person.objects.filter(pk=person.pk).exists()
    assert YouthCase.objects.get(pk=new.pk).person.name == person.name
    assert not Incident.objects.filter(pk=old.incident_id).exists()


def test_a_referral_goes_with_every_row_that_holds_on_to_another() -> None:
    """Checks point to the follow-up that did them, contacts to whom they were with."""
    case, sara = make_referral("closed"), cast.person("sara")
    custodian = make_custodian(case.person)
    now = timezone.now()
    done = FollowUp.objects.create(
        case_id=case.pk, kind="phone", at=now, youth="came", custodians="came", made_by=sara
    )
    FollowUpCheck.objects.create(referral=case, months=9, due_on=timezone.localdate(), done_by=done)
    ContactMade.objects.create(
        referral=case, who="custodian", custodian=custodian, kind="phone", at=now,
        result="reached", made_by=sara,
    )  # fmt: skip

    keys = (case.pk, case.person_id, done.pk, custodian.pk)

    erasure.erase(case)

    assert [places_of(key) for key in keys] == [[], [], [], []]


def test_a_tip_outlives_the_case_and_names_no_incident() -> None:
    case = make_case("annulled")
    clue = make_tip(incident=case.incident)

    erasure.erase(case)

    clue.refresh_from_db()
    assert clue.incident_id is None


def test_nothing_goes_that_nobody_has_approved() -> None:
    make_case("annulled")
    [batch] = erasure.propose(TODAY + A_YEAR)

    with pytest.raises(erasure.NotApproved):
        erasure.carry_out(batch)
    assert erasure.sweep() == 0
    with pytest.raises(IntegrityError), transaction.atomic():
        ErasureList.objects.update(done_at=timezone.now())


def held(case: YouthCase, *, until: date) -> LegalHold:
    return holds.place(case, by=cast.person("lena"), reason="Tvist i domstol", ends_on=until)


def test_a_case_under_hold_is_on_no_list_until_the_day_after() -> None:
    case = make_case("annulled", by="karin")
    until = TODAY + A_YEAR + timedelta(days=30)
    held(case, until=until)

    assert [list(retention.due(day)) for day in (TODAY + A_YEAR, until)] == [[], []]
    assert [each.record.pk for each in retention.due(until + timedelta(days=1))] == [case.pk]
    found = retention.of_case(case)
    assert found.due_on == until + timedelta(days=1) and "efter ett beslut" in found.why


def test_a_hold_that_came_after_the_approval_keeps_the_case(approved) -> None:
    case, batch = approved
    hold = held(case, until=TODAY + timedelta(days=1))

    assert erasure.carry_out(batch) == 0
    assert YouthCase.objects.filter(pk=case.pk).exists()
    assert not batch.items.exists()

    holds.lift(hold, by=cast.person("lena"))
    assert [each.record.pk for each in retention.due(TODAY + A_YEAR)] == [case.pk]


def test_a_hold_on_a_merged_case_keeps_the_one_it_is_part_of() -> None:
    into, merged = make_case("picked_up", by="karin"), make_case("picked_up", by="karin")
    workflow.perform(merged, "merge", by=cast.person("lena"), merged_into=into, reason="Samma")
    held(merged, until=TODAY)

    assert holds.keeps(into, TODAY)


@pytest.mark.parametrize("who", ["karin", "hanna", "nils"])
def test_only_who_approves_erasure_in_the_unit_decides_on_a_hold(who: str) -> None:
    with pytest.raises(PermissionDenied):
        holds.place(make_case("annulled"), by=cast.person(who), reason="Tvist", ends_on=TODAY)


def test_a_hold_is_decided_and_lifted_on_the_page_and_both_are_logged(client) -> None:
    case = make_case("annulled", by="karin")
    client.force_login(cast.person("lena"))
    sent = {"reference": case.reference, "ends_on": TODAY + A_YEAR, "reason": "Tvist i domstol"}
    wrong = client.post(reverse("erasure-hold"), sent | {"ends_on": TODAY})
    assert wrong.status_code == 422 and "Tvist i domstol" in wrong.content.decode()

    client.post(reverse("erasure-hold"), sent)

    assert case.reference in client.get(reverse("erasure")).content.decode()
    client.post(reverse("hold-lift", kwargs={"pk": LegalHold.objects.get().pk}))
    assert not holds.active(TODAY)
    rows = AccessEntry.objects.filter(kind="erase", subject_id=case.pk)
    assert [bool(row.remark_id) for row in rows.order_by("id")] == [True, False]


def test_what_was_written_beside_a_search_goes_by_its_rule_and_the_row_stays() -> None:
    words = {"purpose": "other", "words": "Kanariens mor ringde"}
    search.find(request_of("omar", "post"), search.query("Anna Berg"), **words)
    AccessibilityReport.objects.create(
        text="Knappen syns inte", contact="070-174 06 05", sent_at=timezone.now()
    )

    erasure.sweep_words(TODAY + relativedelta(years=1, days=-1))
    assert Remark.objects.exists() and AccessibilityReport.objects.get().contact
    erasure.sweep_words(TODAY + relativedelta(years=2, days=1))

    assert not Remark.objects.exists() and AccessEntry.objects.filter(kind="search").exists()
    report = AccessibilityReport.objects.get()
    assert (report.text, report.contact) == ("Knappen syns inte", "")
    call_command("verify_journal", stdout=StringIO())


def test_a_case_that_was_merged_into_the_erased_one_goes_with_it() -> None:
    into = make_case("picked_up", by="karin")
    merged = make_case("picked_up", by="karin")
    workflow.perform(merged, "merge", by=cast.person("lena"), merged_into=into, reason="Samma")
    YouthCase.objects.get(pk=merged.pk)

    erasure.erase(into)

    assert not YouthCase.objects.filter(pk=merged.pk).exists()


def test_a_restored_backup_is_swept_of_what_was_erased(approved) -> None:
    case, batch = approved
    copy = make_case("annulled")  # stands for the row that an older backup brings back
    erasure.carry_out(batch)
    erasure._bury("youth_case", copy.pk)

    assert erasure.sweep() == 1
    assert not YouthCase.objects.filter(pk__in=[case.pk, copy.pk]).exists()


def test_a_dry_run_says_what_is_due_and_changes_nothing() -> None:
    case, out = make_case("annulled"), StringIO()

    call_command("erase", "--due", "--at", f"{TODAY + A_YEAR}", "--dry-run", stdout=out)

    assert f"{case.reference} {TODAY + A_YEAR} retention_police" in out.getvalue()
    assert not ErasureList.objects.exists() and YouthCase.objects.filter(pk=case.pk).exists()


def test_a_day_to_come_is_only_tried() -> None:
    with pytest.raises(CommandError, match="dry-run"):
        call_command("erase", "--due", "--at", f"{TODAY + A_YEAR}")


def test_a_superior_approves_on_a_page_and_the_sweep_carries_it_out(client) -> None:
    case = make_case("annulled", by="karin")
    [batch] = erasure.propose(TODAY + A_YEAR)
    client.force_login(cast.person("lena"))
    assert case.reference in client.get(reverse("erasure")).content.decode()

    client.post(reverse("erasure-approve", kwargs={"pk": batch.pk}))
    call_command("erase", "--approved", stdout=StringIO())

    assert not YouthCase.objects.filter(pk=case.pk).exists()
    page = client.get(reverse("erasure")).content.decode()
    assert "godkänd av Lena Strand" in page and case.reference not in page
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM cases_erasureitem WHERE erased_at IS NOT NULL")
        assert cursor.fetchone()[0] == 1
