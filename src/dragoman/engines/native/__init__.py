"""An inverted index in arrays: segments that are mapped, never decoded as a whole.

Depends on nothing else of ours but `dragoman.arrays` and the errors, and not on Whoosh;
`dragoman.engines.codec` lets Whoosh read it.

=================  ===========================================================
`varints`          whole numbers as bytes, many at once
`dictionary`       the sorted terms of a field
`nearness`         the terms that differ from a word by few letters
`postings`         what is known of a term: articles, frequencies, positions
`inverted`         a field of a segment: its terms and their postings
`inverting`        the same, as it is written
`segment`          a file with the fields and columns of some records
`distinct`         which of many terms are the same
`bulk`             records into segments, within a budget of memory
`merging`          several segments into one, as a stream
`contents`         the list of the segments that count: a commit
`index`            the folder: its last commit, mapped
`writing`          the next commit
=================  ===========================================================
"""
