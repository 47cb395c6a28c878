"""Small pieces of HTML that every page repeats: logos, flags, names, per-page drawing style."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape

from tests.replica.entities import Event, Player, Team, slug
from tests.replica.plan import MatchPlan

TEXT_NODE = re.compile(r'(?<!player-nick")>([^<>&]*[^<>&\s][^<>&]*)<')
ORDINALS = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd", 31: "st"}
LOGO_HOST = "https://img-cdn.hltv.org/teamlogo"


@dataclass(frozen=True, slots=True)
class Style:
    """How the pages of one match are written down."""

    tbody: bool
    absolute: bool
    graph_tag: str

    @property
    def open_body(self) -> str:
        """What stands after `<table>` in this style."""
        return "<tbody>" if self.tbody else ""

    @property
    def close_body(self) -> str:
        """What stands before `</table>` in this style."""
        return "</tbody>" if self.tbody else ""


def style_of(match: MatchPlan) -> Style:
    """Choose the writing style: old pages and some new ones chart on a `div`."""
    plain = match.layout == "old" or "graph_div" in match.flags
    return Style(
        tbody="tbody" in match.flags,
        absolute="absolute_links" in match.flags,
        graph_tag="div" if plain else "worker-ignore",
    )


def text(value: object) -> str:
    """Escape for text and attributes alike."""
    return escape(str(value), quote=True)


def ordinal(day: int) -> str:
    """A day of the month as the site prints it: 1st, 2nd, 12th."""
    return f"{day}{ORDINALS.get(day, 'th')}"


def logo(team: Team, classes: str, extra: str = "") -> str:
    """A team's logo: one image, or a day and a night one."""
    name = text(team.name)
    if not team.twin_logo:
        source = f"{LOGO_HOST}/t{team.id}.png?w=50&amp;s=5c{team.id}"
        return f'<img alt="{name}" src="{source}" class="{classes}" title="{name}"{extra}>'
    parts = []
    for word, query in (("day", "w=50"), ("night", "invert=true&amp;w=50")):
        source = f"{LOGO_HOST}/t{team.id}.png?{query}&amp;s=5c{team.id}"
        parts.append(
            f'<img alt="{name}" src="{source}" class="{classes} {word}-only" title="{name}"{extra}>'
        )
    return "".join(parts)


def flag(country: str, code: str, classes: str = "flag") -> str:
    """A small flag."""
    name = text(country)
    return (
        f'<img alt="{name}" src="/img/static/flags/30x20/{code}.gif" class="{classes}"'
        f' title="{name}">'
    )


def player_flag(player: Player, classes: str = "flag") -> str:
    """The flag of a player's country."""
    return flag(player.country, player.code, classes)


def player_path(player: Player, root: str) -> str | None:
    """The path of a player's page under root; None for a stand-in who is not linked."""
    if player.id is not None:
        return f"{root}/{player.id}/{slug(player.nick)}"
    return f"{root}/0/{slug(player.nick)}" if player.link_zero else None


def linked(player: Player, root: str, inner: str, attributes: str = "") -> str:
    """Wrap inner in the player's link, or in a span where there is none."""
    path = player_path(player, root)
    if path is None:
        return f"<span{attributes}>{inner}</span>"
    return f'<a href="{path}"{attributes}>{inner}</a>'


def long_name(player: Player) -> str:
    """First name, nickname in quotes and its own span, last name."""
    nick = f'<span class="player-nick">{text(player.nick)}</span>'
    return f"{text(player.first)} &#x27;{nick}&#x27; {text(player.last)}"


def team_path(team: Team, root: str = "/team") -> str:
    """The path of a team's page."""
    return f"{root}/{team.id}/{team.slug}"


def event_path(event: Event) -> str:
    """The path of an event's page."""
    return f"/events/{event.id}/{event.slug}"


def spaced(content: str) -> str:
    """Surround texts by line breaks and blanks, as pages written out by a DOM printer have them.

    Long names keep their form: their nickname's span stands between quotes.
    """
    return TEXT_NODE.sub(r">\n    \1\n   <", content)
