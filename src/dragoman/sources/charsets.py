"""Which legacy encoding a text has, told from the characters that it would have in each.

A text decoded with the wrong encoding has characters that no language uses together:
accents of three countries, capitals in the middle, Cyrillic letters inside Latin words,
rare ideographs only. Two literal tables say what is usual, byte by byte and for pairs of
bytes; the encoding in which most of what is not ASCII is usual wins, of equals the first.
"""

from __future__ import annotations

import re
from collections import Counter

_CYRILLIC = "абвгдежзийклмнопрстуфхцчшщъыьэюяё"
_ARABIC = "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىيًٌٍَُِّْ،؛؟ـ"
_HEBREW = "אבגדהוזחטיךכלםמןנסעףפץצקרשת"
_GREEK = "αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋΐΰ"

# Punctuation that any text may have, whatever its language.
_COMMON = frozenset("“”‘’‚„«»‹›–—…•·€£¥°§©®№±½×\u00a0\u200c\u200d\u200e\u200f")

# Encoding → the small letters of the languages written in it, without ASCII. Where the same
# bytes are letters in several, the narrower alphabet comes first.
_ALPHABETS: dict[str, tuple[str, ...]] = {
    "cp1252": (
        "éèàùâêîôûçëïœæ", "áéíóúüñ¿¡ºª", "äöüß", "áâãàçéêíóôõúªº", "àèéìòù", "åäöéæø",
        "ëéïöüèáóê", "áðéíóúýþæö", "àéèíïóòúüç·", "äöõüšž",
    ),
    "cp1254": ("çğıöşüâîû",),
    "cp1250": (
        "ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "ăâîşţ", "čćđšž", "ëç",
    ),
    "iso8859_2": ("ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áéíóöőúüű", "ăâîşţ", "čćđšž"),
    "cp1257": ("ąčęėįšųūž", "āčēģīķļņšūž"),
    "cp1258": ("àáâăèéêìíòóôơùúưýđ\u0300\u0301\u0303\u0309\u0323",),
    "cp1255": (_HEBREW, _HEBREW + "ְֱֲֳִֵֶַָֹֻּׁׂ־׳״"),
    "cp1251": (_CYRILLIC, _CYRILLIC + "ґєіїў", _CYRILLIC + "ђјљњћџѓѕќ"),
    "koi8_u": (_CYRILLIC, _CYRILLIC + "ґєії"),
    "cp866": (_CYRILLIC,),
    "iso8859_5": (_CYRILLIC, _CYRILLIC + "єіїў", _CYRILLIC + "ђјљњћџѓѕќ"),
    "cp1256": (_ARABIC, _ARABIC + "پچژگک", _ARABIC + "پچژگکٹڈڑںہھے"),
    "iso8859_6": (_ARABIC,),
    "cp1253": (_GREEK,),
    "iso8859_7": (_GREEK,),
    "cp874": ("กขคฆงจฉชซญฎฐฑฒณดตถทธนบปผฝพฟภมยรลฦวศษสหฬอฮฯะัาำิีึืุูเแโใไๆ็่้๊๋์",),
}  # fmt: skip
_LATIN = frozenset(("cp1252", "cp1254", "cp1250", "iso8859_2", "cp1257", "cp1258"))

# Encoding → the bytes of characters that mark it, of others that it uses often, of all others,
# and the share of marks below which it is not this one: kana in Japanese; the 2,350 syllables
# of Korean; the common ideographs of Chinese, which the standards put first. GB 18030 has
# nearly all pairs of bytes, and traditional characters in a rarer part.
_PAIRS: tuple[tuple[str, bytes, bytes, bytes, float], ...] = (
    (
        "euc_jp", rb"\xa4[\xa1-\xf3]|\xa5[\xa1-\xf6]",
        rb"[\xb0-\xcf][\xa1-\xfe]|[\xa1\xa3][\xa1-\xfe]",
        rb"\x8f[\xa1-\xfe]{2}|[\x8e\xa1-\xfe][\xa1-\xfe]", 0.2,
    ),
    (
        "cp949", rb"[\xb0-\xc8][\xa1-\xfe]", rb"[\xa1-\xa3][\xa1-\xfe]",
        rb"[\x81-\xfe][A-Za-z\x81-\xfe]", 0.8,
    ),
    (
        "gb18030", rb"[\xb0-\xd7][\xa1-\xfe]", rb"[\xa1\xa3][\xa1-\xfe]",
        rb"[\x81-\xfe][\x30-\x39][\x81-\xfe][\x30-\x39]|[\x81-\xfe][\x40-\x7e\x80-\xfe]", 0.7,
    ),
    (
        "big5", rb"[\xa4-\xc6][\x40-\x7e\xa1-\xfe]", rb"\xa1[\x40-\x7e\xa1-\xfe]",
        rb"[\x81-\xfe][\x40-\x7e\xa1-\xfe]", 0.8,
    ),
    (
        "cp932", rb"\x82[\x9f-\xf1]|\x83[\x40-\x96]",
        rb"[\x88-\x9f\xe0-\xea][\x40-\x7e\x80-\xfc]|\x81[\x40-\xac]|\x82[\x4f-\x9a]",
        rb"[\x81-\x9f\xe0-\xfc][\x40-\x7e\x80-\xfc]|[\xa1-\xdf]", 0.2,
    ),
    (
        "gb18030", rb"[\x81-\xa0][\x40-\x7e\x80-\xfe]|[\xb0-\xd7][\xa1-\xfe]",
        rb"[\xa1\xa3][\xa1-\xfe]|[\xaa-\xfe][\x40-\x7e\x80-\xa0]",
        rb"[\x81-\xfe][\x30-\x39][\x81-\xfe][\x30-\x39]|[\x81-\xfe][\x40-\x7e\x80-\xfe]", 0.6,
    ),
)  # fmt: skip

