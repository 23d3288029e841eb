"""Where a window envelope has its window, in millimetres; no letter and no PDF here."""

from dataclasses import dataclass

# Envelope C5, 229 × 162 mm, holding an A4 folded once to 210 × 148.5 mm: the paper slides.
SLIDE_ACROSS_MM = 229 - 210
SLIDE_DOWN_MM = 162 - 148.5


@dataclass(frozen=True)
class Window:
    """A window, in millimetres from the top left corner of the C5 envelope.

    Sweden has two positions, V2 and H2, but no open source gives their exact millimetres. These
    are the Norwegian ones (44 mm down, 35 × 105 mm, 15 mm from the side): try a real envelope.
    """

    left: float
    top: float = 44
    width: float = 105
    height: float = 35

    @property
    def address_mm(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom on the paper of what shows however the paper has slid."""
        right = self.left + self.width - SLIDE_ACROSS_MM
        return self.left, self.top, right, self.top + self.height - SLIDE_DOWN_MM

    @property
    def exposed_mm(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom on the paper of what may ever show: only the address is here."""
        left, top = self.left - SLIDE_ACROSS_MM, self.top - SLIDE_DOWN_MM
        return left, top, self.left + self.width, self.top + self.height


WINDOWS = {"H2": Window(left=229 - 15 - 105), "V2": Window(left=15)}
