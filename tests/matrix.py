"""The matrix: every route × everybody × every kind of object × method, from one table.

The table is written apart from the code. `cells` turns it into what each request should answer.
"""

from collections.abc import Iterator
from dataclasses import dataclass

# A new route needs a row here: its methods, what its key names, and which of WHO may come in.
ROUTES = """
home                GET       -          all
login               GET,POST  -          all
logout              POST      -          all
demo-login          POST      -          all
theme               POST      -          all
accessibility       GET,POST  -          all
accessibility-reports GET     -          settings
security-promise    GET       -          all
security-txt        GET       -          all
livez               GET       -          all
account_login                  GET,POST  -          all
mfa_authenticate               GET,POST  -          all
mfa_login_webauthn             GET,POST  -          all
account_inactive               GET       -          all
account_logout                 POST      -          all
openid_connect_login           GET,POST  provider   all
openid_connect_callback        GET,POST  provider   all
socialaccount_login_cancelled  GET       -          all
socialaccount_login_error      GET       -          all
account_signup                 GET,POST  -          all
socialaccount_signup           GET,POST  -          all
socialaccount_connections      GET,POST  -          all
security                       GET,POST  -          in
recovery-approve               POST      recovery   settings
recovery-finish                GET,POST  -          all
account_change_password        GET,POST  -          in
account_reauthenticate         GET,POST  -          in
mfa_reauthenticate             GET,POST  -          in
mfa_reauthenticate_webauthn    GET,POST  -          in
mfa_index                      GET       -          in
mfa_activate_totp              GET,POST  -          in
mfa_deactivate_totp            GET,POST  -          in
mfa_list_webauthn              GET       -          in
mfa_add_webauthn               GET,POST  -          in
mfa_remove_webauthn            GET,POST  passkey    in
mfa_edit_webauthn              GET,POST  passkey    in
mfa_view_recovery_codes        GET       -          in
mfa_generate_recovery_codes    GET,POST  -          in
mfa_download_recovery_codes    GET       -          in
usersessions_list              GET,POST  -          in
lock-keep                      POST      -          in
start               GET       -          in
worklist            GET       -          cases
search              GET,POST  -          cases
incident-new        GET,POST  -          field
incident            GET       incident   field
incident-add-youth  GET,POST  incident   field
passes              GET       -          passes
pass-new            GET,POST  -          field
pass                GET       pass       passes
pass-begin          POST      pass       field
pass-close          GET,POST  pass       field
tips                GET       -          tips
tip                 GET,POST  tip        tips
tip-link            POST      tip        tips
tip-unlink          POST      tip        tips
unit                GET,POST  -          unit
duty                GET,POST  -          settings
duty-end            POST      duty       settings
special-days        GET,POST  -          settings
special-day-end     POST      special_day settings
functions           GET,POST  -          settings
function-end        POST      function   settings
log                 GET       -          log
reviews             GET,POST  -          log
review              GET,POST  review     log
emergency           GET,POST  -          cases
emergencies         GET       -          judge
emergency-judge     GET,POST  emergency  judge
phone               GET       -          all
phone-key           GET       -          field
worker              GET       -          all
calendar            GET,POST  -          support
calendar-feed       GET       -          all
meetings            GET,POST  -          support
meeting             GET,POST  meeting    support
absences            GET,POST  -          many
worklist-state      GET       -          cases
worklist-many       POST      -          many
worklist-views      POST      -          cases
letters-unmade      GET       -          unmade
notices-unreceipted GET       -          notify
letter-retry        POST      letter     post
letter-step         GET,POST  letter     post
held-again          GET,POST  held       post
post                GET       -          post
letter-window       GET,POST  -          settings
window-sheet        POST      window     settings
pile-start          POST      -          post
letter-alone          POST      letter     post
pile                GET       pile       post
pile-pdf            GET       pile       post
pile-print          POST      pile       post
pile-posted         POST      pile       post
pile-retry          POST      pile       post
statistics-question GET       question   figures
statistics-csv      POST      question   figures
statistics-xlsx     POST      question   figures
statistics-page-pdf POST      question   figures
statistics-pdf      POST      -          figures
statistics-all-csv  POST      -          figures
statistics-all-xlsx POST      -          figures
statistics-mail     POST      -          figures
erasure             GET       -          erasure
erasure-approve     POST      erasure    erasure
erasure-hold        POST      -          erasure
hold-lift           POST      hold       erasure
users               GET,POST  -          settings
user                GET,POST  user       settings
role-approve        POST      role_change yes
rules               GET       -          settings
rule                GET,POST  rule       settings
letter              GET       letter     in
letter-pdf          GET       letter     in
wordings            GET       -          wording
wording             GET,POST  wording    wording
wording-pdf         GET       wording    wording
wording-approve     POST      wording    wording
notice-preview      POST      case       notify
forfeiture-decision POST      case       field
handout             GET       handout    in
handout-pdf         GET       handout    in
handout-tables      GET       handout    in
handout-retry       POST      handout    in
statistics          GET       -          figures
measures            GET       -          figures
measure-new         GET,POST  -          figures
measure             GET       measure    figures
measure-change      GET,POST  measure    figures
promise-new         GET,POST  -          figures
promise             GET       promise    figures
promise-change      GET,POST  promise    figures
promise-activity    POST      promise    figures
promise-report      GET       promise    figures
promise-report-pdf  POST      promise    figures
promise-comment     POST      promise    figures
activity-tick       POST      activity   figures
case                GET       case       in
extract             GET,POST  case       extract
reason              GET,POST  case       in
step                GET,POST  case       in
step-about          GET,POST  case       in
"""

