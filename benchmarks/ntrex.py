"""The evaluation set NTREX-128, as Dragoman tags it.

News stories that are parallel in 128 languages and variants: Federmann, Kocmi
and Xin 2022, CC BY-SA 4.0. For evaluation only; nothing in Dragoman is made from it.
"""

from __future__ import annotations

import gzip
import json
import math
import random
import sys
import zlib
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

DEFAULT = Path(__file__).resolve().parents[2] / "shared/data/ntrex-dev.jsonl.gz"
"""Where the data lies unless a command is told otherwise."""

# fmt: off
TAGS: dict[str, str] = {
    "afr": "af", "amh": "am", "arb": "ar", "aze-Latn": "az", "bak": "ba", "bel": "be", "bem": "bem",
    "ben": "bn", "bod": "bo", "bos": "bs", "bul": "bg", "cat": "ca", "ces": "cs",
    "ckb-Arab": "ckb", "cym": "cy", "dan": "da", "deu": "de", "div": "dv", "dzo": "dz", "ell": "el",
    "eng": "en", "eng-GB": "en", "eng-IN": "en", "eng-US": "en", "est": "et", "eus": "eu",
    "ewe": "ee", "fao": "fo", "fas": "fa", "fij": "fj", "fil": "fil", "fin": "fi", "fra": "fr",
    "fra-CA": "fr", "fuc": "ff", "gle": "ga", "glg": "gl", "guj": "gu", "hau": "ha", "heb": "he",
    "hin": "hi", "hmn": "hmn", "hrv": "hr", "hun": "hu", "hye": "hy", "ibo": "ig", "ind": "id",
    "isl": "is", "ita": "it", "jpn": "ja", "kan": "kn", "kat": "ka", "kaz": "kk", "khm": "km",
    "kin": "rw", "kir": "ky", "kmr": "kmr", "kor": "ko", "lao": "lo", "lav": "lv", "lit": "lt",
    "ltz": "lb", "mal": "ml", "mar": "mr", "mey": "mey", "mkd": "mk", "mlg": "mg", "mlt": "mt",
    "mon": "mn", "mri": "mi", "msa": "ms", "mya": "my", "nde": "nd", "nep": "ne", "nld": "nl",
    "nno": "nn", "nob": "nb", "nso": "nso", "nya": "ny", "orm": "om", "pan": "pa", "pol": "pl",
    "por": "pt", "por-BR": "pt", "prs": "prs", "pus": "ps", "ron": "ro", "rus": "ru", "shi": "shi",
    "sin": "si", "slk": "sk", "slv": "sl", "smo": "sm", "sna-Latn": "sn", "snd-Arab": "sd",
    "som": "so", "spa": "es", "spa-MX": "es", "sqi": "sq", "srp-Cyrl": "sr", "srp-Latn": "sr",
    "ssw": "ss", "swa": "sw", "swe": "sv", "tah": "ty", "tam": "ta", "tat": "tt", "tel": "te",
    "tgk-Cyrl": "tg", "tha": "th", "tir": "ti", "ton": "to", "tsn": "tn", "tuk": "tk", "tur": "tr",
    "uig": "ug", "ukr": "uk", "urd": "ur", "uzb": "uz", "ven": "ve", "vie": "vi", "wol": "wo",
    "xho": "xh", "yor": "yo", "yue": "yue", "zho-CN": "zh", "zho-TW": "zh", "zul": "zu",
}
# fmt: on
"""The BCP 47 tag of each NTREX code."""

GROUPS: dict[str, tuple[str, ...]] = {
    name: tuple(codes.split())
    for name, codes in {
        "English": "eng eng-GB eng-IN eng-US",
        "Latin, Europe": "afr bos cat ces cym dan deu est eus fao fin fra fra-CA gle glg hrv hun"
        " isl ita lav lit ltz mlt nld nno nob pol por por-BR ron slk slv spa spa-MX sqi srp-Latn"
        " swe",
        "Latin, Asia": "aze-Latn kmr tuk tur uzb fil fij hmn ind msa mri smo tah ton vie",
        "Latin, Africa": "bem ewe fuc hau ibo kin mlg nde nso nya orm shi sna-Latn som ssw swa tsn"
        " ven wol xho yor zul",
        "Cyrillic": "bak bel bul kaz kir mkd mon rus srp-Cyrl tat tgk-Cyrl ukr",
        "Arabic": "arb ckb-Arab fas mey prs pus snd-Arab uig urd",
        "Greek, Hebrew, Armenian, Georgian, Ethiopic": "ell heb hye kat amh tir",
        "Indic": "ben div guj hin kan mal mar nep pan sin tam tel",
        "South-East Asia": "bod dzo khm lao mya tha",
        "East Asia": "jpn kor yue zho-CN zho-TW",
    }.items()
}
"""NTREX codes by script and region."""

UNSPACED = frozenset({"zho", "jpn", "yue", "tha", "lao", "khm", "mya", "bod", "dzo"})
"""Languages (NTREX codes without variant) whose words are not set apart."""


def load(path: str | Path = DEFAULT) -> list[dict[str, Any]]:
    """The articles: dictionaries with ``id``, ``story``, ``lang``, ``title`` and ``body``.

    Exits, saying so, where they are not there.
    """
    if not Path(path).exists():
        sys.exit(f"{path} is not there: this benchmark needs NTREX-128")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def some(articles: Sequence[dict[str, Any]], stories: int | None) -> list[dict[str, Any]]:
    """The articles of so many stories, or of all; always the same."""
    names = sorted({each["story"] for each in articles})
    random.Random(5).shuffle(names)  # noqa: S311
    chosen = set(names[:stories])
    return [each for each in articles if each["story"] in chosen]


SHARES = (1, 1 / 2, 1 / 4, 1 / 8, 1 / 16)
"""Of the stories, in the languages of an uneven library."""


def shares(turn: int) -> dict[str, float]:
    """Code → the share of the stories that the uneven library has in it.

    Every group of scripts has languages of each size, so that size and script are not
    mistaken for each other; over turns 0 to 4 each language has each size once.
    """
    ordered = [
        sorted(codes, key=lambda code: zlib.crc32(code.encode())) for codes in GROUPS.values()
    ]
    everyone = [code for codes in ordered for code in codes]
    return {code: SHARES[(place + turn) % 5] for place, code in enumerate(everyone)}


def kept(articles: Sequence[dict[str, Any]], turn: int) -> list[dict[str, Any]]:
    """The articles of the uneven library: in each language other stories, by their hash."""
    by_code: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for each in sorted(articles, key=lambda each: zlib.crc32(each["id"].encode())):
        by_code[each["lang"]].append(each)
    wanted = {
        each["id"]
        for code, share in shares(turn).items()
        for each in by_code[code][: math.ceil(share * len(by_code[code]))]
    }
    return [each for each in articles if each["id"] in wanted]
