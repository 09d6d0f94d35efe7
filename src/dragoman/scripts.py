"""Which script each character of a text is written in.

A literal table of Unicode ranges, laid out as an array so that a whole text is
looked up at once. Scripts that one language family writes together are one here:
kanji are `Hani`, both kana `Kana`, as their mixture decides the language.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Letters, and the marks that belong to one script; ranges are inclusive.
_RANGES: Final[dict[str, str]] = {
    "Latn": "41-5A 61-7A AA BA C0-D6 D8-F6 F8-2B8 1D00-1D25 1D2C-1D5C 1D62-1D65 1D6B-1D77"
    " 1D79-1DBE 1E00-1EFF 2C60-2C7F A722-A787 A78B-A7FF AB30-AB64 FB00-FB06 FF21-FF3A FF41-FF5A",
    "Arab": "610-61A 620-63F 641-64A 66E-66F 671-6D3 6D5-6DC 6E1-6E8 6EA-6EF 6FA-6FC 6FF 750-77F"
    " 870-8E1 8E3-8FF FB50-FBB1 FBD3-FD3D FD50-FDFB FE70-FEFC",
    "Cyrl": "400-52F 1C80-1C8F 1D2B 1D78 2DE0-2DFF A640-A69F",
    "Grek": "370-373 376-377 37A-37D 37F 386 388-3E1 3F0-3FF 1F00-1FFE",
    "Hebr": "591-5BD 5BF 5C1-5C2 5C4-5C5 5C7 5D0-5F2 FB1D-FB28 FB2A-FB4F",
    "Armn": "531-556 559 560-588 FB13-FB17",
    "Geor": "10A0-10FA 10FC-10FF 1C90-1CBF 2D00-2D2D",
    "Syrc": "710-74F 860-86A",
    "Thaa": "780-7B1",
    "Nkoo": "7CA-7F5",
    "Deva": "900-950 953-963 971-97F A8E0-A8FF",
    "Beng": "980-9E3 9F0-9F1 9FC 9FE",
    "Guru": "A01-A5E A70-A75",
    "Gujr": "A81-AE3 AF9-AFF",
    "Orya": "B01-B63 B71",
    "Taml": "B82-BD7",
    "Telu": "C00-C63",
    "Knda": "C80-CE3 CF1-CF3",
    "Mlym": "D00-D63 D7A-D7F",
    "Sinh": "D81-DDF DF2-DF3",
    "Thai": "E01-E3A E40-E4E",
    "Laoo": "E81-ECE EDC-EDF",
    "Tibt": "F00 F18-F19 F35 F37 F39 F3E-FBC",
    "Mymr": "1000-103F 1050-108F 109A-109D A9E0-A9EF A9FA-A9FE AA60-AA7F",
    "Ethi": "1200-135F 1380-138F 2D80-2DDE AB01-AB2E",
    "Cher": "13A0-13FD AB70-ABBF",
    "Cans": "1401-166C 166F-167F 18B0-18F5",
    "Khmr": "1780-17D3 17D7 17DC-17DD",
    "Mong": "1820-18AA",
    "Olck": "1C5A-1C7D",
    "Tfng": "2D30-2D67 2D6F-2D7F",
    "Hang": "1100-11FF 3131-318E A960-A97C AC00-D7A3 D7B0-D7FB FFA0-FFDC",
    "Kana": "3041-3096 309D-309F 30A1-30FA 30FC-30FF 31F0-31FF FF66-FF9D",
    "Hani": "2E80-2FD5 3005 3007 3021-3029 3038-303B 3400-4DBF 4E00-9FFF F900-FAD9"
    " 20000-2FA1D 30000-323AF",
    "Bopo": "2EA-2EB 3105-312F 31A0-31BF",
    "Adlm": "1E900-1E94B",
}
# Marks that any script may carry.
_MARKS: Final = "300-36F 483-489 64B-65F 670 951-952 1AB0-1ACE 1DC0-1DFF 20D0-20F0 FE20-FE2F"

NAMES: Final = ("", "Zinh", *_RANGES)
"""ISO 15924 codes by the numbers that `numbers` gives; 0 is no letter at all."""

OTHER: Final = 0
"""The number of characters that are no letters, or of a script not told apart here."""

MARK: Final = 1
"""The number of marks that any script may carry."""


def _table() -> NDArray[np.uint8]:
    table = np.zeros(0x110000, dtype=np.uint8)
    for number, ranges in enumerate((_MARKS, *_RANGES.values()), start=1):
        for piece in ranges.split():
            first, _, last = piece.partition("-")
            table[int(first, 16) : int(last or first, 16) + 1] = number
    for piece in _MARKS.split():
        first, _, last = piece.partition("-")
        table[int(first, 16) : int(last or first, 16) + 1] = MARK
    return table


_TABLE: Final = _table()


def code_points(text: str) -> NDArray[np.uint32]:
    """The code points of a text; a lone surrogate is kept as it is."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def numbers(points: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """The script of each code point, as an index into `NAMES`."""
    return _TABLE[points]


def number(script: str) -> int:
    """The index of a script in `NAMES`."""
    return NAMES.index(script)
