"""Taken care of: each ground with its criteria, its guidance and its clock."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cases import rules
from cases.forms.custody import GROUNDS, OFFERED, split_criteria, worded
from cases.workflow import NotAllowedNow
from kronoberg import case_facts
from tests.cast import person
from tests.factories import make_case, make_incident
from tests.filling import faults, form_of, local, take, text_of


@pytest.fixture
def minor():
    return make_case("picked_up", age=15)


@pytest.mark.parametrize(
    "criteria", [[], ["obvious", "imminent", "victim"], ["obvious", "imminent", "serious"]]
)
def test_police_act_12_asks_for_every_criterion(minor, criteria):
    form = form_of(minor, "take_into_custody", custody="pl_12", criteria_pl_12=criteria)

    assert faults(form)["criteria_pl_12"].startswith("Polislagen 12 § kräver")


def test_the_criteria_go_on_record_in_words_and_come_back_as_ticks(minor):
    case = take(
        minor,
        "take_into_custody",
        custody="pl_12",
        custody_at=local(minor.opened_at),
        criteria_pl_12=["obvious", "imminent", "serious", "victim"],
        custody_criteria="Ensam vid vattnet.",
    )

    assert "Risken är överhängande\n" in case.custody_criteria
    assert case.custody_criteria.endswith("\nEnsam vid vattnet.")
    again = form_of(case, "take_into_custody")
    assert again.initial["criteria_pl_12"] == ["obvious", "imminent", "serious", "victim"]
    assert again.initial["custody_criteria"] == "Ensam vid vattnet."


def test_criteria_survive_the_way_to_words_and_back():
    assert split_criteria(worded(["serious"], "a\nb")) == (["serious"], "a\nb")
    assert split_criteria(worded([], "")) == ([], "")


def test_taking_back_a_custody_takes_its_facts_along():
    case = make_case("picked_up", custody="pl_13", custody_decided_by="Karin Ek")

    case = take(case, "take_into_custody", custody="none")

    assert (case.custody, case.custody_at, case.custody_decided_by) == ("none", None, "")


def test_nothing_about_a_custody_comes_before_its_decision(minor):
    decided = minor.opened_at + timedelta(minutes=30)
    form = form_of(
        minor,
        "take_into_custody",
        custody="pl_13",
        criteria_pl_13=["disturbs", "not_enough"],
        custody_at=local(decided),
        reason_told_at=local(decided - timedelta(minutes=5)),
    )

    assert faults(form) == {"reason_told_at": "Tiden kan inte ligga före beslutet."}


@pytest.mark.parametrize("ground", GROUNDS)
def test_each_ground_is_refused_until_its_own_criteria_are_ticked(minor, ground):
    ticked: list[str] = []
    for criterion in OFFERED[ground]:
        if GROUNDS[ground].holds(set(ticked)):
            break
        form = form_of(minor, "take_into_custody", custody=ground, **{f"criteria_{ground}": ticked})
        assert set(faults(form)) == {f"criteria_{ground}"}
        ticked.append(criterion)

    form = form_of(minor, "take_into_custody", custody=ground, **{f"criteria_{ground}": ticked})
    assert form.is_valid(), form.errors


def test_no_ground_is_chosen_from_the_start(minor):
    page = form_of(minor, "take_into_custody")

    assert page["custody"].value() is None


def test_the_grounds_about_children_are_not_offered_for_eighteen():
    offered = dict(
        form_of(make_case("picked_up", age=18), "take_into_custody")["custody"].field.choices
    )

    assert set(offered) == {"none", "pl_13", "lob"}


def test_the_guidance_and_the_hours_stand_beside_each_ground(client, minor):
    client.force_login(person("karin"))

    page = text_of(client.get(reverse("step", args=[minor.pk, "take_into_custody"])))

    for says in ("inte attityd", "17 a §", "nästa vardag", "Polislagen 12 § · 3 timmar",
                 "Polislagen 13 § · 6 timmar", "LOB 1 § · 8 timmar"):  # fmt: skip
        assert says in page


@pytest.mark.parametrize(("ground", "hours"), [("pl_12", 3), ("pl_13", 6), ("lob", 8), ("lul", 3)])
def test_the_clock_of_the_ground_runs_from_the_decision(minor, ground, hours):
    decided = timezone.localtime(minor.opened_at + timedelta(minutes=10)).replace(second=0)
    ticked = [each.value for each in OFFERED[ground]]

    case = take(
        minor,
        "take_into_custody",
        custody=ground,
        custody_at=local(decided),
        **{f"criteria_{ground}": ticked},
    )

    [clock] = [clock for clock in rules.clocks(case) if clock.step == f"custody_{ground}"]
    assert clock.due_at == decided.replace(microsecond=0) + timedelta(hours=hours)


def kept_since(hours):
    began = timezone.now() - timedelta(hours=hours)
    return make_case(
        "picked_up", age=18, incident=make_incident(started_at=began), custody="lob",
        custody_at=began, custody_decided_by="Karin Ek", custody_criteria="Kunde inte gå.",
        reason_told_at=began,
    )  # fmt: skip


def the_clock(case):
    [clock] = [clock for clock in rules.clocks(case) if clock.step == "custody_lob"]
    return clock


@pytest.fixture
def drunk():
    """Kept by LOB for two hours."""
    return kept_since(hours=2)


def test_each_look_after_somebody_kept_drunk_is_one_tap_with_time_state_and_who(drunk):
    case = take(drunk, "record_supervision", one_tap="asleep")
    case = take(case, "record_supervision", condition="worse", note="Kräks. Ringde 112.")

    first, second = case.custody_checks.all()
    assert (first.condition, second.condition) == ("asleep", "worse")
    assert first.made_by == person("karin")
    assert first.at <= second.at
    shown = dict(case_facts.sections(case, shows_words=True))["Omhändertagande"]
    looks = [str(words) for heading, words in shown if heading.startswith("Tillsyn ")]
    assert [words.endswith("Kräks. Ringde 112. – Karin Ek") for words in looks] == [False, True]


def test_a_look_that_found_it_worse_says_what_was_done(drunk):
    assert set(faults(form_of(drunk, "record_supervision", condition="worse"))) == {"note"}


def test_the_custody_goes_on_after_the_hand_over_to_an_arrest_until_it_ends(drunk):
    kept = take(drunk, "hand_over", outcome="lob", handed_over_to="Arresten, Växjö")
    assert the_clock(kept).done_at is None

    kept = take(kept, "record_supervision", one_tap="ends")

    assert the_clock(kept).done_at == kept.custody_ended_at is not None


def test_the_end_is_after_the_decision_and_more_than_eight_hours_are_explained(drunk):
    early = local(drunk.custody_at - timedelta(minutes=5))
    form = form_of(drunk, "record_supervision", condition="awake", custody_ended_at=early)
    assert set(faults(form)) == {"custody_ended_at"}

    long = kept_since(hours=9)
    answers = {"condition": "awake", "custody_ended_at": local(timezone.now())}
    assert set(faults(form_of(long, "record_supervision", **answers))) == {"note"}
    assert form_of(long, "record_supervision", **answers, note="Väntade på läkare.").is_valid()


def test_only_who_is_kept_by_lob_is_supervised(minor):
    with pytest.raises(NotAllowedNow):
        take(minor, "record_supervision", one_tap="awake")
