"""Results and reports → lines of text for a person, or JSON objects for a program."""

from __future__ import annotations

import unicodedata
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from dragoman.analysis import STEM_MARK
from dragoman.languages import name
from dragoman.translations import FIELDS, WHOLE, readable

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from dragoman.lexicon import Header
    from dragoman.model import Coverage, Hit, Problem, Report, Results, Stats, StoredArticle
    from dragoman.translations import Translation

    Emphasis = Callable[[str], str]

_ISOLATE, _END = "\u2068", "\u2069"
_BY_MACHINE = "[machine translation] "


def isolated(text: str) -> str:
    """The text, kept apart from the direction of what stands around it.

    Text in logical order is left to the terminal to lay out; the isolates keep
    an Arabic headline from pulling the numbers beside it to its other end.
    """
    if any(unicodedata.bidirectional(character) in {"R", "AL", "AN"} for character in text):
        return f"{_ISOLATE}{text}{_END}"
    return text


def highlighted(
    text: str, spans: Iterable[tuple[int, int]], emphasise: Emphasis, *, one_line: bool = True
) -> str:
    """The text with the spans emphasised, as one line."""
    pieces = []
    last = 0
    for start, end in spans:
        pieces += [text[last:start], emphasise(text[start:end])]
        last = end
    line = "".join((*pieces, text[last:]))
    return isolated(" ".join(line.split()) if one_line else line)


def hit_lines(number: int, hit: Hit, emphasise: Emphasis, *, explain: bool) -> Iterator[str]:
    """A hit for a person."""
    yield f"{number}. {highlighted(hit.title, hit.title_highlights, emphasise) or '(no title)'}"
    facts = (name(hit.language), hit.source, hit.published, hit.id)
    yield "   " + " · ".join(isolated(fact) for fact in facts if fact)
    snippet = highlighted(hit.snippet.text, hit.snippet.highlights, emphasise)
    if snippet:
        yield f"   {_BY_MACHINE if hit.original else ''}{snippet}"
    if hit.original:
        yield f"   {highlighted(hit.original.text, hit.original.highlights, emphasise)}"
    if hit.copies:
        yield f"   {len(hit.copies)} more like it: {', '.join(map(isolated, hit.copies))}"
    if explain:
        yield from (f"   {line}" for line in _explanation(hit))


def _explanation(hit: Hit) -> Iterator[str]:
    balance = f", each × {hit.balance:.3f} for {name(hit.language)}" if hit.balance != 1 else ""
    yield f"score {hit.score:.3f}: the sum of these{balance}"
    for item in hit.evidence:
        said = ", ".join(isolated(" ".join(map(_term, terms))) for terms in item.terms)
        yield (
            f"  {item.score:6.3f}  {isolated(item.concept)}  via {', '.join(item.via)}: {said}  "
            f"(frequency {item.frequency:.2f}; "
            f"in {item.articles_with:.1f} of {item.articles} {name(hit.language)} articles)"
        )


def _term(term: str) -> str:
    """A term of the index; a stem as the beginning of a word."""
    return term[1:] + "…" if term.startswith(STEM_MARK) else term


def summary_lines(results: Results) -> Iterator[str]:
    """What was found in all, for a person."""
    yield from results.notices
    languages = ", ".join(
        f"{name(tag)} {count}" for tag, count in list(results.facets.languages.items())[:12]
    )
    yield (
        f"{len(results.hits)} of {results.total} articles"
        + (f" · {languages}" if languages else "")
    )
    others = [entry for entry in results.coverage if not {"original", "translation"} & {*entry.via}]
    unreached = [entry for entry in others if not entry.via and not entry.matched]
    yield from _covered("by names and lexicon only, no translation", others, unreached)
    yield from _covered("no word of the query occurs in", unreached)


def _covered(
    label: str, entries: Iterable[Coverage], less: Collection[Coverage] = ()
) -> Iterator[str]:
    """What a query could do in some languages, in one line; none where there are no such."""
    kept = [entry for entry in entries if entry not in less]
    if kept:
        articles = sum(entry.articles for entry in kept)
        named = ", ".join(f"{name(entry.language)} {entry.articles}" for entry in kept[:8])
        more = f" and {len(kept) - 8} more" if len(kept) > 8 else ""
        them = "article" if articles == 1 else "articles"
        yield f"{label}: {articles} {them}, {named}{more}"


def facet_lines(results: Results) -> Iterator[str]:
    """The counts by language, source and month, for a person."""
    labelled = (
        ("languages", {name(tag): count for tag, count in results.facets.languages.items()}),
        ("sources", results.facets.sources),
        ("months", results.facets.months),
    )
    for label, counts in labelled:
        yield label
        yield from (f"  {count:7}  {isolated(value)}" for value, count in counts.items())


