"""The records of the product; the only `__init__` with a list."""

from cases.models.case import Case, ReferenceCounter
from cases.models.grants import (
    OrganisationGroupPermission,
    OrganisationUserPermission,
    PersonGroupPermission,
    PersonUserPermission,
)
from cases.models.incidents import AlcoholSeizure, CustodianContact, Incident, SupplyTip
from cases.models.journal import AccessEntry, ChainHead, JournalEntry, Remark
from cases.models.people import Custodian, Person, Protection
from cases.models.referral import Referral
from cases.models.referral_record import Appointment, Attendee, FollowUp
from cases.models.rulebook import Rule
from cases.models.staff import (
    Kind,
    Municipality,
    Organisation,
    PostalCode,
    Right,
    Role,
    User,
)
from cases.models.youth_case import YouthCase

__all__ = [
    "AccessEntry",
    "AlcoholSeizure",
    "Appointment",
    "Attendee",
    "Case",
    "ChainHead",
    "Custodian",
    "CustodianContact",
    "FollowUp",
    "Incident",
    "JournalEntry",
    "Kind",
    "Municipality",
    "Organisation",
    "OrganisationGroupPermission",
    "OrganisationUserPermission",
    "Person",
    "PersonGroupPermission",
    "PersonUserPermission",
    "PostalCode",
    "Protection",
    "ReferenceCounter",
    "Referral",
    "Remark",
    "Right",
    "Role",
    "Rule",
    "SupplyTip",
    "User",
    "YouthCase",
]
