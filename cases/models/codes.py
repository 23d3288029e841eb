"""The coded answers of a police case, with the Swedish words the screens show."""

from django.db import models


class Category(models.TextChoices):
    """Why the youth belongs to the target group (domain 1.2)."""

    A = "A", "A – berusad"
    B = "B", "B – bär alkohol"
    C = "C", "C – i sällskap med någon som bär alkohol"


class Intoxication(models.TextChoices):
    NONE = "none", "Inte påverkad"
    SLIGHT = "slight", "Lätt påverkad – luktar alkohol"
    CLEAR = "clear", "Tydligt påverkad – sluddrar eller går ostadigt"
    STRONG = "strong", "Starkt påverkad – behöver stöd för att gå"
    INCAPABLE = "incapable", "Kan inte ta hand om sig själv"


class MedicalCheck(models.TextChoices):
    """Who judged whether care was needed (LOB 2 §, polislagen 16 §)."""

    NOT_NEEDED = "not_needed", "Behövdes inte – bedömt på plats"
    ADVICE = "advice", "Rådfrågade 1177 eller larmcentral"
    AMBULANCE = "ambulance", "Ambulanspersonal undersökte"
    DOCTOR = "doctor", "Läkare undersökte"


class Occasion(models.TextChoices):
    WEEKDAY = "weekday", "Vanlig vardag"
    WEEKEND = "weekend", "Vanlig helg"
    VALBORG = "valborg", "Valborg"
    SCHOOL_END = "school_end", "Skolavslutning"
    STUDENTEN = "studenten", "Studenten"
    MIDSUMMER = "midsummer", "Midsommar"
    LUCIA = "lucia", "Lucia"
    CONCERT = "concert", "Konsert"
    FESTIVAL = "festival", "Festival"


class Custody(models.TextChoices):
    """The ground on which the youth was taken care of, if any (domain 3.1)."""

    NONE = "none", "Inget omhändertagande"
    PL_12 = "pl_12", "Polislagen 12 §"
    PL_13 = "pl_13", "Polislagen 13 §"
    LOB = "lob", "LOB 1 §"
    LUL = "lul", "LUL 14 §"


class Told(models.TextChoices):
    BOTH = "both", "Ja, både ungdomen och vårdnadshavaren"
    YOUTH = "youth", "Bara ungdomen"
    CUSTODIANS = "custodians", "Bara vårdnadshavaren"
    NOBODY = "nobody", "Nej"


class Harm(models.TextChoices):
    """Could the child be harmed if a custodian is told (OSL 12:3)? Unknown stops the letter."""

    NO = "no", "Nej, inget tyder på det"
    YES = "yes", "Ja – våld, hot eller heder"
    UNKNOWN = "unknown", "Går inte att bedöma"


class YesNo(models.TextChoices):
    """A question that may be left: then nobody has said no."""

    YES = "yes", "Ja"
    NO = "no", "Nej"


class SupplyAnswer(models.TextChoices):
    """The supplier question cannot be skipped, only answered."""

    TOLD = "told", "Ungdomen berättade"
    DOES_NOT_KNOW = "does_not_know", "Vet ej"
    REFUSES = "refuses", "Vill ej svara"


class Outcome(models.TextChoices):
    """How the stop ended for the youth (domain 1.5)."""

    COLLECTED = "collected", "Hämtad av vårdnadshavare"
    DRIVEN_HOME = "driven_home", "Körd hem och överlämnad till vårdnadshavare"
    OTHER_ADULT = "other_adult", "Hämtad av annan vuxen med vårdnadshavares medgivande"
    DUTY_TEAM = "duty_team", "Överlämnad till socialjouren"
    NO_DUTY_TEAM = "no_duty_team", "Ingen socialjour tillgänglig"
    HOSPITAL = "hospital", "Till sjukhus"
    LOB = "lob", "Omhändertagen enligt LOB"
    RELEASED = "released", "Fick gå (18–19 år)"


class Decision(models.TextChoices):
    """The reviewer's decision on the notice (SoL 19:1)."""

    NOTIFY = "notify", "Anmäl till socialnämnden"
    NOT_NOTIFY = "not_notify", "Anmäl inte"


class ReceiptChannel(models.TextChoices):
    """How the municipality let the police know that the notice has arrived."""

    MESSAGE = "message", "Genom systemet"
    LETTER = "letter", "Brev"
    PHONE = "phone", "Telefon"


class Feedback(models.TextChoices):
    """Exactly what social services may answer the reporter (OSL 26:9 a, SoL 19:6)."""

    OPENED = "opened", "Utredning har inletts"
    NOT_OPENED = "not_opened", "Utredning har inte inletts"
    ONGOING = "ongoing", "Utredning pågår redan"


class AnnulReason(models.TextChoices):
    WRONG_PERSON = "wrong_person", "Fel person"
    WRONG_EVENT = "wrong_event", "Fel händelse"
    EXERCISE = "exercise", "Övning"
    DUPLICATE = "duplicate", "Dubbelregistrerad"


class Talk(models.TextChoices):
    """The kind of contact in follow-up."""

    INFORMATION_MEETING = "information_meeting", "Informationsträff"
    TALK = "talk", "Samtal"
    PHONE = "phone", "Telefonsamtal"
    VISIT = "visit", "Hembesök"


class Attendance(models.TextChoices):
    ATTENDED = "attended", "Kom"
    LATE = "late", "Kom sent"
    ABSENT = "absent", "Kom inte"
    NOT_INVITED = "not_invited", "Inte kallad"


# What a municipality is answered about somebody of age who has not said yes.
NOTHING_MORE = "Ungdomen har fyllt 18 år. Polisen lämnar inget mer utan ungdomens samtycke."
