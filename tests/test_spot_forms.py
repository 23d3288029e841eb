"""The forms of the steps on the spot: the alcohol, the calls and the end of the stop."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.models import AlcoholSeizure, CustodianContact, SupplyTip
from cases.models.journal import Remark
from cases.workflow import MissingFacts, perform
from tests.cast import person
from tests.factories import make_case, make_custodian, make_person
from tests.filling import faults, form_of, local, take


@pytest.fixture
def minor():
    return make_case("picked_up", age=15)


@pytest.fixture
def adult():
    return make_case("picked_up", age=18)


# The alcohol --------------------------------------------------------------------------------------


def test_a_seizure_is_counted_in_centilitres_and_decided_by_the_officer(minor):
    take(minor, "record_seizure", drink="strong_beer", amount="6", size_cl="50", is_opened="on")

    seizure = AlcoholSeizure.objects.get()
    assert (seizure.volume_cl, seizure.measure, seizure.ground) == (300, "forfeited", "al_12_1")
    assert seizure.decided_by == person("karin")


def test_no_measure_needs_no_ground(minor):
    take(minor, "record_seizure", drink="wine", size_cl="75", measure="none")

    assert AlcoholSeizure.objects.get().ground == "none"


def test_what_was_typed_wrong_is_put_right_and_what_it_said_stays_in_the_journal(minor):
    take(minor, "record_seizure", drink="strong_beer", size="50", amount="60")
    [row] = AlcoholSeizure.objects.all()
    chosen = {"seizure": str(row.pk), "drink": "strong_beer", "size": "50", "size_cl": ""}

    take(minor, "correct_seizure", **chosen, amount="6", reason="En nolla för mycket.")

    corrected = AlcoholSeizure.objects.get()
    assert (corrected.pk, corrected.volume_cl) == (row.pk, 300)
    assert (corrected.decided_at, corrected.decided_by) == (row.decided_at, row.decided_by)
    told = Remark.objects.get().text
    assert told == "En nolla för mycket.\nStod: Starköl 3000 cl, förverkad och utspilld."


def test_of_several_drinks_the_latest_is_filled_in_and_each_other_is_one_link_away(minor, client):
    take(minor, "record_seizure", drink="wine", size="75", strength="12.5",
         at=local(timezone.now() - timedelta(minutes=3)))  # fmt: skip
    take(minor, "record_seizure", drink="spirits", size="70", value_sek="300", measure="seized")
    wine, spirits = AlcoholSeizure.objects.order_by("volume_cl").reverse()

    latest, other = (
        form_of(minor, "correct_seizure"),
        form_of(minor, "correct_seizure", about=wine.pk),
    )

    assert stands(latest) == (str(spirits.pk), "spirits", 70, "seized", 300, None)
    assert stands(other) == (str(wine.pk), "wine", 75, "forfeited", None, Decimal("12.5"))
    client.force_login(person("karin"))
    page = client.get(reverse("step", args=[minor.pk, "correct_seizure"])).content.decode()
    assert f'href="{reverse("step-about", args=[minor.pk, "correct_seizure", wine.pk])}"' in page
    assert str(reverse("step-about", args=[minor.pk, "correct_seizure", spirits.pk])) not in page


@pytest.mark.parametrize(("size_cl", "holds"), [("3000", 300), ("150", 900), ("", 300)])
def test_a_size_that_is_pressed_holds_unless_another_is_written(minor, size_cl, holds):
    take(minor, "record_seizure", drink="strong_beer", size="50", amount="60")

    take(minor, "correct_seizure", size="50", size_cl=size_cl, amount="6", reason="Fel antal.")

    assert AlcoholSeizure.objects.get().volume_cl == holds


def test_all_that_is_written_about_a_drink_can_be_put_right(minor):
    take(minor, "record_seizure", drink="wine", size="75")
    told = {"drink": "spirits", "strength": "37.5", "value_sek": "300", "origin": "smuggled"}

    take(minor, "correct_seizure", **told, is_opened="on", measure="none", reason="Fel flaska.")

    row = AlcoholSeizure.objects.get()
    assert (row.drink, row.strength, row.value_sek) == ("spirits", Decimal("37.5"), 300)
    assert (row.origin, row.is_opened) == ("smuggled", True)
    assert (row.measure, row.ground) == ("none", "none"), "what is not taken needs no ground"


def test_nothing_about_a_drink_is_put_right_without_saying_why(minor):
    take(minor, "record_seizure", drink="wine", size="75")

    with pytest.raises(MissingFacts, match="skälet"):
        perform(minor, "correct_seizure", by=person("karin"))


def test_when_every_decision_is_handed_over_there_is_nothing_to_put_right(minor, client):
    take(minor, "record_seizure", drink="wine", size="75")
    client.force_login(person("karin"))
    case, step = (
        reverse("case", args=[minor.pk]),
        reverse("step", args=[minor.pk, "correct_seizure"]),
    )
    assert step in client.get(case).content.decode()
    assert "data-draft" not in client.get(step).content.decode(), "nothing to keep in the phone"

    AlcoholSeizure.objects.update(served_at=timezone.now(), served_how="in_person")

    assert step not in client.get(case).content.decode()


def stands(form):
    names = ("seizure", "drink", "size_cl", "measure", "value_sek", "strength")
    return tuple(form[name].value() for name in names)


def test_a_decision_that_has_been_handed_over_is_not_put_right_behind_whoever_has_it(minor):
    take(minor, "record_seizure", drink="wine", size="75", served_how="in_person")
    [served] = AlcoholSeizure.objects.all()
    take(minor, "record_seizure", drink="spirits", size="70")
    chosen = {"seizure": str(served.pk), "drink": "wine", "size": "70", "reason": "Fel."}

    assert set(faults(form_of(minor, "correct_seizure", **chosen))) == {"seizure"}


def test_folkol_is_not_taken_from_somebody_of_eighteen(adult):
    form = form_of(adult, "record_seizure", drink="folkol", size_cl="50")

    assert faults(form)["measure"].startswith("Folköl får köpas från 18 år")


def test_the_ground_of_a_custody_is_not_borrowed(minor):
    form = form_of(minor, "record_seizure", drink="wine", size_cl="75", ground="lob_8")

    assert set(faults(form)) == {"ground"}


@pytest.mark.parametrize("answer", ["does_not_know", "refuses"])
def test_not_knowing_is_an_answer_and_makes_no_tip(minor, answer):
    assert take(minor, "answer_supply", supply_answer=answer).supply_answer == answer
    assert not SupplyTip.objects.exists()


def test_a_youth_who_tells_leaves_a_tip_apart_from_the_case(minor):
    form = form_of(minor, "answer_supply", supply_answer="told")
    assert faults(form) == {"relation": "Välj vem alkoholen kom från. Okänt går också att välja."}

    take(minor, "answer_supply", supply_answer="told", relation="online", platform="snabbdricka")

    tip = SupplyTip.objects.get()
    assert (tip.relation, tip.platform) == ("online", "snabbdricka")
    assert (tip.organisation, tip.incident) == (minor.organisation, minor.incident)


def test_a_clue_is_kept_though_the_youth_will_not_tell(minor):
    take(minor, "answer_supply", supply_answer="refuses", vehicle="Röd kombi")

    assert SupplyTip.objects.get().relation == "unknown"


# The calls ----------------------------------------------------------------------------------------


def test_a_call_takes_the_number_of_the_custodian_who_was_chosen(minor):
    bo = make_custodian(minor.person, phone="+46701740605")

    take(minor, "record_contact", custodian=str(bo.pk), result="will_collect")

    contact = CustodianContact.objects.get()
    assert (contact.custodian, contact.phone) == (bo, "+46701740605")
    assert contact.made_by == person("karin")


def test_another_number_is_normalised_and_kept(minor):
    bo = make_custodian(minor.person)

    take(minor, "record_contact", custodian=str(bo.pk), phone="070 174-06 09", result="no_answer")

    assert CustodianContact.objects.get().phone == "+46701740609"


def test_somebody_not_on_record_can_be_called_by_number(minor):
    form = form_of(minor, "record_contact", custodian="other", result="no_answer")
    assert faults(form) == {"phone": "Skriv numret du ringde."}

    take(minor, "record_contact", custodian="other", phone="070-174 06 09", result="no_answer")

    assert CustodianContact.objects.get().custodian is None


def test_whoever_may_not_be_told_is_not_offered_as_somebody_to_call(minor):
    barred = make_custodian(minor.person, is_barred=True)

    offered = dict(form_of(minor, "record_contact").fields["custodian"].choices)

    assert str(barred.pk) not in offered


def test_the_one_who_was_called_least_is_suggested(minor):
    bo, eva = make_custodian(minor.person), make_custodian(minor.person, name="Eva")
    case = take(minor, "record_contact", custodian=str(bo.pk), result="no_answer")

    assert form_of(case, "record_contact").fields["custodian"].initial == str(eva.pk)


def test_only_somebody_who_answered_can_give_leave(minor):
    form = form_of(
        minor,
        "record_contact",
        custodian="other",
        phone="070-174 06 09",
        result="no_answer",
        leave_for_other_adult="Morbror",
    )

    assert set(faults(form)) == {"leave_for_other_adult"}


@pytest.mark.parametrize("action", ["record_contact", "hand_over", "record_seizure"])
def test_nothing_on_the_spot_happens_before_the_stop_or_in_the_future(minor, action):
    before = form_of(minor, action, at=local(minor.opened_at - timedelta(minutes=5)))
    after = form_of(minor, action, at=local(timezone.now() + timedelta(minutes=10)))

    assert faults(before)["at"].startswith("Ingripandet började")
    assert faults(after)["at"] == "Tiden ligger i framtiden. Ange när det hände."


# The end of the stop ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("age", "record", "offered", "not_offered"),
    [
        (15, {}, {"collected", "duty_team"}, {"released", "lob"}),
        (15, {"custody": "pl_12"}, {"collected", "duty_team"}, {"released", "lob", "other_adult"}),
        (15, {"custody": "lob"}, {"lob", "hospital"}, {"released"}),
        (18, {}, {"released", "hospital"}, {"collected", "duty_team", "lob"}),
        (18, {"consents_to_contact": True}, {"released", "collected"}, {"duty_team"}),
    ],
)
def test_the_outcomes_are_those_the_age_and_the_custody_allow(age, record, offered, not_offered):
    case = make_case("picked_up", age=age, **record)

    codes = set(dict(form_of(case, "hand_over").fields["outcome"].choices))

    assert offered <= codes
    assert codes.isdisjoint(not_offered)


def test_a_recipient_is_named_and_identified(minor):
    form = form_of(minor, "hand_over", outcome="collected")

    assert faults(form) == {
        "handed_over_to": "Skriv vem som tog emot ungdomen.",
        "id_checked": "Kontrollera mottagarens identitet och kryssa i rutan.",
    }


def test_somebody_of_eighteen_is_let_go_with_one_press(adult):
    case = take(adult, "hand_over", outcome="released")

    assert (case.state, case.outcome) == ("handed_over", "released")


def test_the_moment_of_the_hand_over_is_the_one_that_was_written(minor):
    bo = make_custodian(minor.person)
    case = take(minor, "record_contact", custodian=str(bo.pk), result="will_collect")
    at = minor.opened_at + timedelta(minutes=40)

    case = take(
        case, "hand_over", outcome="collected", handed_over_to="Bo", id_checked="on", at=local(at)
    )

    assert local(case.handed_over_at) == local(at)


def test_a_protected_identity_is_not_shown_back_to_whoever_may_not_read_it():
    case = make_case("picked_up", person=make_person(15, protection="protected"))
    custodian = make_custodian(case.person)

    label = dict(form_of(case, "record_contact", "omar").fields["custodian"].choices)
    assert label[str(custodian.pk)] == "Förälder (skyddade uppgifter)"
    assert "name" not in form_of(case, "correct_person", "omar").initial