def hit_json(hit: Hit) -> dict[str, Any]:
    """A hit for a program."""
    return {"type": "hit", **asdict(hit)}


def summary_json(results: Results) -> dict[str, Any]:
    """Everything about a search but its hits, for a program."""
    return {
        "type": "summary",
        "query": results.query,
        "total": results.total,
        "notices": results.notices,
        "facets": asdict(results.facets),
        "coverage": [asdict(entry) for entry in results.coverage],
    }


def article_json(stored: StoredArticle, translated: Sequence[Translation] = ()) -> dict[str, Any]:
    """A stored article for a program; `add` reads it back as the same article, untranslated."""
    article = asdict(stored.article)
    given = article.pop("language")
    return {
        **{key: value for key, value in article.items() if value not in (None, {}, ())},
        "language": stored.tag.language,
        "script": stored.tag.script,
        "confidence": round(stored.tag.confidence, 4),
        "tagged_by": stored.tag.origin,
        **({"given_language": given} if given else {}),
        **({"other_languages": dict(stored.tag.others)} if stored.tag.others else {}),
        **(
            {"translations": [_translation_json(stored, t) for t in translated]}
            if translated
            else {}
        ),
    }


def _translation_json(stored: StoredArticle, translation: Translation) -> dict[str, Any]:
    """A translation: as one reads it, and sentence by sentence with what each stands for."""
    return {
        "target": translation.target,
        "route": translation.route,
        "version": translation.version,
        "complete": translation.stage == WHOLE,
        **{field: readable(stored.article, translation, field)[0] for field in FIELDS},
        "sentences": [asdict(sentence) for sentence in translation.sentences],
    }


def article_lines(stored: StoredArticle) -> Iterator[str]:
    """A stored article for a person."""
    yield isolated(stored.article.title)
    yield from fact_lines(stored)
    yield ""
    yield from (isolated(line) for line in stored.article.body.split("\n"))


def fact_lines(stored: StoredArticle, more: Mapping[str, str] | None = None) -> Iterator[str]:
    """What is known of an article, and what more there is to say, for a person."""
    article, tag = stored.article, stored.tag
    others = "".join(f", {name(code)} {share:.0%}" for code, share in tag.others)
    facts = {
        "id": article.id,
        "language": f"{name(tag.language)} ({tag.language}, {tag.script}), {tag.origin}"
        + (f", {tag.confidence:.0%} sure" if tag.origin == "detected" else "")
        + others,
        "published": article.published,
        "source": article.source,
        "section": article.section,
        "authors": ", ".join(article.authors),
        "url": article.url,
        "read from": article.origin,
        **article.extra,
        **(more or {}),
    }
    yield from (f"{label + ':':12}{isolated(str(fact))}" for label, fact in facts.items() if fact)


def report_lines(report: Report, shown: int = 20) -> Iterator[str]:
    """What an addition did, for a person."""
    for problem in report.problems[:shown]:
        yield problem_line(problem)
    rest = report.failed + report.warnings - min(shown, len(report.problems))
    if rest > 0:
        yield f"… and {rest} more problems"
    yield (
        f"added {report.added}, updated {report.updated}, unchanged {report.unchanged}, "
        f"failed {report.failed}"
    )
    if report.languages:
        counts = list(report.languages.items())
        more = f" and {len(counts) - 12} more" if len(counts) > 12 else ""
        yield ", ".join(f"{name(tag)} {count}" for tag, count in counts[:12]) + more


def problem_line(problem: Problem) -> str:
    """A problem of the input, for a person."""
    return f"{problem.where}: {problem.what}"


def report_json(report: Report) -> dict[str, Any]:
    """What an addition did, for a program."""
    return {"type": "report", **asdict(report)}


def stats_lines(stats: Stats) -> Iterator[str]:
    """What a library holds, for a person."""
    yield f"{stats.articles} articles"
    for count in stats.languages:
        label = f"{name(count.language)} ({count.language}, {count.script})"
        yield f"  {count.articles:7}  {label}, {count.origin}"
    yield f"store {megabytes(stats.store_bytes)}, index {megabytes(stats.index_bytes)}"


def lexicon_lines(header: Header, *, added: bool) -> Iterator[str]:
    """What a lexicon says of itself, for a person."""
    tags = [tag for tag in header.languages if not tag.startswith("und")]
    listed = ", ".join(tags) if len(tags) <= 8 else f"{len(tags)} languages"
    yield f"{header.name}{'' if added else '  (comes with Dragoman)'}"
    yield f"    {header.terms} terms, {listed}"
    yield f"    from {header.source}; licence: {header.licence}"


def megabytes(size: int) -> str:
    """A size, for a person."""
    return f"{size / 1e6:.1f} MB"
