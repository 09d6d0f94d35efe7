"""Language tags as people and their data write them."""

from __future__ import annotations

import pytest

from dragoman.errors import InvalidValue
from dragoman.languages import LANGUAGES, canonical, members, stated


@pytest.mark.parametrize(
    ("written", "tag"),
    [
        ("EN", "en"),
        ("zh_TW", "zh"),
        ("pt-BR", "pt"),
        ("per", "fa"),
        ("KMR-Latn", "kmr"),
        ("Arabic", "ar"),
        ("central kurdish", "ckb"),
        ("Sorani", "ckb"),
        ("Central Kurdish (Sorani)", "ckb"),
        ("ewe", "ee"),  # a code rather than a name
        ("qaa", "qaa"),  # no language that we know: kept
        ("", "und"),
        ("n/a", "und"),
        ("!!", "und"),
        ("unknown", "und"),
        ("mul", "und"),
    ],
)
def test_a_tag_is_understood_as_it_is_written(written, tag):
    """Codes of any standard, names in English, and what means no language at all."""
    assert canonical(written) == tag


@pytest.mark.parametrize("row", LANGUAGES.values(), ids=lambda row: row.tag)
def test_every_language_is_known_by_its_tag_and_its_name(row):
    """No name hides the tag of another language."""
    assert canonical(row.tag) == row.tag
    assert canonical(row.name) == row.tag


@pytest.mark.parametrize("written", ["!!", "", "n/a", "klingon"])
def test_a_person_is_told_of_what_is_no_tag(written):
    """What data leave open, a person did not mean to."""
    with pytest.raises(InvalidValue, match="give a tag"):
        stated(written)


def test_a_person_may_say_that_the_language_is_not_known():
    """``und`` is a tag."""
    assert stated("und") == "und"


@pytest.mark.parametrize("written", ["ku", "KU-IQ", "Kurdish"])
def test_a_macro_language_stands_for_its_members_and_itself(written):
    """Under its code, with a region, and by name."""
    assert members(written) == {"ku", "ckb", "kmr", "sdh"}


def test_another_language_stands_for_itself():
    """Whatever group it is in."""
    assert members("Sorani") == {"ckb"}
    assert members("Norwegian") == {"nb", "nn"}
