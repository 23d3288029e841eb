"""Naming a reader of a protected identity takes two, wherever there are two."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from cases import access, readers, sampling, workflow
from cases.forms import form_for
from cases.models import AccessEntry, LogReview, Protection, Role, User, YouthCase
from tests import cast
from tests.factories import make_case, make_custodian, make_person


def hidden() -> YouthCase:
    """A protected youth whom Karin met; Lena is the one superior there is."""
    return make_case("picked_up", person=make_person(protection=Protection.PROTECTED))


def second_superior() -> User:
    """Somebody else of Lena's unit who may name readers."""
    user = User.objects.create(
        username="bodil", name="Bodil Ask", role=Role.SUPERIOR,
        organisation=cast.person("lena").organisation,
    )  # fmt: skip
    return access.enrol(user)


def name(case: YouthCase, reader: User, *, by: User) -> YouthCase:
    rows = [access.naming(reader, case.person)]
    return workflow.perform(case, "name_reader", by=by, reason="Handlägger.", records=rows)


def test_nobody_names_herself_where_a_colleague_could():
    case, bodil = hidden(), second_superior()
    lena = cast.person("lena")

    with pytest.raises(PermissionDenied):
        name(case, lena, by=lena)

    assert not access.is_named_reader(lena, case.person)
    name(case, lena, by=bodil)
    assert access.is_named_reader(cast.person("lena"), case.person)


@pytest.mark.parametrize("hidden_one", ["nobody", "custodian"])
def test_nobody_names_herself_ahead_nor_for_the_sake_of_a_custodian_who_is_hidden(hidden_one):
    case, lena = make_case("picked_up"), cast.person("lena")
    if hidden_one == "custodian":
        make_custodian(case.person, protection=Protection.PROTECTED)
    second_superior()

    with pytest.raises(PermissionDenied):
        name(case, lena, by=lena)

    assert not access.is_named_reader(lena, case.person)


def test_a_colleague_who_has_left_or_works_elsewhere_is_nobody_to_ask():
    lena = cast.person("lena")
    assert not readers.others_who_name(lena).exists(), "Pia and Hanna are of other units"

    bodil = second_superior()
    assert list(readers.others_who_name(lena)) == [bodil]

    User.objects.filter(pk=bodil.pk).update(is_active=False)
    assert not readers.others_who_name(lena).exists()


def test_whoever_is_alone_may_and_somebody_else_always_reviews_it():
    case, lena = hidden(), cast.person("lena")

    name(case, lena, by=lena)

    assert access.is_named_reader(cast.person("lena"), case.person)
    [row] = AccessEntry.objects.filter(kind=AccessEntry.Kind.RIGHTS, subject_id=case.pk)
    assert (row.actor, row.page) == (lena, readers.NAMED_SELF)
    day = timezone.localdate(row.recorded_at)
    review = sampling.begin(lena.organisation, day, day, by=cast.person("nils"))
    assert isinstance(review, LogReview)
    [drawn] = review.rows.filter(entry=row)
    assert drawn.get_drawn_display() == "Utsåg sig själv till läsare"


def test_naming_a_colleague_is_no_row_of_naming_oneself():
    case = hidden()

    name(case, cast.person("omar"), by=cast.person("lena"))

    assert not AccessEntry.objects.filter(page=readers.NAMED_SELF).exists()


def test_whoever_met_the_youth_goes_on_reading_when_the_identity_is_hidden():
    case, karin = make_case("picked_up"), cast.person("karin")
    assert access.may_read_identity(karin, case)
    case.person.protection = Protection.PROTECTED

    rows = [case.person, access.naming(karin, case.person)]
    after = workflow.perform(case, "correct_person", by=karin, records=rows)

    assert access.may_read_identity(cast.person("karin"), after)
    assert not AccessEntry.objects.filter(page=readers.NAMED_SELF).exists()


def test_the_form_offers_the_colleagues_and_says_whom_to_ask():
    case, lena = hidden(), cast.person("lena")
    alone: Any = form_for(case, "name_reader")(case=case, by=lena)
    assert lena in alone.fields["reader"].queryset
    assert any("ensam" in line for line in alone.consequences)

    second_superior()
    form: Any = form_for(case, "name_reader")(case=case, by=lena)

    assert lena not in form.fields["reader"].queryset
    assert form.fields["reader"].help_text == "Behöver du själv läsa? Be Bodil Ask utse dig."
    assert not any("ensam" in line for line in form.consequences)
