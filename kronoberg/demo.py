"""The demo's people: who they are, where they work, and what to try as each of them."""

from dataclasses import dataclass

from cases.models import Role

PASSWORD = "kronoberg-demo"  # noqa: S105  (printed by bin/demo; the demo holds invented people only)


@dataclass(frozen=True)
class Member:
    name: str
    role: Role
    unit: str
    try_this: str


CAST = {
    "karin": Member(
        "Karin Ek", Role.PATROL_OFFICER, "police", "Registrera en händelse och ring hem."
    ),
    "lena": Member("Lena Strand", Role.SUPERIOR, "police", "Granska och besluta om anmälan."),
    "omar": Member("Omar Lind", Role.YOUTH_OFFICER, "police", "Skicka anmälan och brev, följ upp."),
    "magnus": Member("Magnus Berg", Role.POLICE_MANAGER, "police", "Se var kedjan brister."),
    "ines": Member("Ines Dahl", Role.INTAKE, "social", "Kvittera det som kommit in."),
    "sara": Member(
        "Sara Nord", Role.SOCIAL_WORKER, "social", "Bedöm, kalla till samtal, återkoppla."
    ),
    "hanna": Member("Hanna Falk", Role.HEAD_OF_UNIT, "social", "Fördela, utse läsare, följ upp."),
    "klara": Member("Klara Öst", Role.COORDINATOR, "social", "Se talen – och inga namn."),
    "nils": Member("Nils Vik", Role.LOG_REVIEWER, "police", "Granska vem som har läst."),
    "asta": Member("Asta Hed", Role.ADMINISTRATOR, "police", "Ändra frister, utan att se ärenden."),
    "per": Member("Per Holm", Role.PATROL_OFFICER, "other_police", "Se att Växjö är stängt."),
}
