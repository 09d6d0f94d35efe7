"""What it costs to hear one sound as another, from a script to a script.

The costs between Latin letters and seven other kinds of script are learned from pairs of names
(see NOTICE.sounds); those between two of the seven go through Latin. Others are set by hand. All
are on one scale: to leave out a word costs its worth, of which an average consonant is 1.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from dragoman.analysis.sound import ALPHABET, KINDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dragoman.analysis.sound import Kind

    Floats = NDArray[np.float32]

SOUNDS = ALPHABET[: ALPHABET.index("0")]
"""The sounds that are learned; digits stand for themselves."""

LEARNED: tuple[Kind, ...] = ("cyrillic", "arabic", "hebrew", "han", "kana", "hangul", "southeast")
"""The kinds of which the file holds what they make of Latin sounds."""

CODE = {sound: code for code, sound in enumerate(ALPHABET, 1)}
"""The number of each sound; 0 is none."""

SIZE = len(ALPHABET) + 1


class Costs(NamedTuple):
    """The costs of making a form of one kind of a query of another, by the codes of sounds."""

    substitution: Floats
    """For each sound of the query and each of the form."""
    insertion: Floats
    """For each sound that the form has and the query has not."""
    deletion: Floats
    """For each sound of the query that the form has not."""
    worth: Floats
    """For each sound of the query: what leaving it out of a word takes from the likeness."""


# By hand

_VOWELS, _GLIDES = "aeiou@", "ywh"
_CLASSES = ("pbfv", "tdTD", "szcSCZJ", "kgqxG")
_SUBSTITUTIONS = (
    "wv.15 wu.1 wo.2 yi.1 ye.2 jJ.1 jy.15 jZ.1 jh.3 jx.3 jC.25 jS.25 Jg.4 Jy.4 mn.4 hg.4 hk.4 hx.1"
    " Sk.5 Ck.4 st.6 hf.5 wb.4 wg.6 ha.3 vu.3 vo.35 lr.6 sT.3 zD.2 cC.2 ct.4 ck.35 tT.1 dD.1 zc.2"
    " sc.2 kq.05 gG.1 hG.3 ZJ.1 Zz.2 SZ.3"
)
_SUBSTITUTIONS_OF: dict[str, str] = {
    "plain": "",
    "abjad": "vo.15 vu.15",
    "syllabic": "lr.15 hf.2 bv.1 fp.15 Jz.1 mn.2 wv.1",
}
_GAPS_OF: dict[str, dict[str, float]] = {
    "plain": {},
    "abjad": {**dict.fromkeys(_VOWELS, 0.12), "v": 0.35},
    "syllabic": dict.fromkeys(_VOWELS, 0.2),
}
_MANNERS: dict[str, str] = {
    "arabic": "abjad", "hebrew": "abjad", "han": "syllabic", "kana": "syllabic",
    "hangul": "syllabic",
}  # fmt: skip


def _manner(a: str, b: str) -> str:
    """How two kinds are compared by hand: vowels are cheap where either lacks them."""
    manners = {_MANNERS.get(a, "plain"), _MANNERS.get(b, "plain")}
    return next(m for m in ("abjad", "syllabic", "plain") if m in manners)


@lru_cache
def _by_hand(manner: str) -> Costs:
    gap = np.ones(SIZE, np.float32)
    substitution = np.ones((SIZE, SIZE), np.float32)
    np.fill_diagonal(substitution, 0)

    def pair(a: str, b: str, cost: float) -> None:
        substitution[CODE[a], CODE[b]] = substitution[CODE[b], CODE[a]] = cost

    gaps = {**dict.fromkeys(_VOWELS, 0.3), **dict.fromkeys(_GLIDES, 0.35), **_GAPS_OF[manner]}
    for members in (_VOWELS, *_CLASSES):
        for a, b in combinations(members, 2):
            pair(a, b, 0.25)
    for row in (_SUBSTITUTIONS, _SUBSTITUTIONS_OF[manner]):
        for rule in row.split():
            pair(rule[0], rule[1], float(rule[2:]))
    for sound, cost in {**gaps, "@": 0.05}.items():
        gap[CODE[sound]] = cost
    gap[0] = 0  # the padding behind a form
    return Costs(substitution, gap, gap, gap)


def hand_costs(query: Kind, form: Kind) -> Costs:
    """The costs that are set by hand, which learning begins with."""
    return _by_hand(_manner(query, form))


def hand_prior(kind: str, latin: NDArray[Any], other: NDArray[Any]) -> NDArray[np.float64]:
    """The joint probabilities of edits that the costs set by hand stand for."""
    size = len(SOUNDS) + 1
    hand = _by_hand(_manner("latin", kind))
    likeness = np.full((size, size), np.log(0.05))
    likeness[1:, 1:] = 5 * (0.6 - hand.substitution[1:size, 1:size])
    likeness[0, 1:] = likeness[1:, 0] = -3 * hand.insertion[1:size]
    joint: NDArray[np.float64] = np.exp(likeness)
    joint[1:] *= latin[:, None]
    joint[:, 1:] *= other
    joint[0, 0] = 0
    shares: NDArray[np.float64] = joint / joint.sum() + 1e-9
    shares[0, 0] = 1e-12
    shares /= shares.sum()
    return shares


# Learned

# The cost beyond which chance decides, and how much the costs set by hand count.
_CAP, _HAND_SHARE = 2.0, 0.5
# Learned costs tell names apart better, so that all similarities are lower. They are raised until
# a name finds about one in 1,000 common words with a similarity that counts, as by hand.
_RAISED = 1.65
_RAISED_OF: dict[tuple[Kind, Kind], float] = {
    ("hebrew", "latin"): 1.5, ("han", "latin"): 1.5, ("arabic", "latin"): 1.6,
    ("latin", "southeast"): 2.0, ("kana", "latin"): 1.6,
    ("latin", "kana"): 1.8, ("latin", "cyrillic"): 1.75,
}  # fmt: skip


@lru_cache
def _held() -> dict[str, NDArray[np.float64]]:
    """The joint probability of each edit, from Latin to each learned kind."""
    with (files("dragoman") / "data/sounds.npz").open("rb") as file:
        held = np.load(file, allow_pickle=False)
        return {
            str(kind): np.exp(-table.astype(np.float64) / 100)
            for kind, table in zip(held["kinds"], held["surprise"], strict=True)
        }


def _joint(query: Kind, form: Kind) -> NDArray[np.float64] | None:
    held = _held()
    if query == "latin":
        return held.get(form)
    if form == "latin":
        return held[query].T if query in held else None
    if query not in held or form not in held or query == form:
        return None
    first, second = held[query].T, held[form]
    reached = second / second.sum(1, keepdims=True)
    joint: NDArray[np.float64] = first[:, 1:] @ reached[1:]
    joint[:, 0] += first[:, 0]
    joint[0] += second[0]
    joint[0, 0] = 0
    joint /= joint.sum()
    return joint


def _from(joint: NDArray[np.float64], hand: Costs, raised: float) -> Costs:
    """Costs as how much less often than by chance sounds go together."""
    left, right = joint.sum(1), joint.sum(0)
    size = len(joint)
    together = np.log(joint[1:, 1:] / np.outer(left[1:], right[1:]))
    most = np.maximum(together.max(1), 0)
    lost = np.log(joint[1:, 0] / left[1:])
    added = np.log(joint[0, 1:] / right[1:])
    is_consonant = np.array([s not in _VOWELS + _GLIDES for s in SOUNDS])
    shares = left[1:] * is_consonant
    unit = float((most * shares).sum() / shares.sum())
    costs = Costs(*(table.copy() for table in hand))

    def put(
        table: Floats, place: slice | tuple[slice, slice], learned: NDArray[np.float64]
    ) -> None:
        table[place] *= _HAND_SHARE
        table[place] += (1 - _HAND_SHARE) * np.minimum(learned / unit, _CAP)

    sounds = slice(1, size)
    put(costs.substitution, (sounds, sounds), most[:, None] - together)
    put(costs.insertion, sounds, -added)
    put(costs.deletion, sounds, most - lost)
    put(costs.worth, sounds, most)
    costs.worth[sounds] *= raised
    return costs


# Alphabets that no pairs were to be had for, and the one that serves them better than the costs
# set by hand: in FLORES, Greek, Armenian, Georgian and Ethiopic names were found as often or more,
# with a third fewer false ones. Indic names were found less often, so that they are not here.
_LIKE: dict[Kind, Kind] = {"other": "cyrillic"}


@lru_cache
def costs(query: Kind, form: Kind) -> Costs:
    """The costs of making a form of one kind of a query of another."""
    query, form = _LIKE.get(query, query), _LIKE.get(form, form)
    hand = hand_costs(query, form)
    joint = _joint(query, form)
    raised = _RAISED_OF.get((query, form), _RAISED)
    return hand if joint is None else _from(joint, hand, raised)


@lru_cache
def costs_to_all(query: Kind) -> Costs:
    """The costs of making forms of any kind; a sound of the k-th is numbered k * SIZE on.

    The deletion and worth of a sound have one row a kind.
    """
    each = [costs(query, kind) for kind in KINDS]
    return Costs(
        np.concatenate([c.substitution for c in each], 1),
        np.concatenate([c.insertion for c in each]),
        np.stack([c.deletion for c in each]),
        np.stack([c.worth for c in each]),
    )
