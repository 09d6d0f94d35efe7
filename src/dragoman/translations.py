"""What the store keeps of translations: those of articles, and the sentence memory.

The memory holds every sentence that was ever translated, under a hash of the
sentence, the pair of languages and the version of the translator. An article's
translation is the ordered list of its sentences, each with its place in the
original. It is gone as soon as the article is deleted, changes its text, or
turns out to be in another language; the memory stays.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from dragoman.analysis.zawgyi import to_unicode
from dragoman.errors import LibraryDamaged
from dragoman.store import marks, parts

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from dragoman.model import Article
    from dragoman.store import Store
    from dragoman.translate.guard import Fault

WHOLE = 3
"""The stage of an article that is translated to its end; 1: its title, 2: its lead as well."""

FIELDS: tuple[Literal["title"], Literal["body"]] = ("title", "body")
"""What is translated of an article."""
_UNSPACED = frozenset("zh yue ja th lo km my bo dz".split())


class Rendering(NamedTuple):
    """What a translator made of a sentence."""

    text: str
    faults: tuple[Fault, ...] = ()
    """What the guard says against it; a translation without any may be shown and searched."""


@dataclass(frozen=True, slots=True)
class TranslatedSentence:
    """A sentence of an article, with its translation."""

    field: Literal["title", "body"]
    start: int
    end: int
    """Where the original stands in its field, in code points."""
    text: str
    faults: tuple[Fault, ...] = ()
    """What the guard says against it: such a sentence is neither searched nor shown."""


@dataclass(frozen=True, slots=True)
class Translation:
    """An article in another language, as far as it is translated."""

    target: str
    route: tuple[str, ...]
    """The languages passed through, the article's own first."""
    version: str
    """That of the translator."""
    stage: int
    """1: the title, 2: the title and the lead, `WHOLE`: all."""
    sentences: tuple[TranslatedSentence, ...]
    """In the order of the original, the title's first."""

    def good(self) -> list[TranslatedSentence]:
        """The sentences that the guard has let through."""
        return [sentence for sentence in self.sentences if not sentence.faults]


class Piece(NamedTuple):
    """A stretch of a translated text, and what it stands for in the original."""

    start: int
    end: int
    """In the translated text, in code points."""
    original_start: int
    original_end: int
    translated: bool
    """False where the original is shown, for want of a good translation."""


@dataclass(frozen=True, slots=True)
class Original:
    """What the translation of an article is made from."""

    key: int
    digest: bytes
    language: str
    title: str
    body: str
    stage: int
    """That of the translation there is; 0 for none."""
    version: str
    """That of the translation there is; empty for none."""


@dataclass(frozen=True, slots=True)
class LanguageStatus:
    """How far the articles of one language are translated."""

    language: str
    articles: int
    whole: int
    part: int
    """Articles of which the title, or the title and the lead, are translated."""
    marked: Mapping[str, int]
    """Sentences by what the guard says against them."""

    @property
    def waiting(self) -> int:
        """Articles of which nothing is translated."""
        return self.articles - self.whole - self.part


# The sentence memory


def normalised(sentence: str) -> str:
    """A sentence as translators get it: composed, in Unicode, with single spaces."""
    return " ".join(unicodedata.normalize("NFC", to_unicode(sentence)).split())


def sentence_key(sentence: str, source: str, target: str, version: str) -> bytes:
    """The name in the memory of a normalised sentence's translation by one translator."""
    text = f"{source}\0{target}\0{version}\0{sentence}"
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def remembered(store: Store, keys: Collection[bytes]) -> dict[bytes, Rendering]:
    """What the memory holds under these names."""
    found: dict[bytes, Rendering] = {}
    for part in parts(list(keys)):
        rows = store.select(
            f"SELECT key, translation, faults FROM sentence WHERE key IN ({marks(part)})",  # noqa: S608
            part,
        )
        found.update({row[0]: Rendering(row[1], _faults(row[2])) for row in rows})
    return found


def remember(store: Store, renderings: Mapping[bytes, Rendering]) -> None:
    """Keep these for good, in one transaction; what is held already stays as it is."""
    with store.transaction() as connection:
        connection.executemany(
            "INSERT OR IGNORE INTO sentence VALUES (?, ?, ?)",
            [(key, text, " ".join(faults)) for key, (text, faults) in renderings.items()],
        )


# The translations of articles


def originals(store: Store, keys: Sequence[int], target: str) -> list[Original]:
    """The articles with these keys, in their order, with how far each is translated."""
    found: dict[int, Original] = {}
    for part in parts(keys):
        rows = store.select(
            "SELECT key, digest, language, title, body, ifnull(stage, 0), ifnull(version, '') "  # noqa: S608
            "FROM article LEFT JOIN translation ON article = key AND target = ? "
            f"WHERE key IN ({marks(part)})",
            (target, *part),
        )
        found.update({row[0]: Original(*row) for row in rows})
    return [found[key] for key in keys if key in found]


def put(store: Store, made: Iterable[tuple[Original, Translation]]) -> int:
    """Keep translations, and mark their articles as to be indexed again, in one transaction.

    That of an article which has changed since it was read is left out. Returns
    the number of those kept.
    """
    kept = 0
    with store.transaction() as connection:
        for original, translation in made:
            done = connection.execute(
                "UPDATE article SET dirty = 1 WHERE key = ? AND digest = ? AND language = ?",
                (original.key, original.digest, original.language),
            )
            if done.rowcount:
                connection.execute(
                    "INSERT OR REPLACE INTO translation VALUES (?, ?, ?, ?, ?, ?, ?)",
                    _row(original.key, translation),
                )
                kept += 1
    return kept


