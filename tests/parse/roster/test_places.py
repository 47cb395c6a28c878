"""Lines of tables and keys in TOML files."""

from __future__ import annotations

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from parse.roster.places import places_of

FILE = '''\
# [[player]]
title = "x" # a comment = 1
[[player]]
name = "a"
"account" = """
[[player]]
name = 1
"""

  [[ player ]]  # the second
  name = 'x # y'
  list = [
    "[[player]]",   # ]
    { name = "z", deep = [1,
      2] },
  ]
  shard = "steam"
[player.more]
name = 1
[["lobby"]]
'na"me'.x = 1
"quo\\"ted" = \'\'\'
it's''\'\'\'
last = """two quotes "" and more"""""
end = 1
'''


def test_headers_and_keys_are_where_they_stand() -> None:
    tomllib.loads(FILE)
    places = places_of(FILE)
    assert set(places) == {("", 0), ("player", 0), ("player", 1), ("lobby", 0)}
    assert places["", 0].keys == {"title": 2, "player": 3, "lobby": 20}
    assert places["player", 0].line == 3
    assert places["player", 0].keys == {"name": 4, "account": 5}
    assert places["player", 1].line == 10
    assert places["player", 1].keys == {"name": 11, "list": 12, "shard": 17, "more": 18}
    assert places["lobby", 0].line == 20
    assert places["lobby", 0].keys == {'na"me': 21, 'quo"ted': 22, "last": 24, "end": 25}


def test_lines_may_end_as_on_windows() -> None:
    assert places_of(FILE.replace("\n", "\r\n")) == places_of(FILE)


plain = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12)
strings = st.one_of(
    plain.map(lambda text: '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'),
    plain.map(lambda text: "'" + text.replace("'", "") + "'"),
    plain.map(lambda text: '"""\n' + text.replace("\\", "").replace('"', "[") + '\n# [[x]]"""'),
    plain.map(lambda text: "'''" + text.replace("'", "=") + "\nx = 1\n'''"),
)
values = st.recursive(
    st.one_of(strings, st.sampled_from(["1", "true", "2026-01-31", "1.5"])),
    lambda inner: st.lists(inner, max_size=3).map(lambda all_: "[\n" + ",\n".join(all_) + "]"),
    max_leaves=5,
)
comments = st.one_of(st.just(""), plain.map(lambda text: " # " + text))
tables = st.lists(
    st.tuples(
        st.sampled_from(["player", "lobby", '"tournament_player"']),
        st.dictionaries(st.sampled_from(["a", "b-c", '"d e"', "'f'"]), values),
        comments,
    )
)


@given(tables)
def test_every_table_and_key_of_any_file_is_found(
    described: list[tuple[str, dict[str, str], str]],
) -> None:
    lines: list[str] = []
    wanted = []
    for name, keys, comment in described:
        lines.append(f"[[{name}]]{comment}")
        header = len(lines)
        found = {}
        for key, value in keys.items():
            found[key.strip("\"'")] = len(lines) + 1
            lines += f"{key} = {value}{comment}".split("\n")
        wanted.append((name.strip('"'), header, found))
    text = "\n".join(lines)
    tomllib.loads(text)
    places = places_of(text)
    places.pop(("", 0))
    listed = sorted(places.items(), key=lambda one: one[1].line)
    assert [(name, place.line, place.keys) for (name, _), place in listed] == wanted
