"""The indicators of domain 6 about what came after the stop: one function each, from the cells."""

from kronoberg.statistics import afterwards as a
from kronoberg.statistics.figures import Indicator
from kronoberg.statistics.indicators import part_of
from kronoberg.statistics.tables import Cells, Split


def notified_in_time(cells: Cells) -> Indicator:
    """7: notices sent within 24 hours, of the interventions under 18 with a duty to notify."""
    return Indicator(
        number=7,
        title="Anmäld inom 24 timmar",
        definition=(
            "Anmälningar till socialnämnden som skickades inom 24 timmar från händelsens början, "
            "av ingripanden mot ungdomar under 18 år med skyldighet att anmäla (SoL 19:1). Det är "
            "alla utom dem som granskaren med angivet skäl beslutade att inte anmäla. Ej "
            "avslutade: anmälan var inte skickad när talen frystes; de ingår i nämnaren."
        ),
        lines=cells[a.notice_times.key]
        | part_of(cells, a.notices.part(a.NOT_SENT))
        | part_of(cells, a.notices.part(a.NOT_NOTIFIED)),
        counted=(a.IN_TIME,),
        among=(a.IN_TIME, a.LATE, a.NOT_SENT),
        sentence="{share} av {n} anmälningspliktiga ingripanden anmäldes inom 24 timmar.",
    )


def notified_in_shift(cells: Cells) -> Indicator:
    """7: notices sent before the pass or shift ended, of those with a duty to notify."""
    return Indicator(
        number=7,
        title="Anmäld före passets slut",
        definition=(
            "Anmälningar som skickades innan insatsen slutade, eller inom regelns tid för "
            "avrapportering när ingripandet inte gjordes i en insats, av ingripanden mot ungdomar "
            "under 18 år med skyldighet att anmäla (SoL 19:1: genast). Ej avslutade ingår i "
            "nämnaren."
        ),
        lines=cells[a.notice_shifts.key]
        | part_of(cells, a.notice_times.part(a.LATE))
        | part_of(cells, a.notices.part(a.NOT_SENT)),
        counted=(a.IN_SHIFT,),
        sentence="{share} av {n} anmälningspliktiga ingripanden anmäldes före passets slut.",
    )


def receipted(cells: Cells) -> Indicator:
    """8: receipts within one weekday, of all notices."""
    return Indicator(
        number=8,
        title="Kvitterad inom en vardag",
        definition=(
            "Anmälningar som kommunen kvitterade senast vardagen efter att de skickades, av alla "
            "skickade anmälningar. De som inte var kvitterade när talen frystes ingår i nämnaren."
        ),
        lines=cells[a.receipts.key],
        counted=(a.RECEIPT_IN_TIME,),
        sentence="{share} av {n} anmälningar kvitterades inom en vardag.",
    )


def feedback_received(cells: Cells) -> Indicator:
    """11: what social services answered the police, of all notices with an answer."""
    answers = tuple(line for line in a.feedback.lines if line != a.NO_FEEDBACK)
    return Indicator(
        number=11,
        title="Återkoppling till polisen",
        definition=(
            "Vilket av de tre svaren kommunen gav (OSL 26:9 a), av alla anmälningar som har fått "
            "ett svar. Riksgenomsnittet för inledda utredningar var 38 procent år 2018."
        ),
        lines=cells[a.feedback.key],
        counted=(answers[0],),
        among=answers,
        sentence="I {share} av {n} besvarade anmälningar inleddes en utredning.",
    )


def met_afterwards(cells: Cells) -> Indicator:
    """14: information meetings to which the youth or a custodian came, of those that were held."""
    came = (a.BOTH_CAME, a.YOUTH_CAME, a.ADULT_CAME)
    return Indicator(
        number=14,
        title="Kom till informationsträffen",
        definition=(
            "Ungdomar under 18 år där ungdomen eller minst en vårdnadshavare kom till den första "
            "informationsträffen, av dem där någon var kallad."
        ),
        lines=cells[a.meetings.key],
        counted=came,
        among=(*came, a.NOBODY_CAME),
        sentence="Till {share} av {n} informationsträffar kom ungdomen eller en vårdnadshavare.",
    )


def youth_met(cells: Cells) -> Indicator:
    """14: youths who came to the information meeting, of those who were called."""
    return _met(cells, a.youths_at_meeting, "Ungdomen på informationsträffen", "ungdomen")


def custodian_met(cells: Cells) -> Indicator:
    """14: youths with a custodian at the meeting, of those whose custodians were called."""
    return _met(
        cells, a.custodians_at_meeting, "Vårdnadshavare på informationsträffen",
        "minst en vårdnadshavare",
    )  # fmt: skip


