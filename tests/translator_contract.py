"""What every translator promises; a new one passes it in a few lines (see test_translators)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest

ODD = (
    "\n", "a\nb", "a\tb\u2028c", "\0", "\ufeff", "[x] ^a$ {b} <c> @ \\ / ~ #1", "a_b", "😀" * 5,
    "e\u0301" * 30, "ا\u200dب", "中文句子。", "1,234.5 %",
    "'\"«»", "<unk> </s> ▁ @@ <s>", "x" * 200, "a\ud800b",
)  # fmt: skip


class TranslatorContract:
    """Subclass it with a fixture `make` that opens a translator, and its `sentences`."""

    sentences: tuple[str, ...] = ()
    """Sentences of its source language, all different."""

    @pytest.fixture
    def make(self):
        """A function that opens the translator: given by the subclass."""
        raise NotImplementedError

    @pytest.fixture
    def translator(self, make):
        """One that is closed afterwards."""
        translator = make()
        yield translator
        translator.close()

    def test_its_route_leads_from_one_language_to_another(self, translator):
        """A route has two languages or more, each step between different ones."""
        route = translator.route
        assert isinstance(route, tuple)
        assert len(route) >= 2
        assert all(one != other for one, other in pairwise(route))

    def test_its_version_is_the_same_every_time(self, make, translator):
        """The key of the sentence memory is a line of text that another opening gives again."""
        other = make()
        assert translator.version == other.version
        assert translator.version.isprintable()
        assert translator.version.strip() == translator.version != ""
        other.close()

    def test_each_sentence_has_its_translation_in_order(self, translator):
        """Together, apart and in another order, a sentence has the same translation."""
        together = translator.translate(self.sentences)
        assert len(together) == len(self.sentences)
        assert all(together)
        assert [translator.translate([each])[0] for each in self.sentences] == together
        assert translator.translate(self.sentences[::-1]) == together[::-1]

    def test_equal_sentences_have_equal_translations(self, translator):
        """A sentence that comes again is translated as before."""
        first = self.sentences[0]
        one, *others = translator.translate([first, *self.sentences, first])
        assert one == others[0] == others[-1]

    def test_nothing_gives_nothing(self, translator):
        """No sentence gives no translation, and an empty one an empty one."""
        assert translator.translate([]) == []
        some = self.sentences[0]
        given = translator.translate(["", some, "  \t ", "\n"])
        assert [given[0], *given[2:]] == ["", "", ""]
        assert given[1] == translator.translate([some])[0]

    def test_odd_sentences_take_nothing_from_the_others(self, translator):
        """Whatever characters a sentence has, its neighbours keep their translations."""
        some = self.sentences[0]
        mixed = [text for odd in ODD for text in (odd, some)]
        given = translator.translate(mixed)
        assert len(given) == len(mixed)
        assert set(given[1::2]) == set(translator.translate([some]))

    def test_translations_are_trimmed_lines(self, translator):
        """A translation has neither white space at its ends nor zero characters."""
        for text in translator.translate([*self.sentences, *(f"  {s} " for s in self.sentences)]):
            assert text == text.strip()
            assert "\0" not in text

    def test_threads_may_share_it(self, translator):
        """Calls at the same time do not mix."""
        expected = translator.translate(self.sentences)
        with ThreadPoolExecutor(3) as pool:
            rounds = pool.map(lambda _: translator.translate(self.sentences), range(6))
            assert list(rounds) == [expected] * 6

    def test_it_may_be_closed_twice(self, make):
        """Closing is harmless, used or not."""
        translator = make()
        translator.close()
        translator.close()
