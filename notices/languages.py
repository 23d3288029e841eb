"""The languages a letter can be written in: their names, their direction and their letterforms."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Language:
    code: str
    name: str  # as Swedish screens say it
    own_name: str
    tag: str  # BCP 47, for the PDF and the screen reader
    script: str = "Latn"

    @property
    def is_right_to_left(self) -> bool:
        return self.script == "Arab"


SWEDISH = Language("sv", "Svenska", "Svenska", "sv")
LANGUAGES = {
    language.code: language
    for language in (
        SWEDISH,
        # Shorter sentences, one thought each; for the youth.
        Language("lattlast", "Lättläst svenska", "Lättläst svenska", "sv"),
        Language("en", "Engelska", "English", "en"),
        Language("ar", "Arabiska", "العربية", "ar", "Arab"),
        Language("so", "Somaliska", "Soomaali", "so"),
        Language("fa", "Persiska", "فارسی", "fa", "Arab"),
        Language("prs", "Dari", "دری", "prs", "Arab"),
        Language("ti", "Tigrinska", "ትግርኛ", "ti", "Ethi"),
        Language("pl", "Polska", "Polski", "pl"),
        Language("uk", "Ukrainska", "Українська", "uk"),
        Language("ckb", "Kurdiska (sorani)", "کوردی (سۆرانی)", "ckb", "Arab"),
        Language("kmr", "Kurdiska (kurmanji)", "Kurdî (Kurmancî)", "kmr"),
        Language("fi", "Finska", "Suomi", "fi"),
    )
}
