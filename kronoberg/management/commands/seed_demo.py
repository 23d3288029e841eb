"""Fill an empty installation with invented people, in every state of the chain."""

from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction
from django.utils import timezone

from cases import access
from cases.models import Kind, Organisation, User, YouthCase
from kronoberg import (
    canaries,
    demo,
    demo_country,
    demo_field,
    demo_measures,
    demo_social,
    demo_states,
    demo_waits,
)
from kronoberg.demo_fate import draw, hour_of, some_night
from kronoberg.demo_history import repeat
from kronoberg.demo_life import police_life
from kronoberg.demo_town import Town, unit
from kronoberg.statistics import freezing

STEPS_OF_A_LIFE = 40
# How far the youngest cases have come: one in each stage of the chain, so that every list has work.
STAGES = (1, 2, 3, 4, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 20)
# From this stage the talk has been, and whoever is called is called a week ahead.
TALKED, TALK_TAKES = 12, 9
CITY = {"municipality_id": "0780", "postal_line": "351 12 VÄXJÖ"}
# As many are walked step by step; the rest of the history repeats them on other nights.
MOST_LIVED = 48
# A repeated life is over by now.
HISTORY_ENDS = 170
RULES_BEGIN = date(2025, 7, 2)


class Command(BaseCommand):
    help = "Seed invented people. Refuses to touch a database that has cases."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--cases", type=int, default=500, help="how many police cases")
        parser.add_argument("--past", type=int, default=0, help="how many more, long since closed")
        parser.add_argument("--seed", type=int, default=2026)
        parser.add_argument(
            "--canaries",
            type=Path,
            help="add every state, plant a word in every text, and write whose it is to this file",
        )
        parser.add_argument("--logins", action="store_true", help="print the logins and stop")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["logins"]:
            self._print_logins()
            return
        if YouthCase.objects.exists():
            self.stdout.write("There are cases already: nothing seeded.")
            return
        with transaction.atomic():
            town = Town(hire(), Random(options["seed"]))  # noqa: S311  (no secret: the same demo every time)
            n_cases = options["cases"]
            self.stdout.write(f"Seeding {n_cases} invented cases …")
            n_lived = min(n_cases, MOST_LIVED)
            lived = [_live(town, number, n_lived) for number in range(n_lived)]
            if options["past"]:
                lived.append(_live_to_the_end(town))
            n_repeated = n_cases - n_lived + options["past"]
            towns = demo_country.towns(town, n_cases + options["past"])
            days = RULES_BEGIN, timezone.localdate()
            repeat(towns, [case.pk for case in lived], n_repeated, days=days)
            demo_field.fill(town)
            demo_social.meet(town)
            demo_measures.fill(town)
            if options["canaries"]:
                demo_states.fill(town)
            elif n_cases >= len(STAGES):
                demo_waits.fill(town)
        freezing.freeze_all(timezone.localdate())
        if options["canaries"]:
            demo_states.erase_one(town)
            planted = canaries.plant(options["seed"])
            canaries.write(options["canaries"], planted)
            self.stdout.write(f"{len(planted)} canaries written.")
        self.stdout.write("Seeded.")

    def _print_logins(self) -> None:
        for username, member in demo.CAST.items():
            row = (username, demo.PASSWORD, member.role.label, member.try_this)
            self.stdout.write("\t".join(row))


def hire() -> dict[str, User]:
    """The demo's units and people, with their rights."""
    units = _units()
    password = make_password(demo.PASSWORD)  # hashed once: it is slow on purpose
    staff = {}
    for username, member in demo.CAST.items():
        user = User.objects.filter(username=username).first()
        if user is None:
            user = User.objects.create(
                username=username,
                password=password,
                name=member.name,
                title=member.role.label,
                role=member.role,
                organisation=units[member.unit],
                phone=units[member.unit].phone,
            )
            access.enrol(user)
        staff[username] = user
    return staff


def _units() -> dict[str, Organisation]:
    units = {
        "police": unit(
            authority="Polismyndigheten",
            name="Lokalpolisområde Växjö",
            kind=Kind.POLICE,
            street="Sandgärdsgatan 31",
            phone="070-174 06 05",
            email="vaxjo@polis.example",
            website="polis.example",
            org_number="202100-0076",
            **CITY,
        ),
        "other_police": unit(
            authority="Polismyndigheten",
            name="Lokalpolisområde Alvesta",
            kind=Kind.POLICE,
            municipality_id="0764",
            phone="070-174 06 06",
        ),
        "social": unit(
            authority="Växjö kommun",
            name="Mottagning barn och unga",
            kind=Kind.SOCIAL,
            street="Västra Esplanaden 18",
            phone="070-174 06 07",
            email="mottagning@vaxjo.example",
            website="vaxjo.example",
            org_number="212000-0662",
            duty_phone="070-174 06 08",
            **CITY,
        ),
        "other_social": unit(
            authority="Alvesta kommun",
            name="Mottagning barn och unga",
            kind=Kind.SOCIAL,
            municipality_id="0764",
            street="Centralplan 1",
            postal_line="342 80 ALVESTA",
            phone="070-174 06 09",
        ),
    }
    for organisation in units.values():
        access.service_account(organisation)
    return units


def _live(town: Town, number: int, n_cases: int) -> YouthCase:
    """Old cases are lived to the end; the newest are left one in each stage."""
    today = timezone.localdate()
    stage = number - (n_cases - len(STAGES))
    if stage < 0:
        # The later half in what is still open to be frozen, the rest before it.
        since = RULES_BEGIN if number % 2 else today - timedelta(days=HISTORY_ENDS)
        day, steps = some_night(town.random, since, today - timedelta(days=30)), STEPS_OF_A_LIFE
    else:
        steps = STAGES[stage]
        day = today - timedelta(days=1 + steps // 3 + (TALK_TAKES if steps >= TALKED else 0))
    fate = draw(town.random, hour_of(town.random, day))
    if stage >= 0:
        # Whoever is left half-way must have that far to go.
        while not (fate.notifies and fate.is_ordinary):
            fate = draw(town.random, fate.met_at)
    return list(islice(police_life(town, fate), steps))[-1]


def _live_to_the_end(town: Town) -> YouthCase:
    """One life, long enough ago to be over, for the past to be made of."""
    day = some_night(town.random, RULES_BEGIN, timezone.localdate() - timedelta(days=HISTORY_ENDS))
    fate = draw(town.random, hour_of(town.random, day))
    while not (fate.notifies and fate.is_ordinary):
        fate = draw(town.random, fate.met_at)
    return list(police_life(town, fate))[-1]
