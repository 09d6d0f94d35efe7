"""The passage that is shown of a long text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dragoman.present import SNIPPET_CHARACTERS, _fullest, _Mark

MARKS = st.lists(
    st.tuples(st.integers(0, 1200), st.integers(1, 40), st.integers(0, 4)), min_size=1, max_size=40
).map(
    lambda rows: sorted(
        (_Mark(at, at + size, concept, 1.0) for at, size, concept in rows),
        key=lambda mark: (mark.start, mark.end),
    )
)


@given(MARKS)
def test_a_long_sentence_is_shown_from_where_it_has_most_of_the_query(marks):
    """The first place from which a snippet holds the most of the words."""

    def held(start):
        return {m.concept for m in marks if start <= m.end <= start + SNIPPET_CHARACTERS}

    most = max(len(held(mark.start)) for mark in marks)
    assert _fullest(marks) == next(m.start for m in marks if len(held(m.start)) == most)
