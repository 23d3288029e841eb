"""The records of the product; the only `__init__` with a list."""

from cases.models.case import Case, ReferenceCounter
from cases.models.casebook import ContactMade, FollowUpCheck, RecordEntry, WorkingNote
from cases.models.contacts import CustodianContact, CustodyCheck, DutyContact
from cases.models.desk import CalendarAddress, HeldForm, SavedView
from cases.models.emergency import EmergencyAccess
from cases.models.erasure import ErasureItem, ErasureList, LegalHold
from cases.models.grants import (
    OrganisationGroupPermission,
    OrganisationUserPermission,
    PersonGroupPermission,
    PersonUserPermission,
)
from cases.models.incidents import Incident
from cases.models.journal import AccessEntry, ChainHead, JournalEntry, Remark
from cases.models.local_practice import (
    DutyHours,
    EscalationStep,
    ResponsibleFunction,
    SpecialDay,
)
from cases.models.passes import PatrolPass
from cases.models.people import Custodian, FormerFacts, LegalSex, Person, Protection
from cases.models.recovery import Recovery, RoleChange
from cases.models.referral import Referral
from cases.models.referral_record import Appointment, Attendee, FollowUp, InformationMeeting
from cases.models.reminders import Absence, Cover, Reminder, WeeklyDigest
from cases.models.reviews import LogReview, ReviewedEntry
from cases.models.rulebook import Rule
from cases.models.seizures import AlcoholSeizure
from cases.models.staff import (
    Kind,
    Municipality,
    Organisation,
    PostalCode,
    Right,
    Role,
    User,
    Window,
)
from cases.models.suggestions import AccessibilityReport
from cases.models.supply import SupplySource, SupplyTip
from cases.models.youth_case import YouthCase

__all__ = [
    "CalendarAddress",
    "HeldForm",
    "InformationMeeting",
    "Absence",
    "Cover",
    "Reminder",
    "WeeklyDigest",
    "AccessEntry",
    "AccessibilityReport",
    "AlcoholSeizure",
    "Appointment",
    "Attendee",
    "Case",
    "ChainHead",
    "Custodian",
    "CustodianContact",
    "EmergencyAccess",
    "CustodyCheck",
    "DutyContact",
    "DutyHours",
    "EscalationStep",
    "ContactMade",
    "ErasureItem",
    "ErasureList",
    "FollowUp",
    "FollowUpCheck",
    "FormerFacts",
    "RecordEntry",
    "WorkingNote",
    "Incident",
    "JournalEntry",
    "LegalHold",
    "Kind",
    "LogReview",
    "LegalSex",
    "Municipality",
    "Organisation",
    "OrganisationGroupPermission",
    "OrganisationUserPermission",
    "PatrolPass",
    "Person",
    "PersonGroupPermission",
    "PersonUserPermission",
    "PostalCode",
    "Protection",
    "Recovery",
    "ReferenceCounter",
    "Referral",
    "Remark",
    "ReviewedEntry",
    "Right",
    "Role",
    "RoleChange",
    "ResponsibleFunction",
    "Rule",
    "SavedView",
    "SpecialDay",
    "SupplySource",
    "SupplyTip",
    "User",
    "Window",
    "YouthCase",
]
