"""To which office of a municipality a notice goes, by what it is about; nothing is sent here."""

from datetime import date, datetime

from django.utils import timezone

from cases import duty
from cases.models import (
    Kind,
    Municipality,
    Organisation,
    Referral,
    ResponsibleFunction,
    YouthCase,
)

Task = ResponsibleFunction.Task


def office_for(
    case: YouthCase | Referral, municipality: Municipality | None, *, at: datetime
) -> Organisation:
    """The office of the municipality that takes notices about the youth, as old as at `at`.

    None is a fault of the caller: the steps that send have the municipality as a condition.
    """
    if municipality is None:
        raise ValueError("A notice needs a municipality.")
    on = timezone.localdate(at)
    task = Task.CHILDREN if case.is_minor else Task.ADULTS
    return office_of(municipality, task=task, on=on)


def office_of(municipality: Municipality, *, task: str, on: date) -> Organisation:
    """The office that takes `task` in the municipality on that day, with its address of that day.

    The municipality's own functions decide (`duty.responsible`); where it has none, its office
    here. An office outside the installation is reached on paper. What comes out is to read and to
    address, never to save: the function's name and address stand in place of the office's.
    """
    function = duty.responsible(municipality.pk, task, on=on)
    if function is None:
        return duty.usual_office(municipality) or _outside(municipality, "Socialnämnden")
    office = function.office or _outside(municipality, function.name)
    office.name, office.phone = function.name, function.phone
    office.street, office.postal_line = function.street, function.postal_line
    return office


def _outside(municipality: Municipality, name: str) -> Organisation:
    office, _ = Organisation.objects.get_or_create(
        authority=municipality.name,
        name=name,
        defaults={"kind": Kind.SOCIAL, "municipality": municipality, "is_connected": False},
    )
    return office
