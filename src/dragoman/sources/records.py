"""A record of named fields → an article: which name means what, and clean text."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from dragoman.dates import parse_date
from dragoman.errors import InvalidValue
from dragoman.languages import UNDETERMINED, canonical, is_tag
from dragoman.model import Article, Problem

if TYPE_CHECKING:
    from dragoman.sources.limits import Limits

Record = Mapping[str, object]


def squash(name: str) -> str:
    """A field name without what people write differently."""
    return re.sub(r"[\s_\-]+", "", name).casefold()


# Article field → the names it has in records, the best first. Case, blanks, hyphens and
# underscores do not count: `publishedAt`, `published_at` and `Published at` are one name.
# They are those of news-please, trafilatura, newspaper4k, fundus, Media Cloud, NewsAPI, GDELT,
# JSON Feed and schema.org, and what people call them by themselves.
FIELDS: dict[str, tuple[str, ...]] = {
    "id": ("id", "story_id", "stories_id", "article_id", "doc_id", "uuid", "guid"),
    "title": ("title", "headline", "article_title", "title_page", "title_rss", "heading"),
    "body": (
        "maintext", "main_text", "plaintext", "body", "full_text", "article_body", "body_text",
        "article_text", "text", "content", "content_text", "article", "raw_text",
        # Better than nothing where there is no text.
        "description", "summary", "excerpt", "abstract", "lead", "snippet", "meta_description",
    ),
    "url": ("url", "link", "canonical_url", "canonical_link", "permalink", "article_url", "uri"),
    "published": (
        "published", "date_publish", "publish_date", "publishing_date", "published_at",
        "publication_date", "date_published", "published_date", "pub_date", "publish_time",
        "published_time", "published_datetime_utc", "date", "datetime", "date_time",
    ),
    "source": (
        "source", "media_name", "sitename", "site_name", "source_hostname", "meta_site_name",
        "publisher", "source_name", "outlet", "newspaper", "agency", "site", "media",
        "source_domain", "hostname", "domain", "media_url", "source_url",
    ),
    "section": ("section", "category", "categories", "article_section", "rubric", "desk"),
    "authors": ("authors", "author", "byline", "creator", "creators", "writer"),
    "language": ("language", "lang", "meta_lang", "language_code", "in_language", "locale"),
}  # fmt: skip

# Lists of articles inside one JSON object have these names.
LISTS = frozenset(
    (
        "articles", "items", "results", "stories", "news", "data", "docs", "documents", "entries",
        "records", "hits", "response",
    )
)  # fmt: skip

# What a value that is an object has its text in: fundus's body, {"name": ...}, MongoDB.
_INSIDE = (
    "summary", "sections", "headline", "paragraphs", "name", "text", "value", "rendered",
    "#text", "@value", "$oid", "$date",
)  # fmt: skip

_NOTHING = frozenset(("", "none", "null", "nan", "nat", "n/a", "na", "undefined", "-"))

TEXTLESS = "no text: neither title nor body has a letter or a digit"

_MAX_EXTRA_FIELDS = 50
_MAX_EXTRA_CHARACTERS = 2_000
_MAX_NAME_CHARACTERS = 2_000
_MAX_AUTHORS = 100
_MAX_LEVELS = 8

_DROPPED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
_LINE_ENDS = re.compile("\r\n?|\x85|\u2028|\u2029")
_UNKNOWN_LANGUAGE = frozenset(("und", "unk", "unknown", "mul", "mis", "zxx"))
_WEB = re.compile(r"https?://[^\s/]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Context:
    """What every reader needs to know of its input."""

    name: str
    """The path, as problems and articles name it."""
    mapping: Mapping[str, str]
    language: str | None
    limits: Limits

    @property
    def suffix(self) -> str:
        """The ending of the name, a hint where the content leaves a doubt."""
        name = re.sub(r"\.(?:gz|bz2|xz|zst)$", "", self.name.lower())
        return name[name.rfind(".") :] if "." in name else ""

    def at(self, place: int | str) -> str:
        """The name of a line."""
        return f"{self.name}:{place}"

    def nth(self, number: int) -> str:
        """The name of a record that has no line."""
        return f"{self.name}#{number}"


def checked_mapping(mapping: Mapping[str, str] | None) -> dict[str, str]:
    """The mapping, if every article field in it exists."""
    for field in mapping or {}:
        if field not in FIELDS:
            raise InvalidValue(f"there is no article field {field!r}; there is {', '.join(FIELDS)}")
    return dict(mapping or {})


def clean(text: str) -> str:
    r"""Text as it was given, without what is not text.

    Control characters, lone surrogates and byte order marks are dropped, line ends
    become ``\\n``, white space at both ends goes. Nothing else changes, so that
    offsets count the characters that were given.
    """
    return without_controls(_LINE_ENDS.sub("\n", text)).strip()


def without_controls(text: str) -> str:
    """Text without characters that are none: controls, lone surrogates, byte order marks."""
    return _DROPPED.sub("", text)


_SQUASHED = {field: tuple(map(squash, names)) for field, names in FIELDS.items()}


def field_of(name: str, mapping: Mapping[str, str]) -> str | None:
    """The article field that a name stands for, or None."""
    for field, mapped in mapping.items():
        if mapped == name:
            return field
    squashed = squash(name)
    for field, names in _SQUASHED.items():
        if squashed in names:
            return field
    return None


def is_list_name(name: str) -> bool:
    """Whether a list of this name inside a JSON object holds articles."""
    return squash(name) in LISTS


def article_of(record: Record, where: str, context: Context) -> Iterator[Article | Problem]:
    """The article in a record, after the problems of its fields; or why there is none."""
    fields = _Fields(record, context.mapping)
    title = " ".join(fields.text("title").split())
    body = fields.text("body")
    if not any(character.isalnum() for character in title + body):
        yield Problem(where, TEXTLESS)
        return
    if "\ufffd" in title or "\ufffd" in body:
        yield Problem(where, "bytes that are no text were replaced by \ufffd", lost=False)
    source, url = fields.line("source"), fields.line("url")
    if source and _WEB.match(source):
        # trafilatura calls the address of the page its source; others that of the site.
        url = url or source
        source = fields.line("source", but_not=_WEB) or urlsplit(source).hostname
    published = yield from _published(fields, where)
    yield Article(
        title=title,
        body=body,
        id=fields.line("id"),
        url=url,
        published=published,
        source=source,
        section=fields.line("section"),
        authors=fields.authors(),
        language=context.language or (yield from language_of(fields.language(), where)),
        origin=where,
        extra=fields.extra(),
    )


def _published(fields: _Fields, where: str) -> Generator[Problem, None, str | None]:
    unread = ""
    for value in fields.values("published"):
        if published := parse_date(value):
            return published
        unread = unread or value
    if unread:
        what = f"the date {unread[:40]!r} cannot be read for certain; it is left empty"
        yield Problem(where, what, lost=False)
    return None


def language_of(value: str | None, where: str) -> Generator[Problem, None, str | None]:
    """The tag that a value stands for: a tag, or the English name of a language."""
    if not value or value.casefold() in _UNKNOWN_LANGUAGE:
        return None
    tag = canonical(value)
    if tag != UNDETERMINED:
        # A tag as it was given, which may say more.
        return value if is_tag(value) else tag
    yield Problem(where, f"{value[:40]!r} is no language; it is left empty", lost=False)
    return None


class _Fields:
    """The values of a record by article field; remembers which of them were taken."""

    def __init__(self, record: Record, mapping: Mapping[str, str]) -> None:
        self._mapping = mapping
        self._record = record
        self._names: dict[str, list[str]] = {}
        for name in record:
            self._names.setdefault(squash(name), []).append(name)
        self._taken: set[str] = set()

    def values(self, field: str, separator: str = " ") -> Iterator[str]:
        """What may stand for an article field, the best first; taken when the caller goes on."""
        mapped = self._mapping.get(field)
        if mapped is not None:
            name = mapped if mapped in self._record else mapped.partition(".")[0]
            value = _flat(_at(self._record, mapped), separator)
            if value.casefold() not in _NOTHING:
                self._taken.add(name)
                yield value
        for squashed in _SQUASHED[field]:
            for name in self._names.get(squashed, ()):
                value = _flat(self._record[name], separator)
                if value.casefold() not in _NOTHING:
                    self._taken.add(name)
                    yield value

    def text(self, field: str) -> str:
        """The text of a field, or nothing."""
        return next(self.values(field, "\n"), "")

    def line(self, field: str, but_not: re.Pattern[str] | None = None) -> str | None:
        """A short value in one line, or None."""
        for value in self.values(field, ", "):
            if not (but_not and but_not.match(value)):
                return " ".join(value.split())[:_MAX_NAME_CHARACTERS]
        return None

    def authors(self) -> tuple[str, ...]:
        """The names of the authors, each once."""
        names = next(self.values("authors", ";"), "").replace("\n", ";").split(";")
        kept = dict.fromkeys(" ".join(name.split())[:_MAX_NAME_CHARACTERS] for name in names)
        return tuple(name for name in kept if name)[:_MAX_AUTHORS]

    def language(self) -> str | None:
        """The language that the record vouches for."""
        # Beside the page's own language, newspaper4k's is a setting that is English by default.
        if "metalang" in self._names and "language" in self._names:
            self._taken.update(self._names["language"])
            return self._first("metalang") or None
        return self.line("language")

    def _first(self, squashed: str) -> str:
        name = self._names.get(squashed, ("",))[0]
        return _flat(self._record.get(name), " ")

    def extra(self) -> dict[str, str]:
        """The plain values that were not taken, within bounds."""
        inner = self._record.get("extra")
        plain = [*self._record.items(), *(inner.items() if isinstance(inner, Mapping) else ())]
        kept: dict[str, str] = {}
        for name, value in plain:
            if name in self._taken or isinstance(value, list | Mapping):
                continue
            text = _flat(value, " ")
            if text.casefold() in _NOTHING or len(text) > _MAX_EXTRA_CHARACTERS:
                continue
            kept[clean(name)[:_MAX_EXTRA_CHARACTERS]] = text
            if len(kept) == _MAX_EXTRA_FIELDS:
                break
        return kept


def _at(record: object, path: str) -> object:
    """The value at a name, or at a dotted path through objects and lists."""
    if isinstance(record, Mapping):
        if path in record:
            return record[path]
        name, dot, rest = path.partition(".")
        return _at(record.get(name), rest) if dot else None
    if isinstance(record, list):
        name, _, rest = path.partition(".")
        if name.isdecimal() and int(name) < len(record):
            return _at(record[int(name)], rest) if rest else record[int(name)]
    return None


def _flat(value: object, separator: str, levels: int = _MAX_LEVELS) -> str:
    """A value as text; nothing for what has none."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, bool) or value is None or levels == 0:
        return "" if value is None or levels == 0 else str(value).lower()
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, Mapping):
        parts = [_flat(value[name], separator, levels - 1) for name in _INSIDE if name in value]
    elif isinstance(value, list | tuple):
        parts = [_flat(item, separator, levels - 1) for item in value]
    else:
        return ""
    return separator.join(part for part in parts if part)
