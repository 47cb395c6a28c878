"""Figures: measured ratios, and what they should be."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measured ratio and what it should be; `reason` says why an aim may not be met."""

    name: str
    ratio: float
    aim: str
    met: bool
    compared: str
    reason: str = ""

    def __str__(self) -> str:
        """One line, for people."""
        verdict = "met" if self.met else "NOT met"
        reason = f" ({self.reason})" if self.reason else ""
        line = f"{self.name:14} {self.ratio:6.2f}  aim {self.aim:7} {verdict:8} "
        return f"{line}{self.compared}{reason}"


def at_least(name: str, ratio: float, aim: float, compared: str, reason: str = "") -> Figure:
    """A ratio that should be large."""
    met = ratio >= aim
    why = "" if met else reason
    return Figure(name=name, ratio=ratio, aim=f">= {aim}", met=met, compared=compared, reason=why)


def at_most(name: str, ratio: float, aim: float, compared: str, reason: str = "") -> Figure:
    """A ratio that should be small."""
    met = ratio <= aim
    why = "" if met else reason
    return Figure(name=name, ratio=ratio, aim=f"<= {aim}", met=met, compared=compared, reason=why)
