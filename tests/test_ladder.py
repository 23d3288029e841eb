"""The calls as a ladder: one tap an attempt, the next suggested, the duty team when it is time."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from cases import duty, ladder
from cases.models import CustodianContact, DutyContact, DutyHours, Protection, YouthCase
from tests.cast import person
from tests.factories import ALVESTA, VAXJO, call, make_case, make_custodian
from tests.filling import faults, form_of, take, text_of

HERE = ZoneInfo("Europe/Stockholm")
ALWAYS = date(2026, 1, 1)
FRIDAY = 4


@pytest.fixture
def minor():
    return make_case("picked_up", age=15)


@pytest.fixture
def karin(client):
    client.force_login(person("karin"))
    return client


def on_duty(weekday=FRIDAY, opens="18:00", closes="02:00", *, municipality=VAXJO, **columns):
    columns = {"team": "Socialjouren", "phone": "070-174 06 08", "valid_from": ALWAYS} | columns
    return DutyHours.objects.create(
        municipality_id=municipality,
        weekday=weekday,
        opens=time.fromisoformat(opens),
        closes=time.fromisoformat(closes),
        **columns,
    )


def open_all_week():
    for weekday in range(7):
        on_duty(weekday, "00:00", "23:59")
        on_duty(weekday, "23:59", "00:00")


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=HERE)


def tap(client, case, said, action="record_contact"):
    """Open the page of the step and press one of its buttons, with nothing typed."""
    page = client.get(reverse("step", args=[case.pk, action]))
    assert f'name="one_tap" value="{said}"' in text_of(page)
    form = page.context["form"]
    data = {"request_id": str(form.initial["request_id"]), "one_tap": said}
    return client.post(reverse("step", args=[case.pk, action]), data)


# One tap ------------------------------------------------------------------------------------------


def test_one_tap_logs_who_was_called_on_which_number_and_what_came_of_it(karin, minor):
    bo = make_custodian(minor.person, language="so")

    tap(karin, minor, f"{bo.pk}:no_answer")

    made = CustodianContact.objects.get()
    assert (made.custodian, made.phone, made.result) == (bo, bo.phone, "no_answer")
    assert (made.language, made.made_by.username) == ("so", "karin")
    assert timezone.now() - made.at < timedelta(minutes=2)


def test_a_tap_can_say_when_they_come(karin, minor):
    bo = make_custodian(minor.person)

    answer = tap(karin, minor, f"{bo.pk}:will_collect:30")

    made = CustodianContact.objects.get()
    assert made.expected_at
    waits = made.expected_at - made.at
    assert timedelta(minutes=29) <= waits <= timedelta(minutes=31)
    assert answer.url == reverse("case", args=[minor.pk])


def test_after_a_call_nobody_answered_comes_the_next(karin, minor):
    bo, eva = make_custodian(minor.person), make_custodian(minor.person, name="Eva")

    answer = tap(karin, minor, f"{bo.pk}:no_answer")

    assert answer.url == reverse("step", args=[minor.pk, "record_contact"])
    assert karin.get(answer.url).context["form"].rungs()[0].who == eva.name


def test_the_number_is_a_link_that_calls(karin, minor):
    bo = make_custodian(minor.person)

    assert f'href="tel:{bo.phone}"' in text_of(
        karin.get(reverse("step", args=[minor.pk, "record_contact"]))
    )


@pytest.mark.parametrize("said", ["nobody:no_answer", "", ":", "x:y:z", "{bo}:nonsense"])
def test_a_tap_that_was_never_offered_is_refused(karin, minor, said):
    bo = make_custodian(minor.person)
    page = karin.get(reverse("step", args=[minor.pk, "record_contact"])).context["form"]
    data = {"request_id": str(page.initial["request_id"]), "one_tap": said.format(bo=bo.pk)}

    answer = karin.post(reverse("step", args=[minor.pk, "record_contact"]), data)

    assert answer.status_code == 422
    assert not CustodianContact.objects.exists()


def test_collected_at_by_whom_and_identity_checked_is_one_tap(karin, minor):
    bo = make_custodian(minor.person)
    tap(karin, minor, f"{bo.pk}:will_collect:15")

    tap(karin, minor, str(bo.pk), action="hand_over")

    case = YouthCase.objects.get()
    assert (case.state, case.outcome, case.handed_over_to) == ("handed_over", "collected", bo.name)
    assert case.id_checked
    assert case.handed_over_at and timezone.now() - case.handed_over_at < timedelta(minutes=2)


def test_nobody_who_was_judged_unfit_is_offered_as_collector(minor):
    bo = make_custodian(minor.person)
    case = call(minor, "unfit", custodian=bo)

    assert form_of(case, "hand_over").taps == ()


def test_enter_in_a_field_never_presses_a_tap(karin, minor):
    make_custodian(minor.person)

    page = text_of(karin.get(reverse("step", args=[minor.pk, "record_contact"])))

    first = page.partition("<form class")[2].partition("<button")[2].partition("</button>")[0]
    assert "one_tap" not in first


# The ladder ---------------------------------------------------------------------------------------


def test_whoever_cannot_come_is_not_suggested_again(minor):
    bo, eva = make_custodian(minor.person), make_custodian(minor.person, name="Eva")
    case = call(minor, "cannot_collect", custodian=bo)
    case = call(case, "no_answer", custodian=eva)

    suggested = ladder.ladder(case, at=timezone.now()).suggested

    assert suggested and suggested.custodian == eva


def test_a_number_that_did_not_answer_is_tried_again_after_the_rules_minutes(minor):
    bo = make_custodian(minor.person)
    case = call(minor, "no_answer", custodian=bo)

    now = ladder.ladder(case, at=timezone.now())
    later = ladder.ladder(case, at=timezone.now() + timedelta(minutes=6))

    assert now.again_at == case.contacts.get().at + timedelta(minutes=5)
    assert later.again_at is None


def test_a_promise_to_come_ends_the_ladder_until_it_is_taken_back(minor):
    bo = make_custodian(minor.person)
    case = call(minor, "will_collect", custodian=bo)
    assert ladder.ladder(case, at=timezone.now()).suggested is None

    case = call(case, "refuses", custodian=bo)

    assert ladder.ladder(case, at=timezone.now()).coming is None


# The duty team ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-11-27T17:59", False),
        ("2026-11-27T18:00", True),
        ("2026-11-27T23:59", True),
        ("2026-11-28T01:59", True),
        ("2026-11-28T02:00", False),
        ("2026-11-28T19:00", False),
    ],
)
def test_friday_night_lasts_until_two_on_saturday(moment, is_open):
    on_duty(FRIDAY, "18:00", "02:00")

    assert (duty.open_team(VAXJO, at(moment)) is not None) == is_open


def test_the_calendar_is_that_of_the_day_and_the_municipality():
    on_duty(valid_to=date(2026, 11, 20))
    on_duty(municipality=ALVESTA)
    on_duty(opens="20:00", valid_from=date(2026, 11, 21))

    last_week = duty.open_team(VAXJO, at("2026-11-20T19:00"))
    later = duty.next_open(VAXJO, at("2026-11-27T19:00"))

    assert last_week and last_week.begins_at == at("2026-11-20T18:00")
    assert duty.open_team(VAXJO, at("2026-11-27T19:00")) is None
    assert later and later[0] == at("2026-11-27T20:00")


def test_no_calendar_is_no_team_and_no_next_opening():
    assert duty.open_team(VAXJO, at("2026-11-27T19:00")) is None
    assert duty.next_open(VAXJO, at("2026-11-27T19:00")) is None


def test_when_nobody_is_left_to_call_the_page_gives_the_teams_number(karin, minor):
    open_all_week()
    case = call(minor, "refuses", custodian=make_custodian(minor.person))

    page = text_of(karin.get(reverse("step", args=[case.pk, "record_contact"])))

    assert "Nu är det jourens tur" in page
    assert 'href="tel:070-174 06 08"' in page


def test_a_call_to_the_team_keeps_time_name_and_decision(minor):
    assert set(faults(form_of(minor, "record_duty_contact", result="takes_over"))) == {
        "spoke_with",
        "decision",
    }

    take(
        minor, "record_duty_contact", result="takes_over", spoke_with="Siv Jour",
        decision="Hämtar om en halvtimme.",
    )  # fmt: skip

    made = DutyContact.objects.get()
    assert (made.result, made.spoke_with, made.made_by.username) == (
        "takes_over",
        "Siv Jour",
        "karin",
    )
    assert form_of(minor, "hand_over").fields["outcome"].initial == "duty_team"


def test_what_the_team_said_of_somebody_hidden_is_for_the_named(client):
    case = make_case("picked_up", age=15)
    take(case, "record_duty_contact", result="takes_over", spoke_with="Siv Jour", decision="Vid ån")
    case.person.protection = Protection.PROTECTED
    case.person.save()
    client.force_login(person("lena"))

    page = text_of(client.get(reverse("case", args=[case.pk])))

    assert "Siv Jour" not in page
    assert "Vid ån" not in page


def test_no_duty_team_is_an_end_of_its_own_and_says_what_was_done_instead(minor):
    case = call(minor, "refuses", custodian=make_custodian(minor.person))
    assert set(faults(form_of(case, "hand_over", outcome="no_duty_team"))) == {"handed_over_to"}

    case = take(case, "hand_over", outcome="no_duty_team", handed_over_to="Mormor, efter samtal.")

    assert (case.state, case.outcome) == ("handed_over", "no_duty_team")


def test_no_duty_team_is_refused_while_the_calendar_says_open_unless_nobody_answered(minor):
    open_all_week()
    case = call(minor, "refuses", custodian=make_custodian(minor.person))
    answers = {"outcome": "no_duty_team", "handed_over_to": "Vi körde hem."}

    assert "Socialjouren öppet" in faults(form_of(case, "hand_over", **answers))["outcome"]

    case = take(case, "record_duty_contact", result="no_answer")
    assert form_of(case, "hand_over", **answers).is_valid()


@pytest.mark.parametrize("result", ["hindered", "abroad"])
def test_who_is_hindered_or_abroad_has_answered_and_is_not_called_again(minor, result):
    custodian = make_custodian(minor.person)

    case = take(minor, "record_contact", custodian=str(custodian.pk), result=result)

    [made] = case.contacts.all()
    assert made.reached
    assert ladder.ladder(case, at=timezone.now()).is_tried_enough


def test_the_number_and_the_language_of_a_call_stand_on_the_case(client, minor):
    custodian = make_custodian(minor.person, phone="+46701740605")
    take(minor, "record_contact", custodian=str(custodian.pk), result="hindered",
         language="so", by_interpreter="on")  # fmt: skip
    client.force_login(person("karin"))

    page = text_of(client.get(reverse("case", args=[minor.pk])))

    assert "070-174 06 05, Somaliska genom tolk" in page
