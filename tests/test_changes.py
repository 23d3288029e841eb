"""Two people in the same case: what both wrote is kept, and whoever comes last is asked."""

import json
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from cases import workflow
from cases.forms import form_for
from cases.forms.changes import prints
from cases.models import Custodian, JournalEntry, Person, Remark, SupplyTip, YouthCase
from tests.cast import person
from tests.factories import make_case, make_custodian, make_person
from tests.filling import faults_of, form_of, take, text_of

SAW, OTHER_SAW = "Luktade alkohol.", "Sluddrade och var kall."


@pytest.fixture
def case():
    return make_case(at="picked_up")


@pytest.fixture
def karin(client):
    client.force_login(person("karin"))
    return client


def page_of(case, by="karin"):
    """What a browser would send of the page as it is drawn now."""
    form = form_for(case, "complete_record")(case=case, by=person(by))
    values = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in values.items() if value not in (None, "", False)}


def post(client, case, page):
    return client.post(reverse("step", args=[case.pk, "complete_record"]), page)


def choice(case, which, column):
    stands = prints(case.pk, {column: getattr(YouthCase.objects.get(pk=case.pk), column)})
    return {f"keep_{column}": f"{which}:{stands[column]}"}


def observations(case):
    return YouthCase.objects.get(pk=case.pk).observations


def test_what_only_the_other_one_wrote_stays_as_the_other_left_it(karin, case):
    page = page_of(case)
    take(case, "complete_record", "omar", observations=OTHER_SAW)

    post(karin, case, page | {"child_words": "Hittade flaskan."})

    stored = YouthCase.objects.get(pk=case.pk)
    assert (stored.observations, stored.child_words) == (OTHER_SAW, "Hittade flaskan.")


def test_what_both_wrote_is_asked_about_at_the_field_and_overwrites_nothing(karin, case):
    page = page_of(case) | {"observations": SAW}
    take(case, "complete_record", "omar", observations=OTHER_SAW)

    answer = post(karin, case, page)

    assert answer.status_code == 422
    [fault] = faults_of(answer)
    assert "Någon annan har ändrat det här" in fault
    assert SAW in text_of(answer)
    assert OTHER_SAW in text_of(answer)
    assert text_of(answer).index('name="observations"') < text_of(answer).index(
        'name="keep_observations"'
    )
    assert observations(case) == OTHER_SAW


@pytest.mark.parametrize(
    ("which", "stored"),
    [("mine", SAW), ("theirs", OTHER_SAW), ("both", f"{OTHER_SAW}\n{SAW}")],
)
def test_the_answer_decides_what_stands(karin, case, which, stored):
    page = page_of(case) | {"observations": SAW}
    take(case, "complete_record", "omar", observations=OTHER_SAW)

    post(karin, case, page | choice(case, which, "observations"))

    assert observations(case) == stored


@pytest.mark.parametrize(("which", "lost"), [("mine", OTHER_SAW), ("theirs", SAW)])
def test_what_was_chosen_away_is_kept_sealed_beside_the_journal(karin, case, which, lost):
    page = page_of(case) | {"observations": SAW}
    take(case, "complete_record", "omar", observations=OTHER_SAW)

    post(karin, case, page | choice(case, which, "observations"))

    entry = JournalEntry.objects.filter(case_id=case.pk).latest("sequence")
    assert lost in Remark.objects.get(pk=entry.remark_id).text


def test_an_answer_holds_only_for_what_the_officer_had_read(karin, case):
    page = page_of(case) | {"observations": SAW}
    take(case, "complete_record", "omar", observations=OTHER_SAW)
    page |= choice(case, "mine", "observations")
    take(YouthCase.objects.get(pk=case.pk), "complete_record", "omar", observations="Ett till.")

    answer = post(karin, case, page)

    assert answer.status_code == 422
    assert "Det har ändrats igen" in faults_of(answer)[0]
    assert observations(case) == "Ett till."


def test_nobody_is_asked_when_nobody_else_wrote(karin, case):
    page = page_of(case)
    post(karin, case, page | {"observations": SAW})

    answer = post(karin, case, page_of(YouthCase.objects.get(pk=case.pk)) | {"observations": "Ny."})

    assert answer.status_code == 302
    assert observations(case) == "Ny."


def test_the_prints_on_the_page_say_nothing(karin, case):
    take(case, "complete_record", "karin", observations=SAW)
    case = YouthCase.objects.get(pk=case.pk)

    seen = json.loads(page_of(case)["seen"])

    assert len(seen["observations"]) == 16
    assert seen["observations"] != prints(make_case().pk, {"observations": SAW})["observations"]


