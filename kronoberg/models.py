"""Where Django looks for this app's models; they live with what they are for."""

from kronoberg.statistics.models import EffortHours

__all__ = ["EffortHours"]
