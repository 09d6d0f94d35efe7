"""Argos Translate beside Dragoman: the same package, the same texts, in turns.

    python benchmarks/translation.py PACKAGE [--texts captions|ntrex] [--articles 40]
        [--repeat 2] [--beams 4 2 1] [--workers 1 2] [--memory | --warm] [--json]

Argos gets one article at a time, with its own settings and one thread; Dragoman gets
the sentences of all articles together, as it does in a library. Both split sentences
with the splitter in the package, so that their paragraphs can be compared; Dragoman's
times include that. It works on the packages of ``shared/data/models`` and needs
`argostranslate` or `argos-translate-lt` beside it, and sacrebleu for BLEU and chrF;
without Argos it measures Dragoman alone.

The captions are sentences of about 30 tokens of a small grammar in German, French and
English, of which the English ones are the references; the small packages were trained
on such. NTREX is news, at which they are poor. Times are the best of the repetitions:
of the processor for one worker, by the clock beside it, which alone counts for two.
Each peak of memory is that of a process of its own, which translates once. ``--warm`` puts
the articles into a store, as `dragoman translate` has them, and translates three times: with an
empty sentence memory, from that memory alone, and when all is done.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import ntrex
from dragoman import translations
from dragoman.languages import LANGUAGES
from dragoman.model import Article, Tag
from dragoman.store import Store
from dragoman.translate import ARGOS_SETTINGS, Settings, open_translator
from dragoman.translate.packages import Package, add
from dragoman.translate.plan import Plan
from dragoman.translate.run import translate
from dragoman.translate.sentences import sentences

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Split = Callable[[str], list[str]]

_FRENCH = "fr"
_GRAMMAR: dict[str, tuple[tuple[str, str, str], ...]] = {
    "who": (
        ("ein Mann", "un homme", "a man"),
        ("eine Frau", "une femme", "a woman"),
        ("ein kleiner Junge", "un petit garçon", "a little boy"),
        ("ein kleines Mädchen", "une petite fille", "a little girl"),
        ("ein brauner Hund", "un chien brun", "a brown dog"),
        ("ein Kind", "un enfant", "a child"),
    ),
    "how": (
        ("in einem roten Hemd", "en chemise rouge", "in a red shirt"),
        ("mit einem schwarzen Hut", "avec un chapeau noir", "with a black hat"),
        ("in einer blauen Jacke", "en veste bleue", "in a blue jacket"),
        ("mit einem Ball", "avec un ballon", "with a ball"),
    ),
    "does": (
        ("geht", "marche", "is walking"),
        ("sitzt", "est assis", "is sitting"),
        ("steht", "est debout", "is standing"),
        ("spielt", "joue", "is playing"),
        ("läuft", "court", "is running"),
    ),
    "where": (
        ("auf der Straße", "dans la rue", "on the street"),
        ("am Strand", "sur la plage", "on the beach"),
        ("in einem Park", "dans un parc", "in a park"),
        ("vor einem Gebäude", "devant un bâtiment", "in front of a building"),
        ("im Schnee", "dans la neige", "in the snow"),
        ("auf einer Bank", "sur un banc", "on a bench"),
    ),
}
_AND = ("und", "et", "and")
_CLAUSES = (2, 3)
_SENTENCES = (2, 3, 4)
_PARAGRAPHS = 5


class Text(NamedTuple):
    """An article of paragraphs, and what a person made of it."""

    source: str
    reference: str


@dataclass
class Trial:
    """One way of translating all articles."""

    name: str
    run: Callable[[], list[str]]
    seconds: list[tuple[float, float]] = field(default_factory=list)
    """Of the processor, and by the clock."""
    output: list[str] = field(default_factory=list)


def captions(language: str, count: int) -> list[Text]:
    """Articles of captions; always the same ones."""
    chance = random.Random(1)  # noqa: S311 - repeatable, not secret
    column = 1 if language == _FRENCH else 0

    def sentence() -> tuple[str, str]:
        clauses = [
            [chance.choice(_GRAMMAR[part]) for part in ("who", "how", "does", "where")]
            for _ in range(chance.choice(_CLAUSES))
        ]
        said = (
            f" {_AND[at]} ".join(" ".join(part[at] for part in clause) for clause in clauses)
            for at in (column, 2)
        )
        one, other = (text[0].upper() + text[1:] + "." for text in said)
        return one, other

    def article() -> Text:
        paragraphs = [
            [sentence() for _ in range(chance.choice(_SENTENCES))] for _ in range(_PARAGRAPHS)
        ]
        texts = ("\n".join(" ".join(s[at] for s in each) for each in paragraphs) for at in (0, 1))
        return Text(*texts)

    return [article() for _ in range(count)]


def news(language: str, count: int) -> list[Text]:
    """Articles of NTREX with their English originals."""
    rows = ntrex.load()
    code = {"de": "deu", "fr": "fra", "ar": "arb"}[language]
    english = {row["story"]: row["body"] for row in rows if row["lang"] == "eng"}
    found = [row for row in rows if row["lang"] == code]
    return [Text(row["body"], english[row["story"]]) for row in found[:count]]


def bulk(
    folder: Path, package: Package, texts: Sequence[Text], settings: Settings, split: Split
) -> Callable[[], list[str]]:
    """All sentences of all articles in one call."""
    translator = open_translator(package.source, package.target, folder=folder, settings=settings)
    translator.translate(["."])

    def run() -> list[str]:
        articles = [[split(each) for each in text.source.split("\n")] for text in texts]
        flat = [one for article in articles for paragraph in article for one in paragraph]
        translated = iter(translator.translate(flat))
        return [
            "\n".join(" ".join(next(translated) for _ in paragraph) for paragraph in article)
            for article in articles
        ]

    return run


def argos(package: Package, texts: Sequence[Text]) -> tuple[Callable[[], list[str]], Split]:
    """Argos Translate, one article at a time, and the splitter that it uses."""
    from argostranslate import translate  # noqa: PLC0415 - only beside us in some runs

    translation = translate.get_translation_from_codes(*package.codes)
    translation.translate(".")

    def run() -> list[str]:
        translation.cache = {}  # else a second run would translate nothing
        return [translation.translate(text.source) for text in texts]

    return run, translation.underlying.sentencizer.split_sentences


def trials(
    folder: Path, package: Package, texts: Sequence[Text], options: argparse.Namespace
) -> list[Trial]:
    """Argos first, if it is there, then Dragoman with each setting."""
    found: list[Trial] = []

    def split(text: str) -> list[str]:
        return [text[one.start : one.end] for one in sentences(text, package.source)]

    if find_spec("argostranslate") and not options.alone:
        run, split = argos(package, texts)
        found.append(Trial("Argos Translate", run))
    for workers in options.workers:
        for beam in options.beams:
            penalty = ARGOS_SETTINGS.length_penalty if beam == ARGOS_SETTINGS.beam_size else 1.0
            settings = Settings(workers=workers, beam_size=beam, length_penalty=penalty)
            name = f"Dragoman, beam {beam}, {workers} worker{'s' * (workers > 1)}"
            found.append(Trial(name, bulk(folder, package, texts, settings, split)))
    return found


def measure(trial: Trial) -> None:
    """Run once more, and keep the times."""
    processor, clock = time.process_time(), time.perf_counter()
    trial.output = trial.run()
    trial.seconds.append((time.process_time() - processor, time.perf_counter() - clock))


def row(trial: Trial, first: Trial, texts: Sequence[Text]) -> dict[str, Any]:
    """What is said of a trial."""
    processor, clock = (min(times) for times in zip(*trial.seconds, strict=True))
    base, base_clock = (min(times) for times in zip(*first.seconds, strict=True))
    letters = sum(len(text.source) for text in texts)
    pairs = [
        (one.strip(), other.strip())
        for mine, theirs in zip(trial.output, first.output, strict=True)
        for one, other in zip(mine.split("\n"), theirs.split("\n"), strict=True)
    ]
    return {
        "trial": trial.name,
        "processor seconds": round(processor, 2),
        "seconds": round(clock, 2),
        "articles/s": round(len(texts) / processor, 2),
        "characters/s": round(letters / processor),
        "times first": round(base / processor, 2),
        "times first by the clock": round(base_clock / clock, 2),
        "same paragraphs %": round(100 * sum(a == b for a, b in pairs) / len(pairs), 1),
        **quality(trial.output, texts),
    }


def quality(output: Sequence[str], texts: Sequence[Text]) -> dict[str, float]:
    """BLEU and chrF of articles, or nothing where sacrebleu is not installed."""
    if not find_spec("sacrebleu"):
        return {}
    import sacrebleu  # noqa: PLC0415 - see above

    references = [[text.reference.replace("\n", " ") for text in texts]]
    lines = [text.replace("\n", " ") for text in output]
    return {
        "BLEU": round(sacrebleu.corpus_bleu(lines, references).score, 1),
        "chrF": round(sacrebleu.corpus_chrf(lines, references).score, 1),
    }


def peak(options: argparse.Namespace, articles: int) -> float:
    """Megabytes at the most of a process that translates so many articles once."""
    command = [sys.executable, __file__, str(options.package), "--peak"]
    command += ["--texts", options.texts, "--articles", str(articles)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return float(json.loads(done.stdout))


def warm(scratch: Path, options: argparse.Namespace) -> list[dict[str, Any]]:
    """The first run of a library, one from the sentence memory alone, and one without work."""
    folder = scratch / "packages"
    (package,) = add(options.package, folder)
    make = captions if options.texts == "captions" else news
    texts = make(package.source, options.articles)
    tag = Tag(package.source, LANGUAGES[package.source].scripts[0], 1.0)
    opener = partial(open_translator, folder=folder)
    rows: list[dict[str, Any]] = []
    with closing(Store(scratch / "library.db")) as store:
        store.put((Article(id=str(n), body=text.source), tag) for n, text in enumerate(texts))
        for name in ("first", "from memory", "nothing to do"):
            if name == "from memory":
                translations.drop(store, package.target)
            report = translate(store, opener, Plan(package.target))
            times = rows[0]["seconds"] / report.seconds if rows else 1.0
            rows.append(
                {
                    "run": name,
                    "articles": report.whole,
                    "by machine": report.translated,
                    "from memory": report.remembered,
                    "seconds": round(report.seconds, 4),
                    "times first": round(times, 1),
                }
            )
    return rows


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=str(__doc__).split("\n", 1)[0])
    parser.add_argument("package", type=Path)
    parser.add_argument("--texts", choices=("captions", "ntrex"), default="captions")
    parser.add_argument("--articles", type=int, default=40)
    parser.add_argument("--repeat", type=int, default=2)
    parser.add_argument("--beams", type=int, nargs="+", default=[4, 2, 1])
    parser.add_argument("--workers", type=int, nargs="+", default=[1])
    parser.add_argument("--alone", action="store_true", help="without Argos Translate")
    parser.add_argument("--memory", action="store_true", help="peaks of memory only")
    parser.add_argument("--warm", action="store_true", help="runs of a library, one after another")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--peak", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def main() -> None:
    """Measure, and print a table or NDJSON."""
    options = arguments()
    if options.memory:
        rows = [
            {"articles": count, "peak megabytes": peak(options, count)}
            for count in (options.articles, 4 * options.articles)
        ]
    else:
        with tempfile.TemporaryDirectory() as scratch:
            rows = (warm if options.warm else compare)(Path(scratch), options)
    for each in rows:
        line = json.dumps(each) if options.json else "  ".join(f"{k} {v}" for k, v in each.items())
        print(line)


def compare(scratch: Path, options: argparse.Namespace) -> list[dict[str, Any]]:
    """Every trial in turn, as often as was asked."""
    folder = scratch / "packages"
    # Argos reads these once, when it is imported.
    os.environ |= {
        "ARGOS_PACKAGES_DIR": str(folder),
        "ARGOS_INTRA_THREADS": "1",
        "XDG_DATA_HOME": str(scratch / "data"),
        "XDG_CONFIG_HOME": str(scratch / "config"),
        "XDG_CACHE_HOME": str(scratch / "cache"),
    }
    (package,) = add(options.package, folder)
    make = captions if options.texts == "captions" else news
    texts = make(package.source, options.articles)
    if options.peak:
        settings = Settings()
        run = bulk(folder, package, texts, settings, lambda text: text.split(". "))
        run()
        print(round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6, 1))
        return []
    found = trials(folder, package, texts, options)
    for _ in range(options.repeat):
        for trial in found:
            measure(trial)
    return [row(trial, found[0], texts) for trial in found]


if __name__ == "__main__":
    main()
