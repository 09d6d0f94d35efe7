"""Translation on the command line: exit codes, messages, and what programs get."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from test_cli import lines
from tiny_model import needs_argos, tiny_package

ARTICLES = [
    {
        "id": "ar1",
        "title": "فيضان في البصرة",
        "text": "الناس في السوق اليوم. ارتفع الماء في المدينة.\nالسوق كبير.",
        "language": "ar",
        "published": "2020-08-02",
    },
    {"id": "de1", "title": "Regen heute", "text": "Der Markt ist groß.", "language": "de"},
    {"id": "en1", "title": "A dull day", "text": "Nothing rose.", "language": "en"},
    {"id": "fi1", "title": "Tulva", "text": "Joki tulvii.", "language": "fi"},
]
WAITING = "argos has nothing that translates from"


@pytest.fixture
def filled(run):
    """The command line with four articles in four languages added."""
    Path("news.jsonl").write_text("\n".join(json.dumps(article) for article in ARTICLES))
    assert run("add", "news.jsonl")[0] == 0
    return run


@pytest.fixture
def modelled(filled):
    """The same, with models from Arabic and from German into English."""
    files = [tiny_package("ar", "en"), tiny_package("de", "en")]
    assert filled("models", "add", *files)[0] == 0
    return filled


@needs_argos
def test_translating_says_what_was_done_and_what_cannot_be(modelled):
    """Counts on stderr, nothing on stdout; what a language lacks is said with what to do."""
    code, out, err = modelled("translate")
    assert (code, out) == (0, "")
    said = err.splitlines()
    assert said[0].startswith(f"Finnish: {WAITING} Finnish (fi) to English (en)")
    assert said[0].endswith("to English (en): dragoman models add FILE.argosmodel")
    assert said[1].startswith("translated 2 articles · 6 sentences by machine · ")
    assert modelled("search", "water", "--via", "translation")[0] == 0


@needs_argos
def test_translating_again_has_nothing_to_do(modelled):
    """Which is no failure, unless nothing can be translated at all."""
    modelled("translate")
    code, _, err = modelled("translate")
    assert code == 0
    assert err.splitlines()[-1] == "nothing to do: 2 articles translated already"
    said = "nothing to do: 1 article translated already\n"
    assert modelled("translate", "--lang", "de") == (0, "", said)
    code, _, err = modelled("translate", "--lang", "fi")
    assert (code, err.splitlines()[-1]) == (1, "nothing to do")


@needs_argos
def test_languages_that_lack_the_same_are_named_in_one_line(filled):
    """A library of a hundred languages does not give a hundred lines."""
    filled("models", "add", tiny_package("en", "fr"))
    code, _, err = filled("translate")
    assert code == 1
    assert err.splitlines()[0].startswith(f"Arabic, Finnish, German: {WAITING} it to English")
    (report,) = lines(filled("translate", "--json")[1])
    assert sorted(report["unreachable"]) == ["ar", "de", "fi"]


@needs_argos
def test_limits_are_said_and_the_rest_comes_next_time(modelled):
    """Articles beyond the limit wait; the newest goes first."""
    code, _, err = modelled("translate", "--limit", "1")
    assert code == 0
    assert err.splitlines()[-1] == "stopped by --limit; run it again to go on"
    status = {row["language"]: row for row in lines(modelled("translate", "--status", "--json")[1])}
    assert {tag: row["whole"] for tag, row in status.items()} == {"ar": 1, "de": 0, "fi": 0}
    assert {tag: row["waiting"] for tag, row in status.items()} == {"ar": 0, "de": 1, "fi": 1}


@needs_argos
def test_a_budget_that_is_over_leaves_all_for_the_next_time(modelled):
    """Nothing is begun once the time is up."""
    code, _, err = modelled("translate", "--budget", "0s")
    assert code == 1
    assert "translated 0 articles; 2 left · " in err
    assert "stopped by --budget" in err
    (report,) = lines(modelled("translate", "--budget", "1.5h", "--json")[1])
    assert (report["type"], report["whole"], report["stopped"]) == ("translated", 2, "done")


@needs_argos
def test_a_query_says_what_to_translate(modelled):
    """Only the articles that it finds, in any language."""
    assert modelled("translate", "markt", "--via-nothing")[0] == 2
    (report,) = lines(modelled("translate", "regen", "markt", "--json")[1])
    assert report["whole"] == 1
    assert "German (de): 1 of 1 article translated" in modelled("translate", "--status")[1]


@needs_argos
def test_a_translated_hit_says_that_it_is_one(modelled):
    """The translated sentence is marked as a machine's, and the original stands below."""
    modelled("translate")
    out = modelled("search", "water", "--via", "translation")[1].splitlines()
    assert out[2] == "   [machine translation] rose water in city."
    assert out[3] == "   \u2068ارتفع الماء في المدينة.\u2069"
    hit, _ = lines(modelled("search", "water", "--via", "translation", "--json")[1])
    assert hit["snippet"]["field"] == "translation"
    assert hit["original"]["text"] == "ارتفع الماء في المدينة."


