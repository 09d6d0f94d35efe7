"""The inverted index in arrays: what is written is read, however it was split and merged."""

from __future__ import annotations

from itertools import count, pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from whoosh import query, scoring
from whoosh.searching import Searcher
from whoosh.sorting import FieldFacet

from dragoman.arrays import BadArrays
from dragoman.engines.native import bulk, rows, varints, vocabulary
from dragoman.engines.native.distinct import Terms, distinct
from dragoman.engines.native.index import Index
from dragoman.engines.native.nearness import within
from dragoman.engines.native.postings import (
    Postings,
    decode_list,
    decode_lists,
    decode_one,
    encode_lists,
)
from dragoman.engines.native.writing import Writer
from dragoman.engines.whoosh import _open
from dragoman.vectors import ordered

SLOW_PATH = settings(
    max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=6)
LONG = st.sampled_from(["x" * 30, "x" * 30 + "a", "x" * 29, "x" * 400, "x" * 400 + "b", "y" * 255])
RECORDS = st.lists(
    st.dictionaries(
        WORDS | LONG, st.sets(st.integers(0, 1 << 31), min_size=1, max_size=5).map(sorted)
    ),
    min_size=1,
    max_size=30,
)


@given(st.lists(st.integers(0, (1 << 35) - 1) | st.integers(0, 300)))
def test_numbers_are_read_as_written(numbers):
    """Any numbers below 2³⁵ come back, and each takes the bytes that are told."""
    data, sizes = varints.encode(np.array(numbers, np.int64))
    assert len(data) == sizes.sum()
    decoded, ends = varints.decode(data)
    assert decoded.tolist() == numbers
    assert (ends + 1).tolist() == np.cumsum(sizes).tolist()


@pytest.mark.parametrize("data", [b"\x80", b"\x01\xff", b"\x80" * 5 + b"\x01"])
def test_bytes_that_are_no_numbers_are_told(data):
    """A number without an end, or too long, is damage."""
    with pytest.raises(BadArrays):
        varints.decode(np.frombuffer(data, np.uint8))


STEPS = st.integers(1, 200) | st.integers(1, 90_000)
LISTS = st.lists(
    st.lists(st.tuples(STEPS, st.integers(1, 700)), min_size=1, max_size=80), min_size=1, max_size=6
)


@given(LISTS)
def test_lists_of_frequent_terms_are_read_as_written(lists):
    """Whatever the differences and frequencies are; one by one, and all at once."""
    documents = [np.cumsum([step for step, _ in steps]) - 1 for steps in lists]
    frequencies = [np.array([often for _, often in steps]) for steps in lists]
    counts = np.array([len(steps) for steps in lists])
    joined = Postings(counts, *map(np.concatenate, (documents, frequencies)), np.zeros(0, int))
    data, sizes = encode_lists(joined)
    found = decode_lists(data, sizes)
    assert [each.tolist() for each in found] == [each.tolist() for each in joined]
    for number, part in enumerate(np.split(data, np.cumsum(sizes)[:-1])):
        one = [each.tolist() for each in decode_list(part)]
        assert one == [documents[number].tolist(), frequencies[number].tolist()]


@given(st.binary(max_size=60))
def test_bytes_that_are_no_record_are_told(data):
    """Any bytes are a record or damage."""
    array = np.frombuffer(data, np.uint8)
    for decode in (
        decode_one,
        lambda _: decode_list(array),
        lambda _: decode_lists(array, np.array([len(array)]))[1:],
    ):
        try:
            documents, frequencies, *_ = decode(data)
        except BadArrays:
            continue
        assert len(documents) == len(frequencies) > 0


SPELLED = st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30))


def _told_apart(words):
    """Check that what are told to be the same words are, and that they come in order."""
    terms = Terms.joined(["\0".join(words).encode()] if words else [])
    owners, which = distinct(terms)
    spelled = terms.take(which).spelled()
    assert [spelled[owner].decode() for owner in owners] == words
    assert len(spelled) == len(set(words))
    order = sorted(range(len(spelled)), key=spelled.__getitem__)
    assert terms.take(which).take(np.array(order, np.int64)).spelled() == sorted(spelled)
    beginnings = [each[:16].ljust(16, b"\0") for each in spelled]
    assert terms.take(which).beginnings(16).tolist() == [each.rstrip(b"\0") for each in beginnings]


