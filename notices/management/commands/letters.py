"""Make every letter in every language about invented people, for the eye."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from notices import editions, fonts, letters, wording


class Command(BaseCommand):
    help = (
        "Write every letter in every language as L1-sv.pdf, L7a-ar.pdf …; drafts are watermarked."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--out", type=Path, required=True, help="the folder, made if missing")
        parser.add_argument("--only", nargs="*", help="some letters (L1 L7a) or languages (sv ar)")

    def handle(self, *, out: Path, only: list[str] | None, **_: object) -> None:
        if missing := fonts.missing_fonts():
            self.stderr.write(f"Saknas: {', '.join(missing)}. {fonts.REMEDY}")
        out.mkdir(parents=True, exist_ok=True)
        for code, language in asked_for(only):
            pdf = editions.preview(code, language, wording.shipped(code, language))
            (out / f"{code}-{language}.pdf").write_bytes(pdf)
            self.stdout.write(f"{code}-{language}.pdf")


def asked_for(only: list[str] | None) -> list[tuple[str, str]]:
    """Each letter in each of its languages; with `only`, those of the named letters or languages.

    Raises:
        CommandError: there is no letter or language of that name.
    """
    every = [
        (code, language) for code in letters.LETTERS for language in wording.languages_of(code)
    ]
    if unknown := set(only or ()) - {name for pair in every for name in pair}:
        raise CommandError(f"Finns inte: {', '.join(sorted(unknown))}.")
    return [pair for pair in every if not only or set(pair) & set(only)]
