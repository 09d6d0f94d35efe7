"""How the syllables of the unspaced scripts of South-East Asia and Tibet are read.

A run of such a script is a row of *units*: a consonant with what is written around it (Tibetan:
what stands between two syllable marks). Each is read by itself, in the sounds of
`dragoman.analysis.sound`. What these scripts leave silent in words of their own they write out
in foreign names, so that letters under a mark of silence are read.
"""

from __future__ import annotations

import re
from functools import lru_cache

import regex

SCRIPTS = ("Thai", "Lao", "Khmer", "Myanmar", "Tibetan")
"""The scripts that are read here."""

TSHEGS = "\u0f0b\u0f0c"
"""The marks between Tibetan syllables, of which the first is the usual one."""

_UNIT = regex.compile(
    r"[\p{Tibetan}&&[\p{L}\p{M}]]+"
    # A Burmese syllable takes the consonants in that have no vowel: each with a virama or asat.
    r"|[\p{Myanmar}&&\p{L}](?:\u1039\p{L}|\p{M})*"
    r"(?:[\p{Myanmar}&&\p{L}][\u1037\u1038]*\u103a\p{M}*)*"
    r"|[\u0e40-\u0e44\u0ec0-\u0ec4]?[[\p{Thai}\p{Lao}\p{Khmer}]&&\p{L}]"
    r"(?:\u17d2\p{L}|[\p{M}\u0e30\u0e32\u0e33\u0e45\u0eb0\u0eb2\u0eb3])*",
    regex.V1,
)
_TIBETAN = regex.compile(r"\p{Tibetan}")
_IS_CHAINED = regex.compile("|".join(rf"\p{{{script}}}" for script in SCRIPTS))
# The blocks of these scripts, which are found many times faster.
_IN_THEIR_BLOCKS = re.compile(
    "[\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u19e0-\u19ff\ua9e0-\ua9ff\uaa60-\uaa7f"
    "\U000116d0-\U000116ff]"
)


def is_chained(text: str) -> bool:
    """Whether a text has anything in these scripts."""
    found = None if text.isascii() else _IN_THEIR_BLOCKS.search(text)
    return found is not None and _IS_CHAINED.search(text, found.start()) is not None


def units(run: str) -> list[str]:
    """The units of a run."""
    return [match[0] for match in _UNIT.finditer(run)]


def joined(chain: list[str]) -> str:
    """Units as they stand in a text."""
    return (TSHEGS[0] if chain and _TIBETAN.match(chain[0]) else "").join(chain)


def _readings(text: str) -> dict[str, str]:
    """Rows of ``sound:letters``; no sound is written ``-``."""
    pairs = (group.split(":") for group in text.split())
    return {letter: sound.replace("-", "") for sound, letters in pairs for letter in letters}