def _met(cells: Cells, table: Split, title: str, who: str) -> Indicator:
    return Indicator(
        number=14,
        title=title,
        definition=(
            f"Ungdomar under 18 år där {who} kom till den första informationsträffen, av dem där "
            f"{who} var kallad. Inte kallade står för sig."
        ),
        lines=cells[table.key],
        counted=(a.CALLED_CAME,),
        among=(a.CALLED_CAME, a.CALLED_ABSENT),
        sentence=f"Till {{share}} av {{n}} träffar kom {who}.",
    )


def letters_in_time(cells: Cells) -> Indicator:
    """23: letters within seven days, of all under 18."""
    return Indicator(
        number=23,
        title="Brev inom sju dygn",
        definition=(
            "Ungdomar under 18 år där brev till vårdnadshavare beställdes inom sju dygn från "
            "händelsens början, av alla under 18. Den som med skäl avstod från brev står för sig."
        ),
        lines=cells[a.letters.key],
        counted=(a.LETTERS_IN_TIME,),
        sentence="I {share} av {n} ingripanden gick brev inom sju dygn.",
    )


def letters_returned(cells: Cells) -> Indicator:
    """23: letters to custodians that came back, of the youths about whom any was written."""
    return Indicator(
        number=23,
        title="Brev i retur",
        definition=(
            "Ungdomar under 18 år där något brev till en vårdnadshavare kom i retur, av dem där "
            "minst ett brev är gjort. Inget brev än står för sig."
        ),
        lines=cells[a.letter_returns.key],
        counted=(a.RETURNED,),
        among=(a.RETURNED, a.NOT_RETURNED),
        sentence="I {share} av {n} ingripanden med brev kom något i retur.",
    )


def letter_language(cells: Cells) -> Indicator:
    """23: by the language of the first letter to a custodian, of those with a letter."""
    lines = cells[a.letter_languages.key]
    return Indicator(
        number=23,
        title="Brevens språk",
        definition=(
            "Ungdomar under 18 år efter språket i det första brevet till en vårdnadshavare, av dem "
            "där ett brev är gjort."
        ),
        lines={line: n for line, n in lines.items() if line != a.NO_LETTER_YET},
        sentence="Av {n} med brev: {top}.",
    )


def custody_copied(cells: Cells) -> Indicator:
    """24: copies of the protocol by the next weekday, of the custodies by LOB under twenty."""
    return Indicator(
        number=24,
        title="LOB-kopia till socialnämnden",
        definition=(
            "Omhändertaganden enligt LOB där kopian av protokollet skickades till socialnämnden "
            "senast nästa vardag, av alla omhändertaganden enligt LOB av ungdomar i registret. De "
            "utan kopia ingår i nämnaren, också när ungdomens identitet är okänd."
        ),
        lines=cells[a.custody_copies.key],
        counted=(a.COPY_IN_TIME,),
        sentence="I {share} av {n} omhändertaganden gick kopian senast nästa vardag.",
    )


def attested(cells: Cells) -> Indicator:
    """25: reported and reviewed, of all that are valid."""
    return Indicator(
        number=25,
        title="Avrapporterat och granskat",
        definition=(
            "Ingripanden som är avrapporterade (polislagen 27 §: uppgifterna är fullständiga) och "
            "granskade av en förman, av alla registrerade."
        ),
        lines=cells[a.attestations.key],
        counted=(a.ATTESTED,),
        sentence="{share} av {n} ingripanden är avrapporterade och granskade.",
    )


def chain(cells: Cells) -> Indicator:
    """The whole chain of the model, or where it first broke, of all under 18."""
    return Indicator(
        number=0,
        title="Hela kedjan",
        definition=(
            "Ingripanden mot ungdomar under 18 år där alla nio länkar höll: alkoholen togs "
            "(kategori B), vårdnadshavare ringdes samma natt, någon kom och hämtade, frågan om "
            "langning ställdes, anmälan gick inom ett dygn, brev gick hem (eller avstods med "
            "skäl), familjen kallades till informationsträff, återkoppling kom och ungdomen "
            "följdes upp. Ett ingripande räknas där kedjan först brast."
        ),
        lines=cells[a.chain.key],
        counted=(a.WHOLE,),
        sentence="Hela kedjan höll i {share} av {n} ingripanden mot unga under 18 år.",
    )


INDICATORS = (
    notified_in_time, notified_in_shift, receipted, feedback_received, met_afterwards, youth_met,
    custodian_met, letters_in_time, letters_returned, letter_language, custody_copied, attested,
    chain,
)  # fmt: skip
