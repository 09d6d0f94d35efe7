"""Bytes → text: which encoding, and how to read on when a byte does not fit."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

from dragoman.sources.charsets import guess
from dragoman.sources.streams import Stream

if TYPE_CHECKING:
    from dragoman.sources.streams import Readable

_SAMPLE = 1 << 16

_MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\0\0", "utf-32-le"),
    (b"\0\0\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)

# What pages declare → the codec (WHATWG Encoding Standard, where ISO 8859-1 means Windows-1252).
# Python knows more codecs, but some of them are no encodings, and some take quadratic time.
_LABELS = {
    **{f"windows-{number}": f"cp{number}" for number in range(1250, 1259)},
    **{f"cp{number}": f"cp{number}" for number in range(1250, 1259)},
    **{f"iso-8859-{number}": f"iso8859_{number}" for number in (*range(2, 11), *range(13, 17))},
    "utf-8": "utf-8", "utf8": "utf-8", "utf-16": "utf-16-le", "utf-16le": "utf-16-le",
    "utf-16be": "utf-16-be", "ascii": "cp1252", "us-ascii": "cp1252", "iso-8859-1": "cp1252",
    "latin1": "cp1252", "latin-1": "cp1252", "iso-8859-9": "cp1254", "iso-8859-8-i": "iso8859_8",
    "iso-8859-11": "cp874", "tis-620": "cp874", "windows-874": "cp874", "ibm866": "cp866",
    "cp866": "cp866", "koi8-r": "koi8_r", "koi8-u": "koi8_u", "macintosh": "mac_roman",
    "x-mac-cyrillic": "mac_cyrillic", "gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030",
    "gb18030": "gb18030", "big5": "big5hkscs", "big5-hkscs": "big5hkscs", "shift_jis": "cp932",
    "shift-jis": "cp932", "x-sjis": "cp932", "sjis": "cp932", "windows-31j": "cp932",
    "euc-jp": "euc_jp", "iso-2022-jp": "iso2022_jp", "euc-kr": "cp949", "cp949": "cp949",
    "ks_c_5601-1987": "cp949", "ksc5601": "cp949",
}  # fmt: skip


def known_encoding(label: str) -> str | None:
    """The codec that a declared encoding stands for; None where it is not known."""
    return _LABELS.get(label.strip().strip("\"'").lower())


def detect(sample: bytes) -> str:
    """The encoding of a text, told from its first bytes.

    A byte order mark decides, then zeros at every other byte (UTF-16), then
    whether it reads as UTF-8; else which of the legacy encodings gives a text of
    characters that some language uses together.
    """
    for mark, encoding in _MARKS:
        if sample.startswith(mark):
            return encoding
    if wide := _wide(sample):
        return wide
    if _is_utf8(sample):
        return "utf-8"
    return guess(sample) or "utf-8"


def _wide(sample: bytes) -> str | None:
    """UTF-16 without a mark: ASCII characters leave a zero in the same half of each pair."""
    pairs = len(sample) // 2
    if pairs < 2:
        return None
    first, second = sample[: pairs * 2 : 2].count(0), sample[1 : pairs * 2 : 2].count(0)
    if second > pairs * 0.05 and first * 20 < second:
        candidate = "utf-16-le"
    elif first > pairs * 0.05 and second * 20 < first:
        candidate = "utf-16-be"
    else:
        return None
    text = sample[: pairs * 2].decode(candidate, "replace")
    odd = sum(not (c.isprintable() or c.isspace()) or c == "\ufffd" for c in text)
    return candidate if odd * 50 < len(text) + 50 else None


def _is_utf8(sample: bytes) -> bool:
    """Whether it reads as UTF-8, but for a byte here and there that was damaged."""
    decoded = codecs.getincrementaldecoder("utf-8")("replace").decode(sample)
    broken = decoded.count("\ufffd")
    if not broken:
        return True
    whole = len(re.findall(r"[^\x00-\x7f\ufffd]", decoded))
    return whole > 4 * broken


def as_utf8(stream: Stream) -> Stream:
    """The same text as UTF-8, without a byte order mark."""
    sample = stream.peek(_SAMPLE)
    encoding = detect(sample)
    for mark, marked in _MARKS:
        if marked == encoding and sample.startswith(mark):
            stream.read(len(mark))
            break
    return stream if encoding in {"utf-8", "ascii"} else Stream(_Transcoded(stream, encoding))


def decode(data: bytes, declared: tuple[str, ...] = ()) -> str:
    """A whole text; the first of the declared encodings that fits is believed.

    Not if the bytes read as UTF-8, though: other encodings do not do so by
    chance, and declarations are often left over from a template. Bytes that do
    not fit become U+FFFD.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    # In bytes that are all ASCII, the Japanese ISO-2022 encodings may hide.
    if not data.isascii() and _is_utf8(data[:_SAMPLE]):
        return data.decode("utf-8", "replace")
    for encoding in filter(None, map(known_encoding, declared)):
        text = data.decode(encoding, "replace")
        if text.count("\ufffd") * 200 <= len(text):
            return text
    return data.decode(detect(data[:_SAMPLE]), "replace")


class _Transcoded:
    def __init__(self, source: Readable, encoding: str) -> None:
        self._source = source
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._ended = False

    def read(self, size: int) -> bytes:
        while not self._ended:
            chunk = self._source.read(size)
            self._ended = not chunk
            if text := self._decoder.decode(chunk, final=self._ended):
                return text.encode("utf-8", "replace")
        return b""