# Everybody sees the own factors; a manager alone asks for the recovery of a colleague's.
MAY_NOT_ASK = "karin omar magnus per pia ines sara alva klara nils nora asta"

WHO = """
in        karin omar lena magnus per pia ines sara hanna alva klara nils nora asta
cases     karin omar lena magnus per pia ines sara hanna alva
field     karin omar lena per pia
passes    karin omar lena magnus per pia
tips      omar lena pia
extract   omar lena magnus pia ines sara hanna alva
log       nils nora
erasure   lena hanna
many      ines sara hanna alva
support   sara hanna alva
post      omar lena pia ines sara hanna alva
unmade    omar lena pia ines sara hanna alva asta
notify    omar lena pia
judge     nils nora lena hanna
settings  asta
yes       asta lena hanna
unit      lena hanna asta
figures   magnus hanna klara
wording   lena magnus hanna klara
"""

# What each case is to each reader. open: shown. why: asks why first. no: does not exist.
CASES = """
           own_police  colleagues  closed  protected  referral  ended_referral  erased  missing
karin      open        no          open    open       no        no              no      no
omar       open        open        why     open       no        no              no      no
lena       open        open        why     open       no        no              no      no
magnus     why         why         why     why        no        no              no      no
per        no          no          no      no         no        no              no      no
pia        no          no          no      no         no        no              no      no
ines       no          no          no      no         open      open            no      no
sara       no          no          no      no         open      why             no      no
hanna      no          no          no      no         open      why             no      no
alva       no          no          no      no         no        no              no      no
klara      no          no          no      no         no        no              no      no
nils       no          no          no      no         no        no              no      no
nora       no          no          no      no         no        no              no      no
asta       no          no          no      no         no        no              no      no
"""
# The step that is tried in each case, and who holds the right to it there.
STEPS = {
    "own_police": ("review", "omar lena"),
    "colleagues": ("review", "lena"),  # Omar wrote it
    "closed": ("review", "omar lena"),
    "protected": ("review", "omar lena"),
    "referral": ("assess_protection", "sara hanna"),
    "ended_referral": ("assess_protection", "sara hanna"),
    "erased": ("review", ""),
    "missing": ("review", ""),
}
# Other objects, and for whom they exist. A letter about a protected youth: the named only.
OPENS_FOR = {
    "incident": "karin",
    "meeting": "sara hanna",
    "pass": "karin omar lena magnus",
    "tip": "omar lena",
    "duty": "asta",
    "special_day": "asta",
    "function": "asta",
    "review": "nils",
    "emergency": "nils lena",
    "rule": "asta",
    "window": "asta",
    "recovery": "asta",
    "erasure": "lena",
    "hold": "lena",
    "user": "asta",
    "role_change": "lena",
    "question": "magnus hanna klara",
    "measure": "magnus hanna klara",
    "promise": "magnus hanna klara",
    "activity": "magnus hanna klara",
    "pile": "omar lena",
    "handout": "karin",
    "wording": "hanna klara",
    "held": "omar lena",
    "letter": "karin omar lena",
    "protected_letter": "karin",
}
# What both authorities read, and only the unit that made it may change.
CHANGED_BY_ITS_UNIT = {
    "measure-change": "hanna klara",
    "promise-change": "hanna klara",
    "promise-activity": "hanna klara",
    "promise-comment": "hanna klara",
    "activity-tick": "hanna klara",
}
ASKS_WHY = {"letter": "magnus", "protected_letter": "magnus"}
# Pages of allauth: they hold no case, and who may come is asked before they are.
LIBRARY = ("account_", "mfa_", "usersessions_", "socialaccount_", "openid_")
# For methods that no view takes, and for the library's pages, these stand for everybody.
A_FEW = ("nobody", "lena", "asta")
METHODS = ("GET", "POST", "PUT", "DELETE")
# Pages that show nothing of anybody's case, and so leave no row in the access log. Every other page
# leaves one, and every refusal; `MORE_ROWS` has one for each youth or family on it as well.
NO_ROW = """
home login logout demo-login theme accessibility accessibility-reports security-promise security-txt
livez recovery-finish security lock-keep start search incident-new passes pass-new pass pass-begin
pass-close unit duty duty-end special-days special-day-end functions function-end reviews emergency
phone phone-key worker calendar-feed meetings absences worklist-state worklist-many
worklist-views letter-window window-sheet pile-start erasure-hold users user rules rule handout
handout-retry wordings wording reason measure-new measure-change promise-new promise-change
"""
MORE_ROWS = ("incident", "meeting")
OPEN = frozenset({200, 302, 404, 422})  # a page that has nothing to show yet is 404 to anybody


