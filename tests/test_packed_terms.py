"""Terms as bytes: a mapping like any other, which engines take as it is."""

from __future__ import annotations

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.engines.terms import PackedTerms

TERMS = st.dictionaries(
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=8),
    st.sets(st.integers(0, 1 << 31), min_size=1, max_size=5).map(sorted),
    max_size=8,
)


@given(TERMS)
def test_terms_are_as_they_were_packed(terms):
    """Also as what a process makes of them that they are sent to."""
    packed = PackedTerms.of(terms)
    for held in (packed, copy.deepcopy(packed)):
        assert dict(held) == terms
        assert len(held) == len(terms)
    assert PackedTerms.of(packed).text == packed.text


def test_a_nul_is_no_part_of_a_term():
    """It is what stands between two."""
    with pytest.raises(ValueError, match="NUL"):
        PackedTerms.of({"a\0b": [1]})
