"""Whom a crawl asks for, and when: those on the command line and those on the roster."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from fetch.pubg_seeds import Named, Times, seed_groups
from fetch.seed import SeedGroup
from tests.warc.roster.named import lobby, of_tournament, player
from warc.errors import UsageError
from warc.roster import Roster

TIMES = Times(every_s=600.0, tournament_every_s=60.0)
NOBODY = Named(shard="steam")


def asked(group: SeedGroup) -> list[str]:
    """The players and tournaments that a group asks for, a text for each question."""
    pages = group.pages(lambda _target: False)
    queries = [(urlsplit(page).path, parse_qs(urlsplit(page).query)) for page in pages]
    return [next(iter(query.values()))[0] if query else path for path, query in queries]


def told(named: Named, roster: Roster) -> list[tuple[str, float, list[str]]]:
    """Who finds, how often, and the questions of each group."""
    groups = seed_groups(named, roster, TIMES)
    return [(group.finder, group.every_s, asked(group)) for group in groups]


def test_tracked_players_are_asked_for_by_account_ten_at_a_time() -> None:
    roster = Roster(players=tuple(player(number) for number in range(12)))
    ((finder, every_s, questions),) = told(NOBODY, roster)
    assert (finder, every_s) == ("main", 600.0)
    assert [len(one.split(",")) for one in questions] == [10, 2]
    assert questions[0].startswith(player(0).account)


def test_each_shard_has_questions_of_its_own() -> None:
    roster = Roster(players=(player(1), replace(player(2), shard="kakao")))
    groups = seed_groups(NOBODY, roster, TIMES)
    assert [group.targets[0].split("/")[2] for group in groups] == ["kakao", "steam"]


def test_the_first_ten_of_a_lobby_are_looked_at_often_and_in_its_hours() -> None:
    members = tuple(
        replace(of_tournament(number), name=f"Pro{number:02}", priority=20 - number)
        for number in range(12)
    )
    roster = Roster(tournament_players=members, lobbies=(lobby(),))
    first, rest = seed_groups(NOBODY, roster, TIMES)
    assert asked(first) == [",".join(f"Pro{number:02}" for number in range(2, 12))]
    assert asked(rest) == ["Pro00,Pro01"]
    assert (first.every_s, rest.every_s) == (60.0, 600.0)
    assert first.finder == rest.finder == "tournament"
    for group in (first, rest):
        assert group.is_open(datetime(2026, 11, 23, 17, 30, tzinfo=UTC))  # Monday, 18:30 in Oslo
        assert not group.is_open(datetime(2026, 11, 23, 16, 30, tzinfo=UTC))
        assert not group.is_open(datetime(2026, 11, 27, 17, 30, tzinfo=UTC))  # Friday


def test_lobbies_that_play_together_are_asked_for_together() -> None:
    members = (of_tournament(1), of_tournament(2, lobby="division-2"))
    lobbies = (lobby(1), lobby(2))
    assert told(NOBODY, Roster(tournament_players=members, lobbies=lobbies)) == [
        ("tournament", 60.0, ["Pro1,Pro2"])
    ]
    apart = (lobby(1), lobby(2, hours="10:00-12:00"))
    assert told(NOBODY, Roster(tournament_players=members, lobbies=apart)) == [
        ("tournament", 60.0, ["Pro1"]),
        ("tournament", 60.0, ["Pro2"]),
    ]


def test_a_player_in_two_lists_is_one_question_by_account() -> None:
    member = replace(of_tournament(), name="Player1")
    roster = Roster(players=(player(1),), tournament_players=(member,), lobbies=(lobby(),))
    named = Named(names=["Player1"], shard="steam")
    groups = seed_groups(named, roster, TIMES)
    assert {group.targets for group in groups} == {groups[0].targets}
    assert asked(groups[0]) == [player(1).account]


def test_accounts_of_another_shard_are_others() -> None:
    member = replace(of_tournament(), name="Player1")
    roster = Roster(
        players=(player(1),),
        tournament_players=(member,),
        lobbies=(replace(lobby(), shard="tournament"),),
    )
    assert [asked(one) for one in seed_groups(NOBODY, roster, TIMES)] == [
        ["Player1"],
        [player(1).account],
    ]


def test_a_name_of_two_accounts_is_asked_for_by_name() -> None:
    twice = (player(1, name="Same"), player(2, name="Same"))
    member = replace(of_tournament(), name="Same")
    roster = Roster(players=twice, tournament_players=(member,), lobbies=(lobby(),))
    assert asked(seed_groups(NOBODY, roster, TIMES)[0]) == ["Same"]
    known = replace(member, account=player(2).account)
    roster = replace(roster, tournament_players=(known,))
    assert asked(seed_groups(NOBODY, roster, TIMES)[0]) == [player(2).account]


def test_tournaments_go_first_and_their_list_is_asked_for_as_players_are() -> None:
    named = Named(
        names=["Alpha"],
        accounts=[player(5).account],
        tournaments=["all", "eu-pecs26"],
        league=["bravo"],
        shard="steam",
    )
    member = of_tournament()
    roster = Roster(players=(player(1),), tournament_players=(member,), lobbies=(lobby(),))
    assert told(named, roster) == [
        ("tournament", 60.0, ["/tournaments/eu-pecs26"]),
        ("tournament", 60.0, ["bravo"]),
        ("tournament", 60.0, ["Pro1"]),
        ("tournament", 600.0, ["/tournaments"]),
        ("main", 600.0, ["Alpha"]),
        ("main", 600.0, [player(5).account]),
        ("main", 600.0, [player(1).account]),
    ]


def test_a_lobby_without_players_and_a_player_without_a_lobby_ask_for_nothing() -> None:
    assert told(NOBODY, Roster(lobbies=(lobby(),))) == []
    assert told(NOBODY, Roster(tournament_players=(of_tournament(),))) == []


def test_hours_that_nobody_can_read_any_more_are_named() -> None:
    roster = Roster(lobbies=(lobby(hours="10:00-12:00 Europe/Atlantis"),))
    with pytest.raises(UsageError, match="roster: hours of lobby division-1: '10:00"):
        seed_groups(NOBODY, roster, TIMES)
