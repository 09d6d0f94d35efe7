"""The evaluation set NTREX-128, as Dragoman tags it.

News stories that are parallel in 128 languages and variants: Federmann, Kocmi
and Xin 2022, CC BY-SA 4.0. For evaluation only; nothing in Dragoman is made from it.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

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
    """The articles: dictionaries with ``id``, ``story``, ``lang``, ``title`` and ``body``."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]
