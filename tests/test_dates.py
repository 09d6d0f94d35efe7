"""Dates as news files write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.dates import parse_date

READ = {
    # ISO 8601 and what looks like it.
    "2020-08-31": "2020-08-31",
    "2020-08-31T10:00:00Z": "2020-08-31T10:00:00+00:00",
    "2020-08-31T10:00:00.250+03:00": "2020-08-31T10:00:00.250000+03:00",
    "2020-08-31T10:00:00+0300": "2020-08-31T10:00:00+03:00",
    "2020-08-31 10:00:00": "2020-08-31T10:00:00",
    "2020-08-31 10:00": "2020-08-31T10:00:00",
    "2020-08-31 10:00:00+00:00": "2020-08-31T10:00:00+00:00",
    "2020-08-31 10:00:00 UTC": "2020-08-31T10:00:00+00:00",
    "2020-08-31T10:00:00+03:00[Asia/Baghdad]": "2020-08-31T10:00:00+03:00",
    "2020-08-31T10:00:00-05:30": "2020-08-31T10:00:00-05:30",
    "20200831": "2020-08-31",
    "20200831T100000Z": "2020-08-31T10:00:00+00:00",
    "20200831100000": "2020-08-31T10:00:00",
    "2020/08/31": "2020-08-31",
    "2020.8.3": "2020-08-03",
    "2020-08": "2020-08",
    "2020": "2020",
    # RFC 2822, of feeds and mails.
    "Mon, 31 Aug 2020 10:00:00 +0300": "2020-08-31T10:00:00+03:00",
    "Mon, 31 Aug 2020 10:00:00 GMT": "2020-08-31T10:00:00+00:00",
    "31 Aug 2020 10:00 EET": "2020-08-31T10:00:00+02:00",
    # A zone that several countries share is left off; the time stays as it was given.
    "Mon, 31 Aug 2020 10:00:00 CST": "2020-08-31T10:00:00",
    "Mon Aug 31 10:00:00 +0000 2020": "2020-08-31T10:00:00+00:00",
    # Seconds, milliseconds and microseconds since 1970.
    "1598868000": "2020-08-31T10:00:00+00:00",
    "1598868000000": "2020-08-31T10:00:00+00:00",
    "1598868000000000": "2020-08-31T10:00:00+00:00",
    "1598868000.5": "2020-08-31T10:00:00.500000+00:00",
    # As people write.
    "August 31, 2020": "2020-08-31",
    "Aug. 31, 2020, 10:00 a.m.": "2020-08-31T10:00:00",
    "31 August 2020 at 10:30 PM": "2020-08-31T22:30:00",
    "12:05 AM, 31 August 2020": "2020-08-31T00:05:00",
    "Monday 31st August 2020": "2020-08-31",
    "31st of August 2020": "2020-08-31",
    "August 2020": "2020-08",
    "31-Aug-2020": "2020-08-31",
    "31/08/2020": "2020-08-31",
    "08/31/2020": "2020-08-31",
    "31.08.2020 10:00": "2020-08-31T10:00:00",
    "05/05/2020": "2020-05-05",
    "2020年8月31日": "2020-08-31",
    "2020年8月31日 10:00": "2020-08-31T10:00:00",
    "2020년 8월 31일": "2020-08-31",
    # Digits of other scripts, marks of direction, typographic signs.
    "٣١/٠٨/٢٠٢٠": "2020-08-31",
    "۲۰۲۰-۰۸-۳۱": "2020-08-31",
    "२०२०-०८-३१": "2020-08-31",
    "\u200f31/08/2020\u200f": "2020-08-31",
    "２０２０－０８－３１": "2020-08-31",
    "  2020-08-31\n": "2020-08-31",
}

UNREAD = (
    "",
    "03/04/2018",  # March or April
    "31/08/20",  # which century
    "1399/06/10",  # another calendar
    "1442-01-12",
    "2563-08-31",
    "yesterday",
    "3 hours ago",
    "10:00",
    "Monday",
    "31 August",
    "2020-02-30",
    "2020-13-01",
    "0000-00-00",
    "0000-00-00 00:00:00",
    "2020-08-31T25:00:00",
    "2020-08-31T10:61:00",
    "2020-08-31 10:00:00 +99:00",
    "2020-08-31 13:00 XYZ",
    "31 août 2020",  # months of English alone are known
    "two dates: 2020-08-31 and 2020-09-01",
    "99999999999999999999",
    "1" * 5_000,
    "²⁰²⁰⁻⁰⁸⁻³¹x",
    "None",
    "2020-08-31; DROP TABLE",
)


@pytest.mark.parametrize(("text", "iso"), READ.items())
def test_a_date_is_read_with_the_time_and_zone_it_states(text, iso):
    """What the text says is kept, what it does not say stays out."""
    assert parse_date(text) == iso


@pytest.mark.parametrize("text", UNREAD)
def test_a_date_in_doubt_is_not_guessed(text):
    """Two readings, half a date or no date at all give nothing."""
    assert parse_date(text) is None


@pytest.mark.parametrize("iso", sorted(set(READ.values())))
def test_a_result_is_read_again_as_itself(iso):
    """What is stored can be stored again."""
    assert parse_date(iso) == iso


@given(
    moment=st.datetimes(datetime(1600, 1, 1), datetime(2200, 12, 31)),  # noqa: DTZ001 - zones below
    zone=st.none() | st.just(UTC) | st.integers(-14 * 60, 14 * 60).map(
        lambda minutes: timezone(timedelta(minutes=minutes))
    ),
)  # fmt: skip
def test_every_iso_time_is_read_as_itself(moment, zone):
    """Python's own notation comes back unchanged, whatever the offset."""
    iso = moment.replace(tzinfo=zone).isoformat()
    assert parse_date(iso) == iso


@given(st.text(max_size=60) | st.text("0123456789-/.: TZ+GMTCPaApm,年月日", max_size=40))
def test_any_text_is_a_date_or_nothing(text):
    """No text raises, and what is read is ISO 8601 and stable."""
    iso = parse_date(text)
    assert iso is None or parse_date(iso) == iso
