"""Translations, and what is said of them → lines of text for a person, or JSON objects."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from itertools import zip_longest
from typing import TYPE_CHECKING, Literal

import regex

from dragoman.languages import name
from dragoman.render import fact_lines, isolated, megabytes, problem_line
from dragoman.translations import FIELDS, WHOLE, readable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from dragoman.model import StoredArticle
    from dragoman.translate import Route
    from dragoman.translate.packages import Package
    from dragoman.translate.plan import TranslationProgress, TranslationReport
    from dragoman.translations import LanguageStatus, Translation

_UNTRANSLATED = "[not translated]"
_STAGES = {1: "so far of the title only", 2: "so far of the title and the lead only"}
_NARROWEST = 10
_GRAPHEME = regex.compile(r"\X")
_WIDE = regex.compile(r"\p{Ea=W}|\p{Ea=F}")


def translated_lines(stored: StoredArticle, translation: Translation) -> Iterator[str]:
    """An article in translation, for a person; what has none is shown as it is, and said so."""
    title, body = (_readable_lines(stored, translation, field) for field in FIELDS)
    yield from title
    yield from fact_lines(stored, _facts(translation))
    yield ""
    yield from body


def side_by_side_lines(
    stored: StoredArticle, translation: Translation, width: int
) -> Iterator[str]:
    """A translation and its original in two columns, sentence by sentence, for a person.

    `width` is that of both columns in characters of a terminal.
    """
    column = max(_NARROWEST, (width - 3) // 2)
    title, body = (_side_by_side(stored, translation, field, column) for field in FIELDS)
    yield from title
    yield from fact_lines(stored, _facts(translation))
    yield ""
    yield from body


def _facts(translation: Translation) -> dict[str, str]:
    """What is to be known of a translation."""
    marked = Counter(fault for sentence in translation.sentences for fault in sentence.faults)
    kept_out = ", ".join(f"{kind} {count}" for kind, count in marked.most_common())
    return {
        "translated": f"by machine, {' → '.join(translation.route)}; {translation.version}"
        + (f"; {_STAGES[translation.stage]}" if translation.stage != WHOLE else ""),
        "kept out": kept_out and f"sentences whose translation is wrong by its form: {kept_out}",
    }


def _readable_lines(
    stored: StoredArticle, translation: Translation, field: Literal["title", "body"]
) -> Iterator[str]:
    text, pieces = readable(stored.article, translation, field)
    shown, at = [], 0
    for piece in pieces:
        said = text[piece.start : piece.end]
        mark = "" if piece.translated else f"{_UNTRANSLATED} "
        shown += [text[at : piece.start], mark, "\n".join(map(isolated, said.split("\n")))]
        at = piece.end
    yield from "".join((*shown, text[at:])).split("\n")


def _side_by_side(
    stored: StoredArticle, translation: Translation, field: Literal["title", "body"], column: int
) -> Iterator[str]:
    original: str = getattr(stored.article, field)
    text, pieces = readable(stored.article, translation, field)
    at = 0
    for piece in pieces:
        if "\n" in original[at : piece.original_start]:
            yield ""
        at = piece.original_end
        left = text[piece.start : piece.end] if piece.translated else _UNTRANSLATED
        columns = (
            [row for line in side.split("\n") for row in _wrapped(line, column)]
            for side in (left, original[piece.original_start : at])
        )
        for one, other in zip_longest(*columns, fillvalue=""):
            yield f"{isolated(one)}{' ' * (column - _width(one))} │ {isolated(other)}".rstrip()


def _wrapped(text: str, width: int) -> Iterator[str]:
    """The text in lines of this width, cut between words where there are any."""
    line, used, space = "", 0, 0
    for grapheme in _GRAPHEME.findall(text):
        size = _width(grapheme)
        if used + size > width and line:
            cut = space if space and not grapheme.isspace() else len(line)
            yield line[:cut].rstrip()
            line = line[cut:].lstrip()
            used, space = _width(line), 0
        if grapheme.isspace() and not line:
            continue
        line += grapheme
        used += size
        if grapheme.isspace():
            space = len(line)
    yield line.strip()


def _width(text: str) -> int:
    """How many columns of a terminal a text takes: marks none, Chinese characters two."""
    return sum(1 + bool(_WIDE.match(grapheme)) for grapheme in _GRAPHEME.findall(text))


def translation_lines(report: TranslationReport) -> Iterator[str]:
    """What a translation run did, for a person."""
    yield from (problem_line(problem) for problem in report.problems[:20])
    if report.failed > 20:
        yield f"… and {report.failed - 20} more articles that could not be translated"
    yield from _unreachable(report.unreachable)
    if not report.whole + report.part + report.waiting + report.failed:
        done = f"{counted(report.already, 'article')} translated already" if report.already else ""
        yield f"nothing to do{done and f': {done}'}"
        return
    speed = report.characters / report.seconds if report.seconds else 0
    yield (
        f"translated {counted(report.whole, 'article')}"
        + (f", {report.part} more in part" if report.part else "")
        + (f"; {report.waiting} left" if report.waiting else "")
        + f" · {counted(report.translated, 'sentence')} by machine"
        + (f", {report.remembered} from memory" if report.remembered else "")
        + f" · {speed:,.0f} characters/s"
    )
    if report.marked:
        counts = ", ".join(f"{kind} {count}" for kind, count in report.marked.items())
        yield f"sentences whose translation is kept out, as wrong by its form: {counts}"
    if report.stopped != "done":
        yield f"stopped by --{report.stopped}; run it again to go on"


def _unreachable(unreachable: Mapping[str, str]) -> Iterator[str]:
    """Why languages cannot be translated: one line for all of which the same is to be said."""
    alike: dict[str, list[str]] = {}
    for language, why in unreachable.items():
        alike.setdefault(why.replace(f"{name(language)} ({language})", "it"), []).append(language)
    for why, languages in alike.items():
        if len(languages) == 1:
            yield f"{name(languages[0])}: {unreachable[languages[0]]}"
        else:
            named = ", ".join(map(name, languages[:8]))
            more = f" and {len(languages) - 8} more" if len(languages) > 8 else ""
            yield f"{named}{more}: {why}"


def translation_progress(progress: TranslationProgress) -> str:
    """How far a translation run is, in one line."""
    left = progress.seconds_left
    return (
        f"{progress.stage}, {name(progress.language)}: {progress.articles} of {progress.total} "
        f"articles, {progress.characters_per_second:,.0f} characters/s"
        + (f", {timedelta(seconds=round(left))} left" if left is not None else "")
    )


def download_progress(received: int) -> str:
    """How far a download is, in one line."""
    return f"received {megabytes(received)}"


def translated_line(status: LanguageStatus) -> str:
    """How far one language is translated, for a person."""
    marked = ", ".join(f"{kind} {count}" for kind, count in status.marked.items())
    return (
        f"{name(status.language)} ({status.language}): {status.whole} of "
        f"{counted(status.articles, 'article')} translated"
        + (f", {status.part} more in part" if status.part else "")
        + (f"; sentences kept out: {marked}" if marked else "")
    )


def model_line(package: Package) -> str:
    """A translation model, for a person."""
    note = f", not used: {package.hidden_by} is newer" if package.hidden_by else ""
    return (
        f"{package.name}: {name(package.source)} → {name(package.target)}, "
        f"version {package.version}, {megabytes(package.size)}{note}"
    )


def route_line(status: LanguageStatus, route: Route | None) -> str:
    """Whether a language of the library can be translated, for a person."""
    way = "no model" if route is None else " → ".join((route.source, *route.via, route.target))
    waiting = counted(status.waiting, "article") if status.waiting else "none"
    part = f", {status.part} translated in part" if status.part else ""
    return f"{name(status.language)} ({status.language}): {way}; {waiting} waiting{part}"


def counted(number: int, thing: str) -> str:
    """A number of things, as it is said."""
    return f"{number:,} {thing}{'s' * (number != 1)}"
