"""The forfeiture: what was taken, within what the police may, served, and the three weeks after."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from cases import rules
from cases.models import AlcoholSeizure, JournalEntry, Rule
from cases.workflow import NotAllowedNow
from kronoberg import case_facts
from notices import composing, letters, rendering, serving, wording
from notices.models import Letter
from tests.cast import person
from tests.factories import make_case
from tests.filling import faults, form_of, local, take


@pytest.fixture
def minor():
    return make_case("picked_up", age=15)


def facts_of(case):
    return dict(dict(case_facts.sections(case, shows_words=True))["Alkohol"])


def test_type_volume_strength_opened_and_value_are_on_record(minor):
    take(minor, "record_seizure", drink="spirits", size="70", amount="2", is_opened="on",
         strength="37.5", value_sek="480", origin="smuggled")  # fmt: skip

    seizure = AlcoholSeizure.objects.get()
    assert (seizure.volume_cl, seizure.strength, seizure.value_sek) == (140, Decimal("37.5"), 480)
    assert (seizure.is_opened, seizure.origin, seizure.served_at) == (True, "smuggled", None)


def test_a_size_is_pressed_or_written(minor):
    assert set(faults(form_of(minor, "record_seizure", drink="wine"))) == {"size"}
    assert form_of(minor, "record_seizure", drink="wine", size="75").is_valid()
    assert form_of(minor, "record_seizure", drink="wine", size_cl="300").is_valid()


def test_more_than_a_tenth_of_the_base_amount_is_not_the_officers_to_forfeit(minor):
    limit = rules.rule("forfeiture_limit", on=minor.day).value
    wine = {"drink": "wine", "size": "75"}

    assert form_of(minor, "record_seizure", **wine, value_sek=str(limit)).is_valid()
    assert set(faults(form_of(minor, "record_seizure", **wine, value_sek=str(limit + 1)))) == {
        "value_sek"
    }
    assert form_of(
        minor, "record_seizure", **wine, value_sek=str(limit + 1), measure="seized"
    ).is_valid()


def test_three_weeks_run_from_the_day_it_was_served(minor):
    take(minor, "record_seizure", drink="wine", size="75", served_how="in_person")

    seizure = AlcoholSeizure.objects.get()
    last = rules.objection_until(seizure, on=minor.day)
    assert last and timezone.localdate(last) == timezone.localdate() + timedelta(days=21)
    assert f"missnöje senast {timezone.localdate(last)}" in facts_of(minor)["Vin"]


def test_only_a_forfeiture_is_served(minor):
    form = form_of(
        minor, "record_seizure", drink="wine", size="75", measure="none", served_how="in_person"
    )

    assert set(faults(form)) == {"served_how"}


def test_it_can_be_served_later_also_from_a_case_that_has_moved_on(minor):
    take(minor, "record_seizure", drink="wine", size="75")
    assert "inte överlämnat" in facts_of(minor)["Vin"]

    take(minor, "follow_forfeiture", "omar", served_how="by_post")

    seizure = AlcoholSeizure.objects.get()
    assert seizure.served_how == "by_post"
    assert seizure.served_at


def test_an_objection_comes_after_the_service_and_passes_it_to_the_prosecutor(minor):
    take(minor, "record_seizure", drink="wine", size="75")
    today = f"{timezone.localdate():%Y-%m-%d}"
    assert set(faults(form_of(minor, "follow_forfeiture", at="", objected_on=today))) == {
        "objected_on"
    }

    take(minor, "follow_forfeiture", served_how="in_person", at=local(minor.opened_at))
    take(minor, "follow_forfeiture", at="", objected_on=today)

    assert "åklagaren avgör" in facts_of(minor)["Vin"]


def test_an_empty_answer_says_nothing(minor):
    take(minor, "record_seizure", drink="wine", size="75")

    assert set(faults(form_of(minor, "follow_forfeiture", at=""))) == {"served_how"}


def test_the_letter_states_the_time_to_object_that_the_rules_of_the_day_give(minor):
    case = take(minor, "record_seizure", drink="spirits", size="70", served_how="by_post")

    def weeks() -> int:
        letter = composing.forfeiture(case, None, by=person("omar"), at=timezone.now())
        return letter.objection_weeks if letter else 0

    assert weeks() == 3
    Rule.objects.filter(key="forfeiture_objection").update(value=28)
    assert weeks() == 4


def decision(letter):
    return letters.from_json("L9", letter.facts)


def test_a_decision_handed_over_is_printed_with_the_last_day_to_object_and_no_address(minor):
    minor.person.name, minor.person.street = "Moa Ekgren", "Björkvägen 7"
    minor.person.save()
    case = take(minor, "record_seizure", drink="wine", size="75", served_how="in_person")

    [letter] = serving.print_decisions(case, by=person("karin"))

    says, last = decision(letter), timezone.localdate() + timedelta(days=21)
    assert (says.objection_last_on, says.recipient.name) == (last, "Moa Ekgren")
    assert (says.recipient.street, says.audience) == (None, "youth")
    texts = wording.shipped("L9", "sv")
    html = rendering.html_of("L9", says, texts, window="H2", watermark="")
    assert f"senast {last}" in html
    newest = JournalEntry.objects.filter(case_id=case.pk).latest("sequence")
    assert newest.action == "print_decision"


def test_the_same_decision_is_made_once_and_another_when_something_has_changed(minor):
    case = take(minor, "record_seizure", drink="wine", size="75")
    [first] = serving.print_decisions(case, by=person("karin"))
    assert decision(first).objection_last_on is None

    assert serving.print_decisions(case, by=person("omar")) == [first]
    take(minor, "follow_forfeiture", served_how="to_custodian", at=local(timezone.now()))
    [after] = serving.print_decisions(case, by=person("karin"))

    assert after != first
    assert decision(after).objection_last_on


@pytest.mark.parametrize(
    "how", [{"measure": "seized"}, {"served_how": "by_post"}, {"measure": "none"}]
)
def test_what_is_not_handed_over_has_no_decision_to_print(minor, how):
    case = take(minor, "record_seizure", drink="wine", size="75", **how)

    assert not serving.can_be_printed(case)
    with pytest.raises(NotAllowedNow):
        serving.print_decisions(case, by=person("karin"))


def test_the_case_page_leads_to_the_decision(client, minor):
    client.force_login(person("karin"))
    page = reverse("case", args=[minor.pk])
    where = reverse("forfeiture-decision", args=[minor.pk])
    assert where not in client.get(page).content.decode()
    take(minor, "record_seizure", drink="wine", size="75", served_how="in_person")
    assert where in client.get(page).content.decode()

    answer = client.post(where)

    letter = Letter.objects.get(case_id=minor.pk)
    assert answer.url == reverse("letter", args=[letter.pk])
    assert client.get(answer.url).status_code == 200