def test_the_door_itself_refuses_to_write_over_what_the_caller_has_not_read(case):
    stale = YouthCase.objects.get(pk=case.pk)
    take(case, "complete_record", "omar", observations=OTHER_SAW)

    with pytest.raises(workflow.NotAllowedNow):
        workflow.perform(stale, "complete_record", by=person("karin"), observations=SAW)

    assert observations(case) == OTHER_SAW


# Rows beside the case -----------------------------------------------------------------------------


def row_page(case, action, by, about=None):
    """The address and the fields of the form of one row, as it is drawn now."""
    where = [case.pk, action, *([about] if about else [])]
    form = form_for(case, action)(case=case, by=person(by), about=about)
    values = {name: form[name].value() for name in form.fields}
    filled = {name: str(v) for name, v in values.items() if v not in (None, "", False)}
    return reverse("step-about" if about else "step", args=where), filled


def test_a_person_and_a_custodian_written_by_two_is_asked_about(karin, case):
    custodian = make_custodian(case.person, name="Bo", phone="")
    pages = [
        (row_page(case, "correct_person", "karin"), "school", Person),
        (row_page(case, "correct_custodian", "karin", custodian.pk), "name", Custodian),
    ]
    take(case, "correct_person", "omar", name="Nova Ek", school="Prästängsskolan")
    take(case, "correct_custodian", "omar", custodian.pk, name="Bo Ek")

    for (url, page), column, model in pages:
        # Karin adds a phone on the page she had open: what Omar wrote stands.
        assert karin.post(url, page | {"phone": "070-174 06 05"}).status_code == 302
        kept = model._default_manager.get()
        assert (kept.phone, kept.name.split()[1]) == ("+46701740605", "Ek")

        # And where both wrote, she is asked before anything is written.
        answer = karin.post(
            url, page | {"request_id": str(uuid4()), column: "Något annat", "phone": ""}
        )
        assert answer.status_code == 422
        assert getattr(model._default_manager.get(), column) == getattr(kept, column)
        assert f'name="keep_{column}"' in text_of(answer)


def test_what_is_hidden_from_the_reader_is_neither_lost_nor_told(client):
    case = make_case("picked_up", person=make_person(15, protection="protected"))
    take(case, "correct_person", name="Nova Ek", phone="070-174 06 05")
    case = YouthCase.objects.get(pk=case.pk)
    url, page = row_page(case, "correct_person", "omar")
    take(case, "correct_person", phone="070-174 06 06")
    client.force_login(person("omar"))

    answer = client.post(url, page | {"phone": "070-174 06 99"})

    assert answer.status_code == 422
    assert "0701740606" not in text_of(answer).replace("-", "").replace(" ", "")
    assert Person.objects.get().name == "Nova Ek"


def test_the_door_refuses_a_row_that_has_changed_since_it_was_read(case):
    custodian = make_custodian(case.person)
    form = form_of(case, "correct_custodian", "karin", custodian.pk, phone="070-174 06 99")
    assert form.is_valid()
    rows = form.records()
    take(case, "correct_custodian", "omar", custodian.pk, name="Bo Ek")

    with pytest.raises(workflow.NotAllowedNow):
        workflow.perform(case, "correct_custodian", by=person("karin"), records=rows)

    assert Custodian.objects.get().name == "Bo Ek"


def test_a_bar_that_somebody_else_has_set_is_not_taken_away_by_an_older_page(karin, case):
    custodian = make_custodian(case.person)
    url, page = row_page(case, "bar_custodian", "karin", custodian.pk)
    take(case, "bar_custodian", "omar", custodian.pk, is_barred="True", reason="Kontaktförbud")

    karin.post(url, page | {"reason": "Ingen ändring"})

    assert Custodian.objects.get().is_barred


def test_a_tip_written_by_two_is_asked_about_and_keeps_what_was_chosen_away(client):
    tip = SupplyTip.objects.create(
        organisation=person("omar").organisation, relation="car", registered_at=timezone.now()
    )
    client.force_login(person("omar"))
    url = reverse("tip", args=[tip.pk])
    form = client.get(url).context["form"]
    page = {name: form[name].value() or "" for name in form.fields}
    client.post(url, page | {"vehicle": "Röd Volvo", "nick": "snabb"})

    asked = client.post(url, page | {"vehicle": "Vit Saab", "price": "200"})

    assert asked.status_code == 422
    assert "Nu står det: ”Röd Volvo”" in text_of(asked)
    assert SupplyTip.objects.get().vehicle == "Röd Volvo"
    stands = prints(tip.pk, {"vehicle": "Röd Volvo"})["vehicle"]
    answer = {"vehicle": "Vit Saab", "price": "200", "keep_vehicle": f"mine:{stands}"}
    client.post(url, page | answer)
    tip.refresh_from_db()
    assert (tip.vehicle, tip.price, tip.nick) == ("Vit Saab", "200", "snabb")
    assert "Röd Volvo" in tip.assessment