def drop(store: Store, target: str, languages: Collection[str] = ()) -> int:
    """Forget the translations into a language (of these languages only); the memory stays.

    Returns their number; their articles are marked as to be indexed again.
    """
    chosen = "FROM translation WHERE target = ?"
    values: tuple[str, ...] = (target, *languages)
    if languages:
        own = f"SELECT key FROM article WHERE language IN ({marks(values[1:])})"  # noqa: S608
        chosen += f" AND article IN ({own})"
    with store.transaction() as connection:
        connection.execute(
            f"UPDATE article SET dirty = 1 WHERE key IN (SELECT article {chosen})",  # noqa: S608
            values,
        )
        return connection.execute(f"DELETE {chosen}", values).rowcount


def of(
    store: Store, keys: Sequence[int], target: str | None = None
) -> dict[int, tuple[Translation, ...]]:
    """The translations of articles into a language, or into all there are, in their order.

    An article without any is left out. Raises `LibraryDamaged`.
    """
    found: dict[int, tuple[Translation, ...]] = {}
    for part in parts(keys):
        values: list[object] = list(part)
        only = ""
        if target is not None:
            values.append(target)
            only = " AND target = ?"
        rows = store.select(
            "SELECT article, target, route, version, stage, sentences FROM translation "  # noqa: S608
            f"WHERE article IN ({marks(part)}){only} ORDER BY article, target",
            values,
        )
        for row in rows:
            found[row[0]] = (*found.get(row[0], ()), _translation(row))
    return found


def targets(store: Store) -> tuple[str, ...]:
    """The languages into which any article is translated."""
    # From one to the next in the index: DISTINCT would read all of it.
    rows = store.select(
        "WITH RECURSIVE each (target) AS (SELECT min(target) FROM translation UNION ALL "
        "SELECT (SELECT min(target) FROM translation WHERE target > each.target) FROM each "
        "WHERE each.target IS NOT NULL) SELECT target FROM each WHERE target IS NOT NULL",
        (),
    )
    return tuple(row[0] for row in rows)


def status(store: Store, target: str) -> tuple[LanguageStatus, ...]:
    """How far the articles of each other language are translated, most articles first."""
    rows = store.select(
        "SELECT language, count(*), sum(ifnull(stage, 0) = ?), sum(ifnull(stage, ?) <> ?) "
        "FROM article LEFT JOIN translation ON article = key AND target = ? "
        "WHERE language <> ? GROUP BY language ORDER BY 2 DESC, 1",
        (WHOLE, WHOLE, WHOLE, target, target),
    )
    marked: dict[str, Counter[str]] = {}
    for language, faults in store.each(
        "SELECT language, faults FROM translation JOIN article ON key = article "
        "WHERE target = ? AND faults <> ''",
        (target,),
    ):
        marked.setdefault(language, Counter()).update(faults.split())
    return tuple(
        LanguageStatus(
            language, articles, whole, part, dict(marked.get(language, Counter()).most_common())
        )
        for language, articles, whole, part in rows
    )


def readable(
    article: Article, translation: Translation, field: Literal["title", "body"]
) -> tuple[str, tuple[Piece, ...]]:
    """A field of an article in translation, and which piece stands for which of the original.

    What has no good translation is shown as it is in the original. The pieces
    lie in order, and their originals cover all but the white space of the field.
    """
    original = getattr(article, field)
    joint = "" if translation.target in _UNSPACED else " "
    pieces: list[Piece] = []
    text, at = "", 0
    for start, end, new in _stretches(original, translation, field):
        between = original[at:start]
        at = end
        # A line break is a paragraph's; other white space is the language's own.
        text += between if "\n" in between or not pieces else joint if between else ""
        shown = original[start:end] if new is None else new
        pieces.append(Piece(len(text), len(text) + len(shown), start, end, new is not None))
        text += shown
    return text + original[at:], tuple(pieces)


def _stretches(
    original: str, translation: Translation, field: str
) -> Iterable[tuple[int, int, str | None]]:
    """The places of the sentences, each with its good translation, and then of the rest."""
    end = 0
    for sentence in translation.sentences:
        if sentence.field == field:
            end = sentence.end
            yield sentence.start, end, None if sentence.faults else sentence.text
    start = len(original) - len(original[end:].lstrip())
    if start < len(original):
        yield start, len(original.rstrip()), None


def _row(key: int, translation: Translation) -> tuple[object, ...]:
    sentences = [
        [FIELDS.index(each.field), each.start, each.end, each.text, " ".join(each.faults)]
        for each in translation.sentences
    ]
    return (
        key,
        translation.target,
        ">".join(translation.route),
        translation.version,
        translation.stage,
        json.dumps(sentences, ensure_ascii=False),
        " ".join(fault for each in translation.sentences for fault in each.faults),
    )


def _translation(row: Any) -> Translation:  # noqa: ANN401 - a row of SQLite
    try:
        sentences = tuple(
            TranslatedSentence(FIELDS[field], start, end, text, _faults(faults))
            for field, start, end, text, faults in json.loads(row["sentences"])
        )
    except (ValueError, TypeError, IndexError) as error:
        raise LibraryDamaged(
            f"the translation of article {row['article']} cannot be read; restore a backup"
        ) from error
    route = tuple(row["route"].split(">"))
    return Translation(row["target"], route, row["version"], row["stage"], sentences)


def _faults(text: str) -> tuple[Fault, ...]:
    return tuple(text.split())  # type: ignore[arg-type]  # written by `remember` and `_row`
