"""When a run shall end although there is more to do; pure."""

from __future__ import annotations

from dataclasses import dataclass

from fetch.report import Ending, span
from fetch.sizes import bytes_text

# Failing answers one after the other, of whatever page types, after which a run ends: the site is
# out of order, or does not want to be asked (spec/hltv.md 9.3; section 8 knows of five).
MAX_FAILURES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Where a run stops; None: nowhere.

    pages     asked for, the listing's included
    seconds   since the run began
    size      bytes of bodies as sent
    failures  failing answers in a row; a page that is not there is no failure of the site
    """

    pages: int | None = None
    seconds: float | None = None
    size: int | None = None
    failures: int = MAX_FAILURES

    def reached(
        self, *, pages: int, seconds: float, size: int, failures: int, last_failure: str = ""
    ) -> tuple[Ending, str] | None:
        """The ending that a limit means, with a sentence; None while no limit is reached."""
        if failures >= self.failures:
            last = f", the last: {last_failure}" if last_failure else ""
            answers = "answers in a row were failures" if failures > 1 else "answer was a failure"
            return "trouble", f"{failures} {answers}{last}."
        if self.pages is not None and pages >= self.pages:
            return "limit", ""
        if self.seconds is not None and seconds >= self.seconds:
            return "minutes", f"{span(self.seconds)} have passed."
        if self.size is not None and size >= self.size:
            return "bytes", f"{bytes_text(size)} came, the limit is {bytes_text(self.size)}."
        return None

    def left_s(self, seconds: float) -> float | None:
        """Seconds that are left of a run; None where it may take as long as it likes."""
        return None if self.seconds is None else max(0.0, self.seconds - seconds)
