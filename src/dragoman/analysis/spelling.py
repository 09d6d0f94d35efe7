"""Rules by which romanised spellings are heard, as literal tables in the order of their use."""

from __future__ import annotations

import re
from functools import partial
from operator import methodcaller
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    Rules = tuple[Callable[[str], str], ...]

_LITERAL = re.compile(r"\^?[a-z!]+(?:\|[a-z!]+)*")


def rules(text: str) -> Rules:
    """Rules written as ``pattern>sound``, separated by blanks.

    They are for words one by one or for many, each between two line feeds. Alternatives without
    special signs are replaced one after the other: of two that overlap, the first is to win.
    """
    found: list[Callable[[str], str]] = []
    for rule in text.split():
        pattern, _, sound = rule.rpartition(">")
        if not _LITERAL.fullmatch(pattern):
            found.append(partial(re.compile(pattern, re.MULTILINE).sub, sound))
        elif pattern[0] == "^":
            found.append(methodcaller("replace", "\n" + pattern[1:], "\n" + sound))
        else:
            found += [methodcaller("replace", each, sound) for each in pattern.split("|")]
    return tuple(found)


def apply(rules: Rules, roman: str) -> str:
    """What rules make of romanised words."""
    for rule in rules:
        roman = rule(roman)
    return roman


ENGLISH = rules(
    "^kn>n ^wr>r ^wh>w ^ps>s ^x>z sch>S tch>C ch(?=[rl])>k ch>C sh>S ph>f th>T ck>k"
    " qu>kw q>k x>ks dge>J dg>J gh(?=[aeiou])>g augh|ough>o gh> ti(?=on)|ci(?=al|an|ous)>S"
    " c(?=[eiy])>s c>k g(?=[ey])>J j>J mb$>m ee|ea>i oo|ou>u ai|ay|ey>ei (?<=[^aeiou\\n])e$>@"
    " y(?![aeiou])>i w(?![aeiou])> ts|tz>c (.)\\1+>\\1"
)
LATIN_SPELLING = rules(
    "tsch|tch|cz>C sch|sh|sz>S kh>x x>ks ^ks>s ch>C ph>f th>T dh>D gh>G bh>b zh>Z dj|dzh|jh>J"
    " ck>k qu>kw q>k c(?=[eiy])|c$>! c>k !>c ts|tz>c y(?![aeiou])>i (.)\\1+>\\1"
)
ROMANISED = rules(
    "shch>S dzh|dj>J zh>Z tsh|tch|ch>C sh>S kh>x ph>f th>T dh>D gh>G bh>b jh|j>J"
    " ck>k qu>kw ts|tz>c (.)\\1+>\\1"
)
GREEK = rules("^mp>b ^nt>d gk>g o[wy](?![aeiou])>u")
ASPIRATED = rules("th>t dh>d kh>k gh>g ph>f jh>J")
PINYIN = rules("x>s q>C zh>J j>J ch>C sh>S ng>n (?<![bcdfghjklmnpqrstwxyz])er>r")
JOINED = rules("tS>C dZ>J (.)\\1+>\\1")
AFFRICATE = rules("ts>c")
KANA_SOUNDS = rules("(?<=[kgszfpbmrhvc])u>@ (?<=[td])o>@ (?<=[SCJ])i>@ (?<=[SCJ])y> (.)\\1+>\\1")
HANGUL_SOUNDS = rules("(?<=[SCJ])i>@ sy|swi>S l[rl]>l ng>n (.)\\1+>\\1")