@given(SPELLED.map(lambda words: words + words[::2]))
def test_terms_are_told_apart(words):
    """Of many terms, each is found to be one of the distinct ones, whatever its length."""
    _told_apart(words)


def test_terms_with_the_same_hash_are_told_apart(monkeypatch):
    """Where a hash is not enough another one is taken."""
    real, calls = Terms.hashes, []

    def hashes(terms, multiplier):
        calls.append(multiplier)
        return real(terms, multiplier) >> np.uint64(64 - 4 * len(calls))

    monkeypatch.setattr(Terms, "hashes", hashes)
    _told_apart([f"word{number % 40}" for number in range(90)])
    assert len(set(calls)) == 2


@pytest.mark.parametrize("kind", [np.uint32, np.int64])
@pytest.mark.parametrize("highest", [1, 300, 1 << 16, (1 << 16) + 1, 1 << 20, 1 << 40])
def test_numbers_are_ordered(highest, kind):
    """As by a stable sort, however large they are."""
    numbers = np.random.default_rng(1).integers(0, highest, 5000).astype(kind)
    for each in (numbers, np.sort(numbers), np.tile(np.sort(numbers), 3), numbers[:0]):
        assert ordered(each).tolist() == np.argsort(each, kind="stable").tolist()


def test_a_term_with_a_nul_is_refused(tmp_path):
    """It could not be told from two terms."""
    writer = Writer(_index(tmp_path / "index"))
    with pytest.raises(ValueError, match="NUL"):
        writer.add({"text": {"a\0b": [0]}}, {"key": 1})


def _index(folder):
    folder.mkdir(parents=True, exist_ok=True)
    return Index(folder, {"text": "terms with positions", "key": "number"}, ("key",))


def _read(index):
    """Term → key → positions, as the index has it."""
    found = {}
    for part in index.open()[1]:
        field = part.segment.fields.get("text")
        keys = part.segment.column("key")
        terms = field.dictionary.terms(0, len(field)) if field else []
        assert all(one < other for one, other in pairwise(terms))
        for number, term in enumerate(terms):
            _, documents, frequencies, positions = field.whole(number)
            places = np.split(positions, np.cumsum(frequencies)[:-1])
            for each, here in zip(documents.tolist(), places, strict=True):
                if part.alive[each]:
                    found.setdefault(term.decode(), {})[int(keys[each])] = here.tolist()
    return found


def _model(records):
    """The same, as it should be: the last record of a key counts."""
    found = {}
    for key, terms in records.items():
        for term, places in terms.items():
            found.setdefault(term, {})[key] = places
    return found