_BESIDE_ASCII = re.compile(rb"(?<=[A-Za-z])[\x80-\xff]|[\x80-\xff](?=[A-Za-z])")
_AMONG_OTHERS = re.compile(rb"(?<=[\x80-\xff])[\x80-\xff](?=[\x80-\xff])")

# Letters of other scripts make words: a byte alone among ASCII is an accent or a curly quote.
_ALONE = re.compile(rb"(?<![\x80-\xff])[\x80-\xff](?![\x80-\xff])")
# The second byte of a pair may be ASCII, so that a pair needs another pair near it.
_PAIR_ALONE = re.compile(
    rb"(?<![\x80-\xff])(?<![\x80-\xff].)[\x80-\xff](?![\x80-\xff]|.[\x80-\xff])", re.DOTALL
)

# Less of it is usual in any encoding: it is no text.
_LEAST = 0.4


def guess(sample: bytes) -> str | None:
    """The encoding of a text that is not UTF-8; None for what looks like no text."""
    high = Counter(byte for byte in sample if byte > 0x7F)
    if not high:
        return None
    scores = _of_pairs(sample) + _of_bytes(sample, high)
    score, encoding = max(scores, key=lambda found: found[0])
    return encoding if score >= _LEAST else None


def _of_bytes(sample: bytes, high: Counter[int]) -> list[tuple[float, str]]:
    """The share of usual characters in each encoding of single bytes."""
    total = high.total()
    # Accents stand among plain letters; letters of other scripts stand among their like.
    beside = 2 * len(_BESIDE_ASCII.findall(sample)) / total
    among = 2 * len(_AMONG_OTHERS.findall(sample)) / total
    beside += len(_ALONE.findall(sample)) / total
    scores: list[tuple[float, str]] = []
    for encoding, alphabets in _ALPHABETS.items():
        # In a text of accents, punctuation is a good part of what is not ASCII.
        common = 0.8 if encoding in _LATIN else 0.6
        characters = {byte: bytes((byte,)).decode(encoding, "replace") for byte in high}
        best = max(
            sum(count * _usual(characters[byte], alphabet, common) for byte, count in high.items())
            for alphabet in alphabets
        )
        scores.append((best / total - (among if encoding in _LATIN else beside), encoding))
    return scores


def _usual(character: str, alphabet: str, common: float) -> float:
    """How usual a character is, from 1 to -1. Capitals are seldom in the majority."""
    if character in alphabet:
        return 1.0
    if character in _COMMON:
        return common
    return 0.5 if character.lower() in alphabet else -1.0


def _of_pairs(sample: bytes) -> list[tuple[float, str]]:
    """The share of usual characters in each encoding that takes bytes in pairs."""
    scores: list[tuple[float, str]] = []
    alone = len(_PAIR_ALONE.findall(sample))
    for encoding, marks, often, others, least in _PAIRS:
        pattern = b"[\x00-\x7f]+|(" + marks + b")|(" + often + b")|(" + others + b")"
        counts = Counter(match.lastindex for match in re.finditer(pattern, sample))
        total = counts[1] + counts[2] + counts[3]
        broken = sample.decode(encoding, "replace").count("\ufffd")
        if total and counts[1] >= least * total:
            scores.append(((counts[1] + counts[2] - alone - 2 * broken) / total, encoding))
    return scores
