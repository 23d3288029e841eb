"""Fill an empty installation with invented people, in every state of the chain."""

from datetime import date, timedelta
from itertools import islice
from random import Random
from typing import Any

from dateutil.relativedelta import relativedelta
from django.contrib.auth.hashers import make_password
from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction
from django.utils import timezone

from cases import access
from cases.models import Kind, Organisation, User, YouthCase
from kronoberg import demo
from kronoberg.demo_life import evening, police_life
from kronoberg.demo_town import Town, unit
from kronoberg.models import EffortHours

STEPS_OF_A_LIFE = 40
# How far the youngest cases have come: one in each stage of the chain, so that every list has work.
STAGES = (1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 20)
CITY = {"municipality_id": "0780", "postal_line": "351 12 VÄXJÖ"}
RULES_BEGIN = date(2025, 7, 2)


class Command(BaseCommand):
    help = "Seed invented people. Refuses to touch a database that has cases."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--cases", type=int, default=100, help="how many police cases")
        parser.add_argument("--seed", type=int, default=2026)
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
            for number in range(n_cases):
                _live(town, number, n_cases)
            _log_hours(town)
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


def _live(town: Town, number: int, n_cases: int) -> None:
    """Old cases are lived to the end; the newest are left one in each stage."""
    today = timezone.localdate()
    stage = number - (n_cases - len(STAGES))
    if stage < 0:
        span = (today - timedelta(days=30) - RULES_BEGIN).days
        # Most in the last year, some before it: the first are followed for twelve months.
        day = RULES_BEGIN + timedelta(days=int(span * (number + 1) / n_cases))
        steps = STEPS_OF_A_LIFE
    else:
        steps = STAGES[stage]
        day = today - timedelta(days=1 + steps // 3)
    age = town.random.choices((13, 14, 15, 16, 17, 18, 19), (1, 3, 6, 7, 7, 2, 2))[0]
    category = town.random.choices("ABC", (5, 4, 4))[0] if age < 18 else "B"
    life = police_life(town, evening(day, town.random), age=age, category=category)
    for _ in islice(life, steps):
        pass


def _log_hours(town: Town) -> None:
    unit_here = town.staff["karin"].organisation
    month = timezone.localdate().replace(day=1)
    for back in range(18):
        first = month - relativedelta(months=back)
        EffortHours.objects.create(
            organisation=unit_here, month=first, hours=town.random.randint(60, 140)
        )
