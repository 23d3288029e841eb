"""Who works where, in every test and nowhere else.

Karin, Omar, Lena and Magnus are one police unit; Per works in another and must see nothing. Ines,
Sara and Hanna are Växjö's social services; Alva is Alvesta's.
"""

from cases import access
from cases.models import Kind, Organisation, Role, User

UNITS = {
    "vaxjo_police": (Kind.POLICE, "Polismyndigheten", "Lokalpolisområde Växjö", "0780"),
    "alvesta_police": (Kind.POLICE, "Polismyndigheten", "Lokalpolisområde Alvesta", "0764"),
    "vaxjo_social": (Kind.SOCIAL, "Växjö kommun", "Mottagning barn och unga", "0780"),
    "alvesta_social": (Kind.SOCIAL, "Alvesta kommun", "Mottagning barn och unga", "0764"),
}

PEOPLE = {
    "karin": ("Karin Ek", Role.PATROL_OFFICER, "vaxjo_police"),
    "omar": ("Omar Lind", Role.YOUTH_OFFICER, "vaxjo_police"),
    "lena": ("Lena Strand", Role.SUPERIOR, "vaxjo_police"),
    "magnus": ("Magnus Berg", Role.POLICE_MANAGER, "vaxjo_police"),
    "per": ("Per Holm", Role.PATROL_OFFICER, "alvesta_police"),
    "pia": ("Pia Gren", Role.YOUTH_OFFICER, "alvesta_police"),
    "ines": ("Ines Dahl", Role.INTAKE, "vaxjo_social"),
    "sara": ("Sara Nord", Role.SOCIAL_WORKER, "vaxjo_social"),
    "hanna": ("Hanna Falk", Role.HEAD_OF_UNIT, "vaxjo_social"),
    "alva": ("Alva Sten", Role.SOCIAL_WORKER, "alvesta_social"),
    "klara": ("Klara Öst", Role.COORDINATOR, "vaxjo_social"),
    "nils": ("Nils Vik", Role.LOG_REVIEWER, "vaxjo_police"),
    "nora": ("Nora Ask", Role.LOG_REVIEWER, "vaxjo_social"),
    "asta": ("Asta Hed", Role.ADMINISTRATOR, "vaxjo_police"),
}


def hire() -> None:
    """Make the units and enrol everybody."""
    units = {}
    for key, (kind, authority, name, municipality) in UNITS.items():
        units[key], _ = Organisation.objects.get_or_create(
            authority=authority,
            name=name,
            defaults={
                "kind": kind,
                "municipality_id": municipality,
                "street": "Sandgärdsgatan 31",
                "postal_line": "352 30 VÄXJÖ",
                "phone": "070-174 06 90",
                "email": "mottagning@example.org",
                "website": "example.org",
                "org_number": "202100-0000",
            },
        )
        access.service_account(units[key])
    for username, (name, role, unit) in PEOPLE.items():
        if not User.objects.filter(username=username).exists():
            user = User.objects.create_user(
                username, "hemligt-men-kort", name=name, role=role, organisation=units[unit],
                title=role.label, phone="070-174 06 91",
            )  # fmt: skip
            access.enrol(user)


def person(username: str) -> User:
    """Somebody of the cast, fresh from the database: rights are asked anew."""
    return User.objects.select_related("organisation").get(username=username)
