"""The languages of translators as BCP 47 tags, and which of them stands for which.

Argos, Apertium and LibreTranslate each name languages in their own way. A tag
here is the language alone, as everywhere in Dragoman, except where a translator
tells two ways of writing or two standards apart (``zh-Hant``, ``pt-BR``).
"""

from __future__ import annotations

from dragoman.languages import LANGUAGES, canonical

# Primary subtag, then what may follow it and the variety that this is.
_VARIETIES = {
    "zt": {"": "zh-Hant"},
    "pb": {"": "pt-BR"},
    "zh": {"hant": "zh-Hant", "tw": "zh-Hant", "hk": "zh-Hant", "mo": "zh-Hant"},
    "pt": {"br": "pt-BR"},
}

UNSPACED = frozenset({"zh", "yue", "ja", "th", "lo", "km", "my", "bo", "dz"})
"""Languages that set no space between two sentences."""


def tag(code: str) -> str:
    """The BCP 47 tag of a language, from the code of a translator or from a tag.

    ``zt`` and ``zh_TW`` give ``zh-Hant``, ``pb`` gives ``pt-BR``, ``tl`` gives
    ``fil``, ``eng_US`` gives ``en``.
    """
    primary, *rest = code.strip().lower().replace("_", "-").split("-")
    varieties = _VARIETIES.get(primary, {})
    for part in rest or [""]:
        if part in varieties:
            return varieties[part]
    return canonical(primary)


def primary(language: str) -> str:
    """The language of a tag without its variety."""
    return language.partition("-")[0]


def likeness(asked: str, offered: str) -> int:
    """How well a translator's language stands for the one asked for.

    3 the same, 2 another variety of it, 1 a close relative that its macro-language
    covers (``hbs`` for ``hr``), 0 not at all.
    """
    if asked == offered:
        return 3
    one, other = primary(asked), primary(offered)
    if one == other:
        return 2
    row = LANGUAGES.get(one)
    return int(row is not None and row.group == other)