@SLOW_PATH
@given(RECORDS, RECORDS, st.sets(st.integers(0, 40)), st.sampled_from([0, 4000, 1 << 28]))
def test_commits_spills_and_merges_lose_nothing(tmp_path_factory, first, second, dropped, budget):
    """Any records in any number of segments: terms, articles and positions are all there."""
    index = _index(tmp_path_factory.mktemp("index"))
    held = {}
    for start, records, gone in ((0, first, ()), (len(first) // 2, second, dropped)):
        writer = Writer(index, budget)
        for key in gone:
            held.pop(key, None)
        for key, terms in enumerate(records, start):
            writer.add({"text": terms}, {"key": key})
            held[key] = terms
        writer.commit({}, "key", sorted(gone))
    assert _read(index) == _model(held)
    for part in index.open()[1]:
        field = part.segment.fields.get("text")
        if field:
            terms = field.dictionary.terms(0, len(field))
            assert field.find(terms).tolist() == list(range(len(terms)))
            assert field.find([term + b"!" for term in terms if len(term) < 20]).max(initial=-1) < (
                len(terms)
            )
            together = field.read(np.arange(len(terms)))
            each = field.read_each(np.arange(len(terms)))
            few = [field.read_each(np.array([number]))[0] for number in range(len(terms))]
            for column, *pieces in zip(together[:3], *(one[:3] for one in few), strict=True):
                assert column.tolist() == np.concatenate(pieces).tolist()
            for one, other in zip(each, few, strict=True):
                assert [column.tolist() for column in one] == [column.tolist() for column in other]
    assert index.check() == []


@SLOW_PATH
@given(RECORDS, st.integers(1, 30), st.integers(1, 30), st.integers(1, 30))
def test_what_is_done_at_once_makes_no_difference(tmp_path_factory, records, block, part, stretch):
    """However many terms and postings are looked at together, the file is the same."""
    files = []
    for limits in ((block, part, stretch, 1), (1 << 20,) * 4):
        index = _index(tmp_path_factory.mktemp("index"))
        with pytest.MonkeyPatch.context() as patch:
            names = ("_TERMS_AT_ONCE", "_SORTED_AT_ONCE", "_POSTINGS_AT_ONCE")
            for name, limit in zip(names, limits, strict=False):
                patch.setattr(bulk, name, limit)
            patch.setattr(vocabulary, "_LEAST", limits[-1])
            writer = Writer(index)
            for key, terms in enumerate(records):
                writer.add({"text": terms}, {"key": key})
            writer.commit({}, "key", [])
        files.append([path.read_bytes() for path in sorted(index.folder.glob("*.arrays"))])
    assert files[0] == files[1]


def test_new_segments_of_like_size_are_merged(tmp_path):
    """Also where the last one is much smaller; those of earlier commits stay as they are."""
    index, keys = _index(tmp_path / "index"), count()
    for sizes, expected in (((90,), [90]), ((10, 10, 10, 1), [90, 31]), ((12, 2), [90, 31, 12, 2])):
        writer = Writer(index)
        for size in sizes:
            for _ in range(size):
                writer.add({"text": {"word": [0]}}, {"key": next(keys)})
            writer.spill()
        writer.commit({}, "key", [])
        assert [part.segment.size for part in index.open()[1]] == expected


def _dictionary(folder, words):
    """The dictionary of an index of one record with these words."""
    index = _index(folder)
    writer = Writer(index)
    writer.add({"text": {word: [0] for word in words}}, {"key": 1})
    writer.commit({}, "key", [])
    return index.open()[1][0].segment.fields["text"].dictionary


@pytest.mark.parametrize("long", [(), ("x" * 300, "w7" + "y" * 254, "w7" + "y" * 255 + "z")])
def test_many_terms_are_spelled_as_one(tmp_path, long):
    """A stretch of a dictionary is the same, however long it is and wherever it begins."""
    words = {f"w{number:x}{'é' * (number % 9)}" for number in range(3000)} | set(long)
    dictionary = _dictionary(tmp_path / "index", words)
    terms = sorted(word.encode() for word in words)
    assert [dictionary.term(number) for number in range(len(terms))] == terms
    for begin, end in ((0, len(terms)), (5, 1000), (31, 700), (2999, 3000), (16, 16)):
        assert dictionary.terms(begin, end) == terms[begin:end]
    assert list(dictionary.onward(37)) == terms[37:]
    starting = list(dictionary.starting("w1"))
    assert starting == sorted(word for word in words if word.startswith("w1"))


@SLOW_PATH
@given(
    st.sets(WORDS | LONG, min_size=1, max_size=60),
    st.lists(WORDS | LONG, max_size=20),
)
def test_many_terms_are_found_as_one_by_one(tmp_path_factory, words, others):
    """Their numbers and their records; of one that there is not, nothing."""
    dictionary = _dictionary(tmp_path_factory.mktemp("index"), words)
    terms = sorted(word.encode() for word in words)
    asked = [*(word.encode() for word in others), *terms, *(term + b"!" for term in terms)] * 3
    numbers = {term: number for number, term in enumerate(terms)}
    expected = [numbers.get(term, -1) for term in asked]
    assert dictionary.find(asked) == expected
    assert [dictionary.find([term])[0] for term in asked] == expected
    every = np.arange(len(terms))
    records = [dictionary.record(number) for number in every.tolist()]
    begins, sizes = dictionary.records_of(every)
    assert list(zip(begins.tolist(), sizes.tolist(), strict=True)) == records


@pytest.mark.parametrize("count", [5, 40])
def test_lists_of_many_frequent_terms_are_read_at_once(tmp_path, count):
    """As one by one, among rare terms."""
    index = _index(tmp_path / "index")
    writer = Writer(index)
    for key in range(300):
        words = [f"often{word}" for word in range(count) if key % (word + 2) < 2]
        fields = {word: list(range(1 + key % 3)) for word in [*words, f"once{key}"]}
        writer.add({"text": fields}, {"key": key})
    writer.commit({}, "key", [])
    field = index.open()[1][0].segment.fields["text"]
    numbers = np.arange(len(field))
    together = field.read(numbers)
    apart = [field.read(numbers[place : place + 1]) for place in numbers.tolist()]
    for column, parts in zip(together[:3], zip(*apart, strict=True), strict=False):
        assert column.tolist() == np.concatenate(parts).tolist()


def _distance(one, other):
    """Levenshtein's, as it is defined."""
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        row, before = [i], row
        for j, theirs in enumerate(other, 1):
            row.append(min(before[j] + 1, row[-1] + 1, before[j - 1] + (letter != theirs)))
    return row[-1]


NEAR = st.text("abcé", min_size=1, max_size=7)


@SLOW_PATH
@given(st.sets(NEAR, min_size=1, max_size=200), NEAR, st.sampled_from([1, 2]))
def test_near_terms_are_those_within_the_distance(tmp_path_factory, words, word, most):
    """Every term that is near is found, and no other."""
    dictionary = _dictionary(tmp_path_factory.mktemp("index") / "index", words)
    near = sorted(each for each in words if _distance(word, each) <= most)
    assert list(within(dictionary, word, most)) == near


@SLOW_PATH
@given(
    st.lists(st.integers(0, 3), min_size=1, max_size=6),
    st.lists(st.integers(0, 3), min_size=2, max_size=5),
    st.integers(0, 5),
    st.sampled_from([0, 100, 1 << 14]),
    st.integers(1, 150),
)
def test_terms_in_a_row_are_those_that_are(tmp_path_factory, text, row, gap, start, records):
    """Rare terms and frequent ones, the same one twice, with gaps: as a reader would find them."""
    index = _index(tmp_path_factory.mktemp("index"))
    writer, expected = Writer(index), {}
    for key in range(records):
        words = [*text * (1 + key % 3), *([3, 0] if key == records // 2 else [])]
        terms = {}
        for place, word in enumerate(words, start):
            terms.setdefault(f"w{word}", []).append(place)
        writer.add({"text": terms}, {"key": key})
        if count := _in_a_row(words, row, gap):
            expected[key] = count
    writer.commit({}, "key", ())
    ((part,),) = (index.open()[1],)
    field = part.segment.fields["text"]
    numbers = field.find([f"w{word}".encode() for word in row]).tolist()
    if min(numbers) < 0:
        assert not expected
        return
    ((found, counts),) = rows.in_a_row(field, [(numbers, gap)])
    keys = part.segment.column("key")[found].tolist()
    assert dict(zip(keys, counts.tolist(), strict=True)) == expected


def _in_a_row(words, row, gap):
    """How often a row begins, each time with the next place of each further word."""
    count = 0
    for start, word in enumerate(words):
        end = start if word == row[0] else len(words)
        for wanted in row[1:]:
            end = next((at for at in range(end + 1, len(words)) if words[at] == wanted), len(words))
        count += end < len(words) and end - start - (len(row) - 1) <= gap
    return count


def test_a_position_beyond_any_text_is_told(tmp_path, monkeypatch):
    """It would be taken for one in another record."""
    monkeypatch.setattr(rows, "FAR", 1 << 16)
    index = _index(tmp_path / "index")
    writer = Writer(index)
    writer.add({"text": {"a": [1 << 17], "b": [(1 << 17) + 1]}}, {"key": 1})
    writer.commit({}, "key", ())
    field = index.open()[1][0].segment.fields["text"]
    with pytest.raises(BadArrays, match="beyond any text"):
        list(rows.in_a_row(field, [([0, 1], 0)]))


def test_frequent_terms_survive_merges(tmp_path):
    """Terms in so many articles that they are kept apart, and their neighbours."""
    index, held = _index(tmp_path / "index"), {}
    for batch in range(4):
        writer = Writer(index)
        for key in range(batch * 400, batch * 400 + 600):
            held[key] = {
                "the": list(range(3 + key % 5)),
                "them": [7] if key % 3 else [7, 300],
                f"only{key}": [key],
                "then": list(range(300)) if key == 5 else [1],
            }
            writer.add({"text": held[key]}, {"key": key})
        writer.commit({}, "key", [])
    assert _read(index) == _model(held)
    assert len(index.open()[1]) < 4


@pytest.mark.parametrize("records", [0, 1, 2])
def test_a_record_that_comes_twice_counts_once(tmp_path, records):
    """In one commit the last record of a key stays; a dropped key that is written stays too."""
    index = _index(tmp_path / "index")
    writer = Writer(index)
    for number in range(records):
        writer.add({"text": {f"v{number}": [0]}}, {"key": 1})
    writer.commit({}, "key", [1])
    assert _read(index) == ({f"v{records - 1}": {1: [0]}} if records else {})


def test_a_failed_commit_leaves_no_files(tmp_path):
    """What was spilled before something went wrong is deleted."""
    index = _index(tmp_path / "index")
    before = {path.name for path in index.folder.iterdir()}
    writer = Writer(index, budget=0)
    writer.add({"text": {"a": [0]}}, {"key": 1})
    writer.cancel()
    assert {path.name for path in index.folder.iterdir()} == before


# Whoosh on it


@pytest.fixture
def searcher(tmp_path):
    """A searcher of Whoosh's own on a few articles in two segments."""
    folder = tmp_path / "index"
    folder.mkdir()
    index = _open(folder)
    bodies = ["a rose is a rose", "the rose garden", "garden of the prose", "a garden", "x"]
    for start, part in ((0, bodies[:4]), (4, bodies[4:])):
        writer = Writer(index.native)
        for key, body in enumerate(part, start):
            positions = {}
            for place, word in enumerate(body.split()):
                positions.setdefault(word, []).append(place)
            numbers = {"key": key, "language": 0, "source": 0, "length": 1}
            writer.add({"body": positions}, numbers | {"published": 9 - key})
        writer.commit({"language": ["en"], "source": [""]}, "key", [1] if start else [])
    reader, _ = index.open()
    assert len(reader.leaf_readers()) == 2
    with Searcher(reader, weighting=scoring.Frequency()) as found:
        yield found


def term(word):
    """A query for a word of a body."""
    return query.Term("body", word)


@pytest.mark.parametrize(
    ("asked", "keys"),
    [
        (term("rose"), {0}),
        (query.Or([term("rose"), term("garden")]), {0, 2, 3}),
        (query.And([term("the"), term("garden")]), {2}),
        (query.AndNot(term("garden"), term("the")), {3}),
        (query.Phrase("body", ["of", "the", "prose"]), {2}),
        (query.Phrase("body", ["prose", "the"]), set()),
        (query.Phrase("body", ["rose", "rose"], slop=3), {0}),
        (query.Prefix("body", "ro"), {0}),
        (query.Wildcard("body", "*rose"), {0, 2}),
        (query.TermRange("body", "p", "s"), {0, 2}),
        (query.FuzzyTerm("body", "gardem"), {2, 3}),
        (query.Every(), {0, 2, 3, 4}),
        (query.Not(term("a")), {2, 4}),
        (term("absent"), set()),
    ],
)
def test_whoosh_finds(searcher, asked, keys):
    """Whoosh's own queries work on our segments, and skip what is deleted."""
    found = searcher.search(asked, limit=None)
    assert {searcher.ixreader.column_reader("key")[number] for number in found.docs()} == keys


@pytest.mark.parametrize(("reverse", "keys"), [(False, [3, 2]), (True, [2, 3])])
def test_whoosh_sorts(searcher, reverse, keys):
    """By a column, either way."""
    facet = FieldFacet("published", reverse=reverse)
    found = searcher.search(term("garden"), sortedby=facet, limit=None)
    column = searcher.ixreader.column_reader("key")
    assert [column[hit.docnum] for hit in found] == keys


def test_whoosh_counts(searcher):
    """Frequencies of terms and documents are those of all segments, deleted ones too."""
    reader = searcher.reader()
    assert reader.doc_frequency("body", "garden") == 3
    assert reader.frequency("body", "rose") == 3
    assert reader.doc_count() == 4
    assert list(reader.lexicon("body"))[:3] == [b"a", b"garden", b"is"]
    assert ("body", "garden") in reader
    assert ("body", "gardens") not in reader
