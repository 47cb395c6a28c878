"""What an answer means for its host, and for the crawl as a whole."""

from __future__ import annotations

from collections.abc import Callable

from fetch.admission import Admission
from fetch.cooldown import Cooldowns
from fetch.log import LOGGER
from fetch.report import span
from fetch.retry import Outcome
from fetch.sources.source import FetchSource
from fetch.throttle import Throttle
from fetch.visit import Task, Visit


class Weigher:
    """Slows a host down, leaves it alone, or ends the crawl; counts failures in a row.

    last_failure  URL and reason
    """

    def __init__(
        self,
        *,
        source: FetchSource,
        admission: Admission,
        throttle: Throttle,
        cooldowns: Cooldowns,
        say: Callable[[str], None],
    ) -> None:
        """Nothing has failed yet."""
        self.failures = 0
        self.last_failure = ""
        self._source = source
        self._admission = admission
        self._throttle = throttle
        self._cooldowns = cooldowns
        self._say = say

    def weigh(self, task: Task, outcome: Outcome, visit: Visit | None) -> None:
        """Take an answer; None: none came. Raises Turned where it ends the crawl."""
        url = visit.url if visit else task.url  # the last of the redirects
        pause_s = visit.pause_s if visit and not task.is_free else None
        LOGGER.info("%s %s %s", outcome.action, task.url, outcome.reason)
        if outcome.action == "leave":
            self._admission.turn_away(
                outcome.reason,
                url=url,
                retry_after_s=outcome.retry_after_s,
                advice=self._source.advice.get(visit.status, "") if visit else "",
            )
        if outcome.action in {"again", "again_page"}:
            self.failures += 1
            self.last_failure = f"{task.url}: {outcome.reason}"
        else:
            self.failures = 0
        if outcome.action == "again":
            self._throttle.troubled(task.host, outcome.retry_after_s)
            if outcome.retry_after_s:
                self._cooldowns.remember(url, seconds=outcome.retry_after_s, why=outcome.reason)
                patience = f"asks for {span(outcome.retry_after_s)} of patience"
                self._say(f"{task.host} {patience}: {outcome.reason}")
        else:
            self._throttle.answered(task.host, pause_s)