@dataclass(frozen=True)
class Cell:
    """One request, and the statuses it may answer with."""

    route: str
    method: str
    who: str
    thing: str
    wanted: frozenset[int]

    @property
    def hides(self) -> bool:
        """Is it an object that this reader may not know of?"""
        return self.thing not in ("-", "missing") and self.wanted == frozenset({404})

    def rows_are_right(self, status: int, kinds: list[str]) -> bool:
        """Has the answer left what it should in the access log?"""
        if self.who == "nobody" or status == 405:
            return kinds == []
        if status in (403, 404):
            return kinds == ["refused"]
        if status == 302:  # nothing is shown; the page that it leads to has its own row
            return len(kinds) <= 1
        if self.route.startswith(LIBRARY) or self.route in NO_ROW.split():
            return kinds == []
        return len(kinds) == 1 or (self.route in MORE_ROWS and len(kinds) > 1)


def table(text: str) -> dict[str, list[str]]:
    rows = (line.split() for line in text.strip().splitlines())
    return {row[0]: row[1:] for row in rows}


def rows() -> dict[str, list[str]]:
    return table(ROUTES)


def cells() -> Iterator[Cell]:
    """The cells of the matrix that can differ; `bin/proof` asks for far more, in another way."""
    for cell in every_cell():
        if (
            cell.who in A_FEW
            or cell.method in ("GET", "POST")
            and not cell.route.startswith(LIBRARY)
        ):
            yield cell


def every_cell() -> Iterator[Cell]:
    groups = table(WHO)
    for route, (methods, thing, group) in rows().items():
        for who in ("nobody", *groups["in"]):
            may_enter = group == "all" or who in groups[group]
            for name in things(thing):
                # A method that no view takes is refused before anything is fetched.
                for method in METHODS if name in ("-", "missing") else METHODS[:2]:
                    is_taken = method in methods.split(",")
                    entry = (group, may_enter, is_taken)
                    wanted = _wanted(route, who, name, entry)
                    if (route, method) == ("security", "POST") and who in MAY_NOT_ASK.split():
                        wanted = frozenset({403})
                    yield Cell(route, method, who, name, wanted)


def things(thing: str) -> list[str]:
    if thing == "case":
        return list(STEPS)
    if thing == "letter":
        return ["letter", "protected_letter", "missing"]
    return ["-"] if thing == "-" else [thing, "missing"]


def _wanted(route: str, who: str, thing: str, entry: tuple[str, bool, bool]) -> frozenset[int]:
    group, may_enter, is_taken = entry
    if who == "nobody" and group != "all":
        return frozenset({302})
    if not may_enter:
        return frozenset({403})
    if route == "login" or route.startswith(LIBRARY):
        return OPEN | {400, 401, 403, 405}  # allauth sends on, asks again or refuses as it sees fit
    if not is_taken:
        return frozenset({405})
    if thing == "-":
        return OPEN
    if thing == "missing":
        return frozenset({404})
    if who in ASKS_WHY.get(thing, "").split():
        return frozenset({302})
    if who not in CHANGED_BY_ITS_UNIT.get(route, who).split():
        return frozenset({403})
    if thing in OPENS_FOR:
        return OPEN if who in OPENS_FOR[thing].split() else frozenset({404})
    return _wanted_of_case(route, who, thing)


def _wanted_of_case(route: str, who: str, thing: str) -> frozenset[int]:
    head, *_ = CASES.strip().splitlines()
    sees = dict(zip(head.split(), table(CASES)[who], strict=True))[thing]
    if sees == "no":
        return frozenset({404})
    if route.startswith("step"):
        if who not in STEPS[thing][1].split():
            return frozenset({403})
        return frozenset({302}) if sees == "why" else frozenset({200, 302, 404, 422})
    if route == "extract" and thing == "protected" and sees == "open":
        return frozenset({403})  # nobody but Karin is named
    if route == "extract" and sees == "open":
        return frozenset({200, 422})
    if route in ("notice-preview", "forfeiture-decision"):
        return frozenset({302})  # to why it is read, to the PDF, or to what is missing
    if route == "reason":
        return frozenset({200, 302, 422})
    return frozenset({302}) if sees == "why" else frozenset({200})