def test_the_status_of_a_library_without_translations_is_exit_code_one(filled):
    """Every other language is named with what waits."""
    code, out, _ = filled("translate", "--status")
    assert code == 1
    assert "Finnish (fi): 0 of 1 article translated" in out.splitlines()
    assert "English (en): 0 of 1" in filled("translate", "--status", "--to", "de")[1]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["translate", "--budget", "soon"], "--budget soon: write 90s, 30m, 2h or 1d"),
        (["translate", "--limit", "0"], "0 is not in the range"),
        (["translate", "--engine", "libretranslate"], "needs --url, the address of the server"),
        (["translate", "--engine", "magic"], "'magic' is not one of"),
        (["--index", "elsewhere", "translate"], "there is no library here"),
        (["models", "add"], "Missing argument"),
        (["models", "add", "absent.argosmodel"], "absent.argosmodel: no such file"),
        (["models", "add", "news.jsonl"], "news.jsonl: not a sound zip file"),
        (["models", "remove", "xx_yy"], "no package is named xx_yy"),
        (["models", "bundle", "out.bundle"], "holds no package"),
        (["models", "bundle", "out.bundle", "xx_yy"], "holds no package named xx_yy"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(filled, arguments, said):
    """Exit code 2, nothing on stdout, and the reason at the end of stderr."""
    code, out, err = filled(*arguments)
    assert (code, out) == (2, "")
    assert said in err.splitlines()[-1]


@needs_argos
def test_models_are_added_listed_and_removed(run):
    """A package by its file, and both of a pair by their codes."""
    old, new = tiny_package("de", "en"), tiny_package("de", "en", "1.1")
    code, out, err = run("models", "add", old, new)
    assert (code, out) == (0, "")
    assert err.splitlines()[0].startswith("added translate-de_en-1_0: German → English, version 1")
    assert run("models", "add", new)[2].startswith("replaced translate-de_en-1_1: German → English")
    first, second = run("models", "list")[1].splitlines()
    assert first.startswith("translate-de_en-1_1: German → English, version 1.1, ")
    assert second.endswith("not used: translate-de_en-1_1 is newer")
    rows = lines(run("models", "list", "--json")[1])
    assert [(row["type"], row["version"]) for row in rows] == [("model", "1.1"), ("model", "1.0")]
    removed = lines(run("models", "remove", "de_en", "--json")[1])
    assert {row["model"] for row in removed} == {"translate-de_en-1_0", "translate-de_en-1_1"}
    code, out, err = run("models", "list")
    assert (code, out) == (1, "")
    assert err.startswith("no models in ")


@needs_argos
def test_a_list_of_models_tells_what_they_reach(modelled):
    """Each language of the library, with its route, and how many of its articles wait."""
    shown = modelled("models", "list")[1].splitlines()
    assert "Arabic (ar): ar → en; 1 article waiting" in shown
    assert "Finnish (fi): no model; 1 article waiting" in shown
    modelled("models", "add", tiny_package("en", "fr"))
    through = modelled("models", "list", "--to", "fr")[1]
    assert "German (de): de → en → fr; 1 article waiting" in through
    modelled("translate")
    rows = lines(modelled("models", "list", "--json")[1])
    by_language = {row["language"]: row for row in rows if row["type"] == "language"}
    assert (by_language["de"]["route"], by_language["de"]["waiting"]) == (["de", "en"], 0)
    assert (by_language["fi"]["route"], by_language["fi"]["waiting"]) == (None, 1)


@needs_argos
def test_a_bundle_carries_the_models_to_another_machine(modelled, tmp_path):
    """One file holds all of them, and is added as one."""
    assert modelled("models", "bundle", "all.bundle")[0] == 0
    there = tmp_path / "there"
    code, out, _ = modelled("models", "add", "all.bundle", "--models", there, "--json")
    assert code == 0
    assert [(row["type"], row["source"]) for row in lines(out)] == [
        ("added", "ar"),
        ("added", "de"),
    ]
    assert modelled("models", "path", "--models", there)[1] == f"{there}\n"
    assert lines(modelled("models", "path", "--json")[1]) == [
        {"type": "folder", "path": str(tmp_path / "models")}
    ]


def test_a_damaged_library_is_not_passed_over(run):
    """Models are listed without a library, and not as if there were none where one is broken."""
    assert run("models", "list")[0] == 1
    Path("index").mkdir()
    Path("index/library.db").write_bytes(b"no database" * 500)
    code, _, err = run("models", "list")
    assert code == 2
    assert "the store cannot be used" in err


@pytest.fixture
def translated(modelled):
    """The command line with two articles translated, one sentence of which is kept out."""
    article = {
        "id": "de2",
        "title": "Flut",
        "text": "Der Regen fällt. Das wird so leider ganz gewiss nie gelingen.\nDer Fluss steigt.",
        "language": "de",
    }
    Path("more.jsonl").write_text(json.dumps(article))
    modelled("add", "more.jsonl")
    modelled("translate")
    return modelled


@needs_argos
def test_an_article_is_shown_in_translation(translated):
    """Title, facts, text by paragraphs; and by what it was translated."""
    code, out, _ = translated("show", "ar1", "--translation")
    assert code == 0
    title, *facts, last = out.rstrip("\n").split("\n")
    assert title == "flood in Basra"
    assert "translated: by machine, ar → en; argos " in out
    assert facts[-2:] == ["", "people in market today. rose water in city."]
    assert last == "market big."
    assert translated("show", "ar1", "--translation", "eng")[1] == out


@needs_argos
def test_an_article_is_shown_beside_its_original(translated, monkeypatch):
    """Two columns, a sentence beside its translation, right-to-left text in isolates."""
    monkeypatch.setenv("COLUMNS", "43")
    out = translated("show", "ar1", "--side-by-side")[1].split("\n")
    assert out[0] == "flood in Basra       │ \u2068فيضان في البصرة\u2069"
    assert out[-7:] == [
        "people in market     │ \u2068الناس في السوق\u2069",
        "today.               │ \u2068اليوم.\u2069",
        "rose water in city.  │ \u2068ارتفع الماء في\u2069",
        "                     │ \u2068المدينة.\u2069",
        "",
        "market big.          │ \u2068السوق كبير.\u2069",
        "",
    ]


@needs_argos
def test_what_cannot_be_shown_in_translation_is_said(translated):
    """The article as it is, on stdout, and why on stderr."""
    for id_, tag, said in (("fi1", (), ""), ("ar1", ("fr",), " into French")):
        code, out, err = translated("show", id_, "--translation", *tag)
        assert code == 0
        assert err == f"{id_}: there is no translation{said}: dragoman translate\n"
        assert out == translated("show", id_)[1]


@needs_argos
def test_sentences_that_are_kept_out_are_shown_as_they_are(translated):
    """With a mark, in either form, and counted."""
    row = lines(translated("show", "de2", "--translation", "--json")[1])[0]
    (kept_out,) = (s for s in row["translations"][0]["sentences"] if s["faults"])
    original = row["body"][kept_out["start"] : kept_out["end"]]
    assert original.startswith("Das wird")
    out = translated("show", "de2", "--translation")[1]
    assert f"The rain falls. [not translated] {original}\nThe river rises.\n" in out
    assert "kept out:   sentences whose translation is wrong by its form: copy 1" in out
    assert "[not translated]" in translated("show", "de2", "--side-by-side")[1]


@needs_argos
def test_exports_carry_translations(translated):
    """Route, model, and every sentence with its place in the original."""
    rows = {row["id"]: row for row in lines(translated("export")[1])}
    assert "translations" not in rows["fi1"]
    (translation,) = rows["ar1"]["translations"]
    assert (translation["target"], translation["route"]) == ("en", ["ar", "en"])
    assert translation["version"].startswith("argos ")
    assert translation["complete"]
    assert translation["title"] == "flood in Basra"
    assert translation["body"] == "people in market today. rose water in city.\nmarket big."
    stated = [
        (each["text"], rows["ar1"][each["field"]][each["start"] : each["end"]], each["faults"])
        for each in translation["sentences"]
    ]
    assert stated[0] == ("flood in Basra", "فيضان في البصرة", [])
    assert stated[2] == ("rose water in city.", "ارتفع الماء في المدينة.", [])


@needs_argos
def test_exported_tables_have_translations_in_columns(translated):
    """Two for each language of translation, and none where nothing is translated."""
    rows = {row["id"]: row for row in csv.DictReader(io.StringIO(csv_of(translated)))}
    assert rows["ar1"]["title_en"] == "flood in Basra"
    assert rows["ar1"]["body_en"].endswith("\nmarket big.")
    assert rows["fi1"]["title_en"] == rows["fi1"]["body_en"] == ""


def test_exported_tables_without_translations_have_no_such_columns(filled):
    """The columns are those of the articles."""
    assert csv_of(filled).splitlines()[0].endswith(",tagged_by")


@needs_argos
def test_what_is_exported_with_translations_is_added_as_articles(translated, tmp_path):
    """The articles come back as they were; translations are neither read nor kept as fields."""
    Path("out.jsonl").write_text(translated("export")[1])
    there = tmp_path / "there"
    assert translated("--index", there, "add", "out.jsonl")[0] == 0
    own = ["id", "title", "body", "language"]
    articles = lines(translated("--index", there, "export")[1])
    assert [[row[name] for name in own] for row in articles] == [
        [row[name] for name in own] for row in lines(translated("export")[1])
    ]
    assert not any("translations" in row or "extra" in row for row in articles)


def csv_of(run):
    """The library as a table."""
    return run("export", "--format", "csv")[1]
