"""A dictionary learned from sentences that translate each other.

Words are aligned by what their inflections share: their stem, or else their first
letters (Fraser and Marcu, ACL 2005). A stretch of a script without spaces gives all its
short pieces that come again, and each word of the other language chooses among them, so
that nothing need know where its words end.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from dragoman.analysis import STEM_MARK, fold, stems
from dragoman.analysis.segment import clusters
from dragoman.lexicon.align import Unit, align
from dragoman.lexicon.table import Entry
from dragoman.lexicon.words import Word, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MOST_SENTENCES = 30_000
"""Pairs of sentences that are used; more would not fit in memory."""

_LEAST_DICE = 0.06
_MOST_CLASSES = 3
_MOST_FORMS = 3
_SHARED_LETTERS = 5
_SHARED_SYLLABLES = 2  # of Hangul, whose letters are syllables
_LONGEST_HAN = 4
_LONGEST_PIECE = 6
_AS_GOOD = 0.7  # of the better Dice coefficient: pieces that may be of one word
_CERTAIN = 0.3  # the Dice coefficient at which a single character is believed
_MOST_LINKS = 20_000_000  # candidates, about 40 bytes each

# Words of English that say nothing by themselves; nobody looks for their translations.
_FUNCTION = frozenset(
    """a about above across after again against ago all almost along already also although always
    am among an and another any anyone anything are around as at away back be because been before
    began behind being below between both but by came can cannot come could did do does doing done
    down due during each either else enough etc even ever every few for from further get gets give
    given go goes going gone got had has have having he hence her here hers herself him himself his
    how however i if in indeed instead into is it its itself just kept least less let like likely
    made make makes many may me might mine more most much must my myself near need neither never
    no nor not now of off often on once one ones only onto or other others otherwise our ours out
    over own per perhaps put quite rather really s said same say says see seem seems seen several
    shall she should since so some someone something still such t take taken than that the their
    theirs them themselves then there therefore these they thing things this those though through
    throughout thus till to together too took toward towards two under unless until up upon us use
    used uses using very via was way we well went were what whatever when where whereas whether
    which while who whole whom whose why will with within without would yet you your yours
    yourself""".split()
)


class _Piece(NamedTuple):
    kind: str
    """What it shares with its inflections; a piece of an unspaced script, itself."""
    text: str
    place: float


@dataclass(slots=True)
class _Text:
    """One side of the sentences."""

    language: str
    sentences: list[list[_Piece]]
    unspaced: set[str] = field(default_factory=set)
    number: dict[str, int] = field(default_factory=dict)

    def units(self) -> list[list[Unit]]:
        """The sentences as numbers, which are given out in the order of the text."""
        return [
            [
                Unit(self.number.setdefault(piece.kind, len(self.number)), piece.place)
                for piece in sentence
            ]
            for sentence in self.sentences
        ]

    def where(self) -> dict[str, dict[str, set[int]]]:
        """The forms of each kind, with the sentences that have them."""
        found: dict[str, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
        for at, sentence in enumerate(self.sentences):
            for piece in sentence:
                found[piece.kind][piece.text].add(at)
        return found


def learn(pairs: Sequence[tuple[str, str]], source: str, target: str) -> list[Entry]:
    """The words of one language with those of the other that translate them.

    The weight of an entry is its Dice coefficient: how nearly the two are each
    other's only counterpart in these sentences. English function words are left
    out. At most `MOST_SENTENCES` pairs are used, the first ones.
    """
    pairs = pairs[:MOST_SENTENCES]
    left = _read([one for one, _ in pairs], source)
    right = _read([other for _, other in pairs], target)
    if left.unspaced and not right.unspaced:
        # A word chooses among pieces, not a piece among words.
        return [
            Entry(entry.target, entry.translation, entry.source, entry.term, entry.weight)
            for entry in _learn(right, left, [one for one, _ in pairs])
        ]
    return _learn(left, right, [other for _, other in pairs])


def _learn(left: _Text, right: _Text, texts: list[str]) -> list[Entry]:
    _thin(left, right)
    links = align(left.units(), right.units())
    names, others = list(left.number), list(right.number)
    chosen: dict[str, list[tuple[float, str]]] = defaultdict(list)
    good = links.dice >= _LEAST_DICE
    for one, other, dice in zip(
        links.left[good].tolist(), links.right[good].tolist(), links.dice[good].tolist(),
        strict=True,
    ):  # fmt: skip
        chosen[names[one]].append((round(dice, 4), others[other]))
    here, there = left.where(), right.where()
    entries: list[Entry] = []
    joined = "\n".join(texts).lower() if right.unspaced else ""
    for kind, candidates in chosen.items():
        candidates.sort(key=lambda item: (-item[0], -len(item[1]), item[1]))
        _keep_only_the_name(kind, candidates)
        at = set[int]().union(*here[kind].values())
        translations: list[tuple[str, float]] = []
        for dice, form in _without_overlap(candidates, right, there, joined):
            translations += [(text, dice) for text in _forms(form, there, at)]
        for term in _forms(kind, here, at)[: 1 if left.language == "en" else _MOST_FORMS]:
            if left.language != "en" or fold(term) not in _FUNCTION:
                entries += [
                    Entry(left.language, term, right.language, text, dice)
                    for text, dice in translations
                    if not (term.isdecimal() or text.isdecimal())
                ]
    return entries


def _keep_only_the_name(kind: str, candidates: list[tuple[float, str]]) -> None:
    """Where the word itself is a likely translation, as of a name, others are there by chance."""
    for dice, other in candidates:
        if dice < candidates[0][0] / 2:
            break
        if _is_same_word(kind, other):
            candidates[:] = [(dice, other)]
            break


def _is_same_word(kind: str, other: str) -> bool:
    shorter, longer = sorted((kind.strip(STEM_MARK), other.strip(STEM_MARK)), key=len)
    return len(shorter) >= 3 and longer.startswith(shorter)


def _forms(kind: str, where: dict[str, dict[str, set[int]]], at: set[int]) -> list[str]:
    """The forms of a kind that stand in these sentences, the commonest there first."""
    forms = where.get(kind)
    if forms is None:
        return [kind]
    common = sorted((-len(places & at), text) for text, places in forms.items() if places & at)
    if kind.startswith(STEM_MARK):
        # Its other forms are found by the stem.
        return [text for _, text in common[:1]]
    return [text for _, text in common[:_MOST_FORMS]]


def _read(texts: Sequence[str], language: str) -> _Text:
    kinds = _kinds([_lower(text, word) for text in texts for word in words(text)], language)
    sentences: list[list[_Piece]] = []
    unspaced: set[str] = set()
    for text in texts:
        sentence: list[_Piece] = []
        position = 0
        for word in words(text):
            form = _lower(text, word)
            if word.run:
                found = _pieces(form, position)
                unspaced.update(piece.kind for piece in found)
                sentence += found
                position += 1 + len(form)
            else:
                sentence.append(_Piece(kinds[form], form, position + 0.5))
                position += 1
        sentences.append(
            [piece._replace(place=piece.place / max(1, position)) for piece in sentence]
        )
    runs = sum(piece.kind in unspaced for sentence in sentences for piece in sentence)
    if 2 * runs < sum(map(len, sentences)):
        unspaced = set()  # a foreign name here and there
    return _Text(language, sentences, unspaced)


def _lower(text: str, word: Word) -> str:
    return text[word.start : word.end].lower()


def _kinds(forms: list[str], language: str) -> dict[str, str]:
    """What each word shares with its inflections.

    Of several stems, with a prefix and without, the one that most words have.
    """
    found: dict[str, tuple[str, ...]] = {}
    for form in forms:
        if form not in found:
            found[form] = tuple(stems(form, (language,))) or (_beginning(form),)
    common = Counter(stem for form in forms for stem in found[form])
    return {form: max(several, key=lambda stem: common[stem]) for form, several in found.items()}


def _beginning(form: str) -> str:
    folded = fold(form)
    hangul = "\uac00" <= folded[:1] <= "\ud7a3"
    return folded[: _SHARED_SYLLABLES if hangul else _SHARED_LETTERS]


def _pieces(run: str, position: int) -> list[_Piece]:
    """All short pieces of a stretch of a script without spaces."""
    tibetan = "\u0f00" <= run[0] <= "\u0fff"
    spans = clusters(run, "syllables" if tibetan else "run")
    longest = _LONGEST_HAN if tibetan or "\u2e80" <= run[0] <= "\uffff" else _LONGEST_PIECE
    shortest = 1 if longest == _LONGEST_HAN else 2
    return [
        _Piece(fold(text), text, position + (start + end) / 2)
        for first, (start, _) in enumerate(spans)
        for _, end in spans[first + shortest - 1 : first + longest]
        if (text := run[start:end])
    ]


def _thin(left: _Text, right: _Text) -> None:
    """Leave out the pieces that come seldom, until what is left fits in memory."""
    for text in (left, right):
        if text.unspaced:
            _drop(text, fewest=2)
    fewest = 2
    while (left.unspaced or right.unspaced) and sum(
        len(one) * len(other) for one, other in zip(left.sentences, right.sentences, strict=True)
    ) > _MOST_LINKS:
        fewest += 1
        for text in (left, right):
            if text.unspaced:
                _drop(text, fewest)


def _drop(text: _Text, fewest: int) -> None:
    count = Counter(
        kind for sentence in text.sentences for kind in {piece.kind for piece in sentence}
    )
    text.sentences = [
        [p for p in sentence if p.kind not in text.unspaced or count[p.kind] >= fewest]
        for sentence in text.sentences
    ]


def _without_overlap(
    candidates: Iterable[tuple[float, str]],
    right: _Text,
    there: dict[str, dict[str, set[int]]],
    joined: str,
) -> list[tuple[float, str]]:
    """The best candidates, where pieces overlap the best of them only.

    A word longer than any piece shows as pieces that overlap: they are put together
    where they mostly stand together.
    """
    kept: list[tuple[float, str]] = []
    seen: list[str] = []
    candidates = list(candidates)
    for dice, form in candidates:
        if form not in right.unspaced:
            kept.append((dice, form))
        elif len(form) == 1 and dice < _CERTAIN:
            continue
        elif not any(form in other or other in form or _join(other, form, 1) for other in seen):
            text = min(there[form], key=lambda text: (-len(there[form][text]), text))
            seen.append(form)
            for likely, more in candidates:
                if likely < _AS_GOOD * dice or more not in there:
                    continue
                if whole := _grown(text, min(there[more]), joined):
                    text = whole
                    seen.append(fold(whole))
            kept.append((dice, form if fold(text) == form else text))
        if len(kept) == _MOST_CLASSES:
            break
    return kept


def _grown(text: str, more: str, joined: str) -> str:
    """Two pieces that overlap as one, if the first seldom stands without the second."""
    whole = more if text in more else _join(text, more, min(len(text), len(more)) // 2)
    if whole and 10 * joined.count(whole) >= 7 * joined.count(text):
        return whole
    return ""


def _join(one: str, other: str, least: int) -> str:
    """Two texts put together where they overlap by so many characters; else nothing."""
    for first, second in ((one, other), (other, one)):
        for size in range(min(len(first), len(second)) - 1, max(least, 1) - 1, -1):
            if first.endswith(second[:size]):
                return first + second[size:]
    return ""
