"""What the invented officers wrote: plausible words for each category."""

from dataclasses import dataclass

from cases.models import YouthCase
from cases.models.codes import Category


@dataclass(frozen=True)
class Told:
    """The free text of one record: seen, heard from others, said by the youth, feared, why now."""

    observations: str
    hearsay: str
    child_words: str
    concern: str
    why_now: str


_TOLD = {
    Category.A: (
        Told(
            "Luktade alkohol, gick ostadigt och var för tunt klädd för kvällen.",
            "En vän sade att de hade druckit sedan eftermiddagen.",
            "Vill inte att föräldrarna blir arga.",
            "Var berusad utomhus i kylan och en del av tiden ensam.",
            "Vännerna hade gått hem och ingen vuxen visste var ungdomen var.",
        ),
        Told(
            "Sluddrade, hade svårt att hålla ögonen öppna och hade kräkts på jackan.",
            "En ordningsvakt hade sett sällskapet bakom kiosken i en timme.",
            "Säger att det var första gången, och att det gick för fort.",
            "Drack mycket på kort tid tillsammans med äldre som ungdomen inte kände.",
            "Sällskapet lämnade platsen när patrullen kom.",
        ),
        Told(
            "Glansiga ögon, pratade osammanhängande men kunde gå själv.",
            "Kamraterna sade att ungdomen hade grälat hemma tidigare på kvällen.",
            "Vill sova hos en kamrat i stället för att åka hem.",
            "Druckit efter ett gräl hemma och ville inte gå hem.",
            "Ungdomen säger att det har hänt förut den här hösten.",
        ),
    ),
    Category.B: (
        Told(
            "Nykter och lugn. Bar alkoholen i en kasse från en mataffär.",
            "En kamrat sade att de skulle dela på den senare.",
            "Säger att den inte är till ungdomen själv.",
            "Bar alkohol på väg till en fest utan vuxna.",
            "Festen skulle börja samma kväll.",
        ),
        Told(
            "Inte påverkad. Ville först inte visa vad som låg i ryggsäcken.",
            "Ingen annan på platsen ville säga något.",
            "Har köpt för egna pengar och är ledsen över det.",
            "Bär alkohol för flera yngre kamrater.",
            "Yngre kamrater väntade på platsen.",
        ),
    ),
    Category.C: (
        Told(
            "Nykter. Satt tillsammans med flera som drack.",
            "En i sällskapet sade att ungdomen bara hade följt med.",
            "Säger att alla andra fick vara ute.",
            "Var sent ute i ett sällskap där flera var berusade.",
            "Sällskapet var äldre, och ingen av dem var nykter.",
        ),
    ),
}


def told(case: YouthCase) -> Told:
    """The words of a case: by its category, varied by its number, the same at every seeding."""
    choices = _TOLD[Category(case.category)]
    return choices[int(case.reference[-4:]) % len(choices)]