# fmt: off
_CONSONANTS = _readings(
    # Thai
    "k:กขฃคฅฆ n:งณน J:จ C:ฉชฌ s:ซศษส y:ญย d:ฎด t:ฏฐฑฒตถทธ b:บ p:ปผพภ f:ฝฟ m:ม r:ร ri:ฤ l:ลฬ li:ฦ"
    " w:ว h:หฮ"
    # Lao
    " k:ກຂຄຆ n:ງນໜຌ J:ຈ s:ສຊຨຩຉ y:ຍຢ d:ດ t:ຕຖທຏຐຑຒຘ b:ບ p:ປຜພຠ f:ຝຟ m:ມໝ r:ຣ l:ລຼຬ w:ວ h:ຫຮ n:ຎຓ"
    # Khmer
    " k:កខគឃ n:ងញណន C:ចឆជឈ d:ដឌឍ t:ឋតថទធ b:ប p:ផពភ m:ម y:យ r:រ l:លឡ v:វ s:សឝឞ h:ហ"
    # Burmese, Mon, Shan
    " k:ကခၵၶၷꧠ g:ဂဃ n:ငဉညနဏၺၼꧣ s:စဆၸꧡꧢ z:ဇဈၹꩦ t:ဋဌတထ d:ဍဎဒဓၻ p:ပဖၽ b:ဗဘၿ f:ၾ m:မ y:ယ r:ရ l:လဠ"
    " w:ဝ T:သဿ h:ဟႁ -:အဢ"
    # Tibetan, also as the lower part of a stack
    " k:ཀཁཫྐྑ g:གགྷྒྒྷ n:ངཉནཎྔྙྣྞ C:ཅཆྕྖ J:ཇྗ t:ཏཐཊཋྟྠྚྛ d:དཌྡྜ p:པཕྤྥ b:བྦ m:མྨ c:ཙཚྩྪ z:ཛཟྫྯ w:ཝྭྺ Z:ཞྮ"
    " -:འཨྰྸ y:ཡྱྻ r:རཪྲྼ l:ལླ S:ཤཥྴྵ s:སྶ h:ཧྷ"
)
_VOWELS = _readings(
    # Thai and Lao; those written in front are moved behind the consonant
    "a:ะัาๅ u:ึืุู i:ิี e:เแ o:โอ ai:ใไ m:\u0e4d"
    " am:\u0e33\u0eb3 a:ະັາ u:ຶືຸູ i:ິີຽ e:ເແ o:ໂອົໍ ai:ໃໄ"
    # Khmer
    " a:ា i:ិី e:ឹឺើឿេែ u:ុូ o:ួោ i:ៀ ai:ៃ au:ៅ m:ំ i:ឥឦ u:ឧឩ au:ឪឳ ri:ឫឬ li:ឭឮ e:ឯ ai:ឰ o:ឱឲ a:អ"
    # Burmese; its medials
    " a:ာါၢႃ i:ိီၤ u:ုူ e:ေဲႄႅႄ n:ံ y:ျြ w:ွႂ i:ဣဤ u:ဥဦ e:ဧ o:ဩဪ ai:ႆ"
    # Tibetan
    " i:ཱཱིིྀྀ u:ཱུུ e:ེཻ o:ོཽ a:ཱ m:ཾ"
)
# Signs that a consonant has no vowel, what a vowel is, and Tibetan consonants below another.
_WITHOUT_VOWEL = frozenset("\u103a\u0f84\u17cd\u0e4c\u0ecc\u17d2\u1039")
_SPOKEN = frozenset("aeiou")
_SUBJOINED = frozenset(map(chr, range(0x0F90, 0x0FBD)))
# What two or more signs make together.
_WHOLE = (
    ("ហ្គ", "គ"), ("ហ្ក", "គ"), ("ហ្វ", "\ue000"), ("ហ្ស", "\ue001"), ("ហ្ន", "ន"), ("ហ្ម", "ម"),
    ("ហ្ល", "ល"), ("ཱི", "ི"), ("ཱུ", "ུ"), ("\u0e4d\u0e32", "\u0e33"),
    ("\u0ecd\u0eb2", "\u0eb3"),
    ("ប៉", "ព"), ("ຫຼ", "ລ"), ("หล", "ล"), ("ཕ༹", "\ue000"), ("བ༹", "\ue002"),
    ("ကျ", "\ue003"), ("ချ", "\ue003"), ("ခြ", "\ue003"), ("ဂျ", "\ue004"), ("ရှ", "\ue005"),
    ("သျှ", "\ue005"), ("လျှ", "\ue005"), ("ိုင်", "\ue007"), ("ိုက်", "\ue007က်"), ("ယ်", "ေ"),
    ("ို", "\ue006"), ("ော", "\ue006"), ("ေါ", "\ue006"),
    ("သြ", "ဩ"), ("စျ", "ဈ"), ("ိူ", "\ue006"), ("ူဝ်", "\ue006"), ("ွ်", "ွ"), ("ြ", "ရ"), ("យ៉", "យ"),
)
_CONSONANTS |= _readings("f:\ue000 Z:\ue001 v:\ue002 C:\ue003 J:\ue004 S:\ue005")
_VOWELS |= {"\ue006": "o", "\ue007": "ai"}
# fmt: on
_IN_FRONT = regex.compile("([\u0e40-\u0e44\u0ec0-\u0ec4])(.)")
_RULES = (
    (regex.compile("ea(?=$)"), "au"),  # Thai and Lao: a vowel around the consonant
    (regex.compile("e[iu]"), "e"),
    (regex.compile(r"(?<=[^aeiou])w(?=[^aeiou])"), "u"),
    (regex.compile("(?<=[aeiou])@"), ""),
    (regex.compile(r"(.)\1+"), r"\1"),
)


@lru_cache(maxsize=1 << 15)
def read(unit: str) -> str:
    """The sounds of a unit; none of a mark alone."""
    text = _IN_FRONT.sub(r"\2\1", unit)
    for signs, sign in _WHOLE:
        text = text.replace(signs, sign)
    sounds, voiced = "", True
    for letter in text:
        if letter in _CONSONANTS:
            if not voiced and letter not in _SUBJOINED:
                sounds += "@"
            sounds += _CONSONANTS[letter]
            voiced = False
        elif letter in _VOWELS:
            sounds += _VOWELS[letter]
            voiced = voiced or not _SPOKEN.isdisjoint(_VOWELS[letter])
        elif letter in _WITHOUT_VOWEL:
            voiced = True
    for pattern, sound in _RULES:
        sounds = pattern.sub(sound, sounds)
    return sounds
