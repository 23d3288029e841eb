"""The demo's invented lives: a past in bulk that keeps every guard, and people who cannot exist."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from io import BytesIO
from itertools import islice
from random import Random

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone
from pypdf import PdfReader

from cases import fictive
from cases.models import (
    Appointment,
    Custodian,
    Incident,
    JournalEntry,
    PatrolPass,
    Person,
    Referral,
    Role,
    YouthCase,
)
from kronoberg import demo, demo_country, demo_letters, demo_waits, worklists
from kronoberg.demo_fate import Fate, draw, hour_of, some_night
from kronoberg.demo_history import repeat
from kronoberg.demo_life import police_life
from kronoberg.demo_town import Town
from kronoberg.management.commands import seed_demo
from notices import exchange, letters, snapshots
from notices.models import Letter, Message
from tests import cast
from tests.stops import HERE

MET_AT = datetime(2026, 1, 16, 22, tzinfo=HERE)
DAYS = (date(2026, 2, 1), date(2026, 5, 31))
N_COPIES = 6


def town(seed: int = 1) -> Town:
    staff = {name: cast.person(name) for name in ("karin", "lena", "omar", "ines", "sara")}
    return Town(staff, Random(seed))


def ordinary(random: Random) -> Fate:
    """Somebody whose whole chain is walked."""
    return next(
        fate
        for fate in (draw(random, MET_AT) for _ in range(200))
        if fate.is_ordinary and fate.notifies
    )


@pytest.fixture
def lived() -> YouthCase:
    """One life, walked to its end in both authorities."""
    here = town()
    return list(police_life(here, ordinary(here.random)))[-1]


@pytest.fixture
def copies(lived: YouthCase) -> list[YouthCase]:
    repeat([town(seed=3)], [lived.pk], N_COPIES, days=DAYS)
    return list(YouthCase.objects.exclude(pk=lived.pk).select_related("incident", "person"))


def test_a_repeated_life_follows_the_journal_in_both_authorities(lived, copies):
    assert [case.state for case in copies] == [lived.state] * N_COPIES
    for case in (*copies, *Referral.objects.all()):
        journal = list(JournalEntry.objects.filter(case_id=case.pk).order_by("case_version"))
        assert [entry.case_version for entry in journal] == list(range(case.version + 1))
        assert journal[-1].to_state == case.state


def test_the_chain_of_a_history_in_bulk_is_whole(copies):
    for username in ("karin", "ines"):
        organisation = cast.person(username).organisation
        assert JournalEntry.objects.filter(organisation=organisation).count() > N_COPIES
        assert list(JournalEntry.faults(organisation)) == []


def test_a_repeated_life_happens_on_another_night_at_the_same_pace(lived, copies):
    for case in copies:
        assert DAYS[0] <= timezone.localdate(case.incident.started_at) <= DAYS[1] + timedelta(1)
        assert case.notified_at - case.opened_at == lived.notified_at - lived.opened_at
        assert case.incident.reference.split("-")[1] == "2026"


def test_nobody_of_the_first_life_is_left_in_its_repetitions(lived, copies):
    custodians = {c.name for c in Custodian.objects.filter(person=lived.person)}

    for case in copies:
        assert case.person.personal_number != lived.person.personal_number
        assert case.person.pk != lived.person.pk
        assert {c.name for c in case.person.custodians.all()}.isdisjoint(custodians)
        assert case.handed_over_to not in custodians


def test_the_notice_of_a_repeated_life_is_about_its_own_youth(copies):
    for referral in Referral.objects.filter(notice_id__in=[case.notice_id for case in copies]):
        message = exchange.notice_of(referral)
        notice = letters.from_json("L4", message.payload)
        assert isinstance(notice, letters.ConcernNotice)
        assert notice.child.personal_number == referral.person.personal_number
        assert snapshots.sha256(message.payload) == referral.notice_sha256
        [case] = [case for case in copies if case.notice_id == referral.notice_id]
        assert case.person.personal_number == referral.person.personal_number
        assert (notice.reporter.case_reference, case.receipt_number) == (
            case.reference,
            referral.reference,
        )


def test_a_life_can_be_left_at_any_step():
    here = town()

    states = [
        list(islice(police_life(here, ordinary(here.random)), steps))[-1].pk for steps in (1, 3, 5)
    ]

    found = [YouthCase.objects.get(pk=pk).state for pk in states]
    assert found[0] == "picked_up"
    assert len(set(found)) == 3


def test_each_of_the_young_cases_of_the_demo_waits_at_another_step_the_reviewers_too():
    here = town()

    life = islice(police_life(here, ordinary(here.random)), max(seed_demo.STAGES))
    came_to = [str(YouthCase.objects.get(pk=case.pk).state) for case in life]

    left_at = {came_to[steps - 1] for steps in seed_demo.STAGES if steps <= len(came_to)}
    assert {"picked_up", "contacting_custodians", "reported", "reviewed", "notified"} <= left_at


def test_talks_of_the_demo_are_in_office_hours_and_none_is_held_before_its_time(lived):
    here = town()
    with time_machine.travel(MET_AT + timedelta(days=3), tick=False):
        list(islice(police_life(here, ordinary(here.random)), 15))
        recent = timezone.now()

    talks = Appointment.objects.all()
    assert all(talk.at.astimezone(HERE).weekday() < 5 for talk in talks)
    assert all(9 <= talk.at.astimezone(HERE).hour <= 15 for talk in talks)
    assert talks.filter(result="", at__gt=recent).count() == 1


def test_what_can_wait_is_done_in_office_hours(lived):
    cases = [lived.pk, *Referral.objects.values_list("pk", flat=True)]
    # Met, reviewed, sent, received and assessed for protection: of these some are done at night.
    waits = ["start_assessment", "call_to_talk", "decide_not_to_open", "open_investigation",
             "note_ongoing", "give_feedback", "send_letters", "start_follow_up",
             "record_follow_up", "close"]  # fmt: skip

    steps = JournalEntry.objects.filter(case_id__in=cases, action__in=waits)

    times = [step.happened_at.astimezone(HERE) for step in steps]
    assert len(times) >= 8
    assert all(8 <= at.hour < 17 and at.weekday() < 5 for at in times)


def test_chance_gives_what_the_chain_meets_in_earnest():
    random = Random(3)
    fates = [
        draw(random, hour_of(random, some_night(random, date(2025, 7, 1), date(2026, 6, 30))))
        for _ in range(400)
    ]

    assert {fate.category for fate in fates} == {"A", "B", "C"}
    assert len({fate.outcome for fate in fates}) == 8
    assert {fate.feedback for fate in fates} == {"opened", "not_opened", "ongoing"}
    for rare in ("is_repeated", "is_unknown", "is_mistake", "is_crime_reported"):
        assert 0 < sum(getattr(fate, rare) for fate in fates) < 200, rare
    assert any(fate.hours_to_notice > 24 for fate in fates)
    assert any(not fate.notifies and fate.age < 18 for fate in fates)
    assert {fate.met_at.weekday() for fate in fates} == set(range(7))


def test_a_mother_has_a_womans_name_a_father_a_mans_and_a_youth_the_number_s():
    here, met_at = town(), timezone.now() - timedelta(days=30)
    for is_boy in (True, False) * 20:
        fate = replace(draw(here.random, met_at), is_boy=is_boy, is_repeated=False)
        who = here.identity(fate, on=timezone.localdate(met_at))
        mother, father = who.parents

        assert mother.name.split()[0] in fictive.WOMEN
        assert father.name.split()[0] in fictive.MEN
        assert who.name.split()[0] in (fictive.MEN if is_boy else fictive.WOMEN)


def test_some_are_met_with_again_under_the_same_number():
    here = town()
    on = date(2026, 3, 6)
    fates = [draw(here.random, MET_AT) for _ in range(60)]

    numbers = [here.identity(fate, on=on).number for fate in fates]

    assert len(set(numbers)) < len(numbers)
    # Nobody becomes older or younger than the life that is drawn: a child stays a child.
    assert all(10 < identity.age_on(on) < 20 for identity in here.known)


def test_a_great_night_has_one_pass_with_its_hours():
    here = town()

    found = {here.pass_of(datetime(2026, 4, 30, hour, tzinfo=HERE)) for hour in (18, 20, 23)}

    [valborg] = found
    assert valborg is not None
    assert PatrolPass.objects.count() == 1
    assert (valborg.occasion, valborg.effort_minutes) == ("valborg", 6 * 9 * 60)


def test_a_repeated_life_has_its_letters_home_about_its_own_family_and_none_waits(lived, copies):
    home = Letter.objects.filter(code="L1")

    for case in copies:
        found = home.filter(case_id=case.pk)
        assert found.count() == home.filter(case_id=lived.pk).count() > 0
        for letter in found:
            custodian = case.person.custodians.get(pk=letter.custodian_id)
            facts = letters.from_json("L1", letter.facts)
            assert isinstance(facts, letters.CustodianLetter)
            assert (facts.youth_name, facts.recipient.name) == (case.person.name, custodian.name)
            assert case.person.name.startswith(facts.youth_first_name)
            assert snapshots.sha256(letter.facts) == letter.facts_sha256
            assert letter.made_at - case.opened_at < timedelta(days=30)
            [page] = PdfReader(BytesIO(bytes(letter.document.content))).pages
            assert demo_letters.SAYS in page.extract_text()
    assert not Letter.objects.exclude(case_id=lived.pk).exclude(state="ready").filter(code="L1")


def test_rows_of_a_repeated_life_are_as_many_as_those_of_the_first(lived, copies):
    assert Person.objects.count() == 2 * (N_COPIES + 1)
    assert Incident.objects.count() == N_COPIES + 1
    per_case = JournalEntry.objects.filter(case_id=lived.pk).count()
    assert {JournalEntry.objects.filter(case_id=c.pk).count() for c in copies} == {per_case}


# The logins -----------------------------------------------------------------------------------


def test_there_is_a_login_for_every_role_and_the_demo_prints_each(capsys):
    call_command("seed_demo", "--logins")

    rows = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    roles = {Role(role).label for role in Role} - {Role.SERVICE.label}
    assert {role for _, _, role, _ in rows} == roles
    assert [who for who, *_ in rows] == list(demo.CAST)
    assert all(password and what for _, password, _, what in rows)


def test_a_town_with_more_youths_than_test_numbers_meets_with_some_of_them_again():
    class Everybody(set[str]):
        def __contains__(self, number: object) -> bool:
            return True

    somewhere = town()
    somewhere.used = Everybody()
    on = date(2026, 5, 1)

    who = somewhere.identity(draw(somewhere.random, datetime(2026, 5, 1, 21, tzinfo=HERE)), on=on)

    assert len(who.number) == 12


# The country ----------------------------------------------------------------------------------


@pytest.fixture
def spread(lived: YouthCase) -> list[Town]:
    """Twelve lives in three towns: at home and in the two largest others of the county."""
    found = demo_country.towns(town(seed=3), 3 * demo_country.CASES_A_TOWN)
    repeat(found, [lived.pk], 4 * N_COPIES, days=DAYS)
    return found


def test_as_many_towns_as_the_cases_are_enough_for_their_own_county_first():
    for n_cases, codes in ((1, ["0780"]), (200, ["0780", "0781", "0764"])):
        found = demo_country.towns(town(), n_cases)
        assert [each.where.code for each in found] == codes

    every = demo_country.towns(town(), 12 * demo_country.CASES_A_TOWN)
    assert {each.where.code[:2] for each in every} == {"07", "01"}
    assert len({each.staff["karin"].organisation_id for each in every}) == 12


def test_a_life_in_another_town_is_its_own_units_and_leaves_no_word_of_home(lived, spread):
    cases = YouthCase.objects.exclude(organisation=lived.organisation)

    assert {case.incident.municipality_id for case in cases} == {"0781", "0764"}
    assert "Växjö" in Letter.objects.filter(case_id=lived.pk, code="L1")[0].facts
    for case in cases.select_related("incident", "organisation", "person"):
        for letter in Letter.objects.filter(case_id=case.pk):
            assert "Växjö" not in letter.facts
        there = case.incident.municipality_id
        assert case.organisation.municipality_id == case.person.municipality_id == there
        actors = JournalEntry.objects.filter(case_id=case.pk).values("actor__organisation")
        assert {each["actor__organisation"] for each in actors} == {case.organisation_id}
        referral = Referral.objects.get(notice_id=case.notice_id)
        assert referral.organisation.municipality_id == there
        for message in Message.objects.filter(case_id__in=(case.pk, referral.pk)):
            assert snapshots.sha256(message.payload) == message.payload_sha256
            assert [word for word in ("Växjö", "0780", "Teleborg") if word in message.payload] == []


def test_every_towns_journal_is_whole(spread):
    for each in spread:
        for username in ("karin", "ines"):
            assert list(JournalEntry.faults(each.staff[username].organisation)) == []


def test_a_late_night_repeats_only_lives_that_are_over_by_now(lived):
    today = timezone.localdate()

    repeat([town(seed=3)], [lived.pk], N_COPIES, days=(today - timedelta(days=200), today))

    last = JournalEntry.objects.order_by("-happened_at").values_list("happened_at", flat=True)[0]
    assert last <= timezone.now()


def test_the_police_wait_for_a_receipt_and_for_an_answer_that_is_not_late_in_the_municipality():
    demo_waits.fill(town(seed=3))

    now, lena = timezone.now(), cast.person("lena")
    waits = {view.key: view.wants(lena, now) for view in worklists.views_of(lena)}
    [unreceipted] = YouthCase.objects.filter(waits["utan-kvittens"])
    [unanswered] = YouthCase.objects.filter(waits["sen-aterkoppling"])
    assert unreceipted != unanswered
    theirs = Referral.objects.get(notice_id=unanswered.notice_id)
    assert theirs.state == "not_opened" and theirs.overrun_reasons
    assert theirs.due_step == "feedback"
    assert theirs.due_at
    assert theirs.due_at > now
