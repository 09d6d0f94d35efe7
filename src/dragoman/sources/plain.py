"""Plain text and Markdown → one article a file.

What a text says of itself comes first (front matter, ``Title:`` lines, ``# Heading``).
Without that, the shape decides: a line of site and section, a headline, then prose. A line
is a headline only where prose follows and it looks like no prose itself; a text that is
just paragraphs has no title.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from dragoman.dates import parse_date
from dragoman.model import Article, Problem
from dragoman.sources.encodings import decode
from dragoman.sources.records import Context, article_of, clean, field_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dragoman.sources.streams import Stream

Fields = dict[str, object]

# Marks that end a sentence, and those that only interrupt one. A headline ends in neither;
# question and exclamation marks say nothing either way.
_FULL_STOPS = ".。．｡।॥۔።။។։᙮༎།"
_EXCLAIMS = "!?！？؟՞"
_PAUSES = ",;:，、；：،؛፣፤፥၊"

_SEPARATOR = re.compile(r"\s+(?:[-–—|»›>•·/\\]|::|>>)\s+")
_INITIALS = re.compile(r"(?:\b\w\.){2,}$")
_BYLINE = re.compile(r"by\s+(\S.{1,100})", re.IGNORECASE)
_SETEXT = re.compile(r"={3,}|-{3,}")
_HEADING = re.compile(r"#{1,2}\s+(\S.*?)\s*#*")
_KEY_LINE = re.compile(r"([^\W\d][\w \-]{1,30}?)\s*:\s*(.*)")

# A longer line is prose. Few characters say much in Chinese and Japanese; Thai, Lao, Khmer,
# Burmese and Tibetan paragraphs often end in no mark, so that only length tells them.
_LONGEST_TITLE = {"dense": 50, "unspaced": 100, "spaced": 160}
_DENSE, _UNSPACED = ("CJK", "HIRAGANA", "KATAKANA"), ("THAI", "LAO", "KHMER", "MYANMAR", "TIBETAN")

_LONGEST_PART = 32
_LONGEST_FACT = 60
_BLOCKS = 6


def read_plain(stream: Stream, context: Context) -> Iterator[Article | Problem]:
    """The article in a text file."""
    data = stream.read_all(context.limits.max_record_bytes)
    if data is None:
        what = f"a text longer than {context.limits.max_record_bytes:,} bytes"
        yield Problem(context.name, what)
        return
    yield from article_of(fields_of(clean(decode(data))), context.name, context)


def fields_of(text: str) -> Fields:
    r"""The named parts of an article written as plain text; line ends are ``\\n``."""
    lines = text.split("\n")
    stated, at = _stated(lines)
    if "title" in stated:
        shaped: Fields = {}
    else:
        shaped, at = _shaped(lines, at)
    body = "\n".join(lines[at:]).strip()
    return {**shaped, **({"body": body} if body else {}), **stated}


def _stated(lines: list[str]) -> tuple[Fields, int]:
    """What the text says of itself, and the line where it goes on."""
    start = next((number for number, line in enumerate(lines[:20]) if line.strip()), 0)
    if lines[start].strip() == "---":
        for end in range(start + 1, min(len(lines), start + 200)):
            if lines[end].strip() in {"---", "..."}:
                fields = _key_lines(lines[start + 1 : end])
                return (fields, end + 1) if fields else ({}, start)
        return {}, start
    end = start
    while end < min(len(lines), start + 20) and _KEY_LINE.fullmatch(lines[end].strip()):
        end += 1
    fields = _key_lines(lines[start:end])
    # One such line may be a headline ("Date: the fruit that ..."); two known names are not.
    known = [name for name in fields if field_of(name, {})]
    if len(known) >= 2 and (end == len(lines) or not lines[end].strip()):
        return fields, end
    return {}, start


def _key_lines(lines: list[str]) -> Fields:
    """``name: value`` lines, with the lists and quotes of simple YAML."""
    fields: Fields = {}
    name = ""
    for line in lines:
        item = line.strip()
        held = fields.get(name)
        if item.startswith("- ") and (held == "" or isinstance(held, list)):
            fields[name] = [*(held or []), _unquoted(item[2:])]
        elif match := _KEY_LINE.fullmatch(item):
            name, value = match[1], match[2].strip()
            if value.startswith("[") and value.endswith("]"):
                fields[name] = [_unquoted(part) for part in value[1:-1].split(",")]
            else:
                fields[name] = _unquoted(value)
    return fields


def _unquoted(value: str) -> str:
    value = value.strip()
    quoted = len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'"
    return value[1:-1] if quoted else value


def _shaped(lines: list[str], at: int) -> tuple[Fields, int]:
    """Site, section, headline and facts, told from the shape; and the line where prose starts."""
    blocks = _blocks(lines, at)
    found: Fields = {}
    if len(blocks) >= 2 and (masthead := _masthead(lines, blocks)):
        found |= masthead
        blocks = blocks[1:]
    if title := _title(lines, blocks, after_masthead=bool(found)):
        found["title"], at = title
        if found.get("section") == found["title"]:
            del found["section"]
        return _facts(lines, at, found)
    return found, (blocks[0][0] if blocks else at)


def _blocks(lines: list[str], at: int) -> list[tuple[int, int]]:
    """First and last line of the first few runs of lines that are not blank."""
    blocks: list[tuple[int, int]] = []
    for number in range(at, len(lines)):
        if not lines[number].strip():
            continue
        if blocks and blocks[-1][1] == number - 1:
            blocks[-1] = (blocks[-1][0], number)
        elif len(blocks) == _BLOCKS:
            break
        else:
            blocks.append((number, number))
    return blocks


def _masthead(lines: list[str], blocks: list[tuple[int, int]]) -> Fields | None:
    """Section and site, where the first line is made of short parts: the site stands last."""
    first, last = blocks[0]
    parts = _SEPARATOR.split(lines[first].strip())
    if first != last or len(parts) < 2 or not all(map(_is_name, parts)):
        return None
    # Two parts may be a headline; a site is then known by the headline that follows.
    if len(parts) == 2 and not _title(lines, blocks[1:], after_masthead=False):
        return None
    return {"source": parts[-1], "section": " - ".join(parts[:-1])}


def _is_name(part: str) -> bool:
    letters = sum(character.isalpha() for character in part)
    return letters > 0 and len(part) <= _LONGEST_PART and part[-1] not in _FULL_STOPS + _EXCLAIMS


def _title(
    lines: list[str], blocks: list[tuple[int, int]], *, after_masthead: bool
) -> tuple[str, int] | None:
    """The headline and the line after it."""
    if not blocks:
        return None
    first, last = blocks[0]
    line = lines[first].strip()
    if heading := _HEADING.fullmatch(line):
        return heading[1], first + 1
    if last > first and _SETEXT.fullmatch(lines[first + 1].strip()) and line[0] not in "-=":
        return line, first + 2
    line = line.removeprefix("**").removesuffix("**").strip()
    rest = [lines[number].strip() for a, z in blocks for number in range(a, z + 1)][1:40]
    if last > first:
        return _title_without_blank(line, rest, lines[first : last + 1], first)
    looks = _like_title(line) or (after_masthead and len(line) <= _longest(line) // 2)
    return (line, first + 1) if looks and len(blocks) > 1 and _has_prose(rest) else None


def _title_without_blank(
    line: str, rest: list[str], block: list[str], first: int
) -> tuple[str, int] | None:
    """The headline where the line after it is not blank: one line, or one wrapped into two."""
    if not _like_title(line):
        return None
    # A wrapped line is full: the first word of the next one found no room in it.
    if len(line) + 1 + len(rest[0].split()[0][:20]) <= max(map(len, block)):
        return (line, first + 1) if _has_prose(rest) else None
    both = f"{line} {rest[0]}"
    wrapped = len(block) == 2 and _like_title(both) and _has_prose(rest[1:])
    return (both, first + 2) if wrapped else None


def _facts(lines: list[str], at: int, found: Fields) -> tuple[Fields, int]:
    """Date and author, where lines between headline and prose hold nothing else."""
    number = at
    while number < min(len(lines), at + 8):
        line = lines[number].strip()
        if line and len(line) > _LONGEST_FACT:
            break
        if parse_date(line) and "published" not in found:
            found["published"] = line
        elif (byline := _BYLINE.fullmatch(line)) and line[-1] not in _FULL_STOPS:
            found.setdefault("authors", byline[1])
        elif line:
            break
        number += 1
    return found, number


def _like_title(line: str) -> bool:
    bare = _bare(line)
    if not bare or len(bare) > _longest(bare) or not any(c.isalpha() for c in bare):
        return False
    return bare[-1] not in _FULL_STOPS + _PAUSES or bool(_INITIALS.search(bare))


def _has_prose(lines: list[str]) -> bool:
    for line in lines:
        bare = _bare(line)
        if bare and (bare[-1] in _FULL_STOPS + _EXCLAIMS or len(bare) > _longest(bare)):
            return True
    return False


def _bare(line: str) -> str:
    """A line without the quotes, brackets and invisible marks at its end."""
    end = len(line)
    while end and unicodedata.category(line[end - 1]) in {"Pf", "Pi", "Pe", "Cf", "Zs"} | {"Po"}:
        if line[end - 1] in _FULL_STOPS + _EXCLAIMS + _PAUSES:
            break
        end -= 1
    return line[:end]


def _longest(line: str) -> int:
    """How long a headline in this script may be."""
    names = [unicodedata.name(character, "").partition(" ")[0] for character in line[:200]]
    counts = {
        "dense": sum(name in _DENSE for name in names),
        "unspaced": sum(name in _UNSPACED for name in names),
    }
    for kind, count in counts.items():
        if count * 3 > len(names):
            return _LONGEST_TITLE[kind]
    return _LONGEST_TITLE["spaced"]
