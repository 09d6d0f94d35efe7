"""The tagger: which language a text is in, and when it is better not to say."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.detect import Detector, Profiles
from dragoman.languages import LANGUAGES, UNDETERMINED
from dragoman.tag import Tagger, default_tagger

# One event, told in languages that are taken for each other.
TOLD = {
    ("ckb", "Arab"): "دوێنێ شەو باران زۆر باری و ئاوی ڕووبارەکە هاتە ناو گوندەکە. خەڵکی گوندەکە"
    " ماڵەکانیان بەجێهێشت.",
    ("fa", "Arab"): "دیشب باران شدیدی بارید و آب رودخانه وارد روستا شد. مردم خانه‌های خود را رها"
    " کردند و به شهر رفتند.",
    ("ar", "Arab"): "هطلت أمطار غزيرة ليلة أمس ودخلت مياه النهر إلى القرية. ترك الناس بيوتهم.",
    ("ps", "Arab"): "تېره شپه ډېر باران وشو او د سیند اوبه کلي ته ننوتلې. خلکو خپل کورونه پرېښودل.",
    ("ur", "Arab"): "کل رات بہت بارش ہوئی اور دریا کا پانی گاؤں میں داخل ہو گیا۔ لوگ شہر چلے گئے۔",
    ("sd", "Arab"): "ڪالهه رات ڏاڍو مينهن پيو ۽ درياهه جو پاڻي ڳوٺ ۾ اچي ويو. ماڻهو شهر هليا ويا.",
    ("ug", "Arab"): "ئۆتكەن كېچە قاتتىق يامغۇر يېغىپ، دەريا سۈيى كەنتكە كىرىپ كەتتى.",
    ("kmr", "Latn"): "Şeva borî baraneke dijwar bariya û ava çem ket nav gund. Gundiyan malên xwe"
    " berdan.",
    ("tr", "Latn"): "Dün gece şiddetli yağmur yağdı ve nehrin suyu köye girdi. İnsanlar evlerini"
    " bıraktı.",
    ("az", "Latn"): "Dünən gecə güclü yağış yağdı və çayın suyu kəndə daxil oldu.",
    ("tk", "Latn"): "Düýn gije güýçli ýagyş ýagdy we derýanyň suwy oba girdi.",
    ("uz", "Latn"): "Kecha tunda kuchli yomgʻir yogʻdi va daryo suvi qishloqqa kirdi.",
    ("uz", "Cyrl"): "Кеча тунда кучли ёмғир ёғди ва дарё суви қишлоққа кирди.",
    ("kk", "Cyrl"): "Кеше түнде қатты жаңбыр жауып, өзен суы ауылға кірді. Адамдар қалаға кетті.",
    ("ky", "Cyrl"): "Кечээ түндө катуу жамгыр жаап, дарыянын суусу айылга кирди.",
    ("tt", "Cyrl"): "Кичә төнлә каты яңгыр яуды һәм елга суы авылга керде.",
    ("tg", "Cyrl"): "Дишаб борони сахт борид ва оби дарё ба деҳа даромад. Мардум ба шаҳр рафтанд.",
    ("ru", "Cyrl"): "Прошлой ночью прошёл сильный дождь, и вода из реки вошла в деревню.",
    ("uk", "Cyrl"): "Минулої ночі пройшла сильна злива, і вода з річки увійшла в село.",
    ("be", "Cyrl"): "Мінулай ноччу прайшоў моцны дождж, і вада з ракі ўвайшла ў вёску.",
    ("bg", "Cyrl"): "Снощи валя силен дъжд и водата от реката навлезе в селото.",
    ("mk", "Cyrl"): "Синоќа врнеше силен дожд и водата од реката влезе во селото.",
    ("sr", "Cyrl"): "Синоћ је падала јака киша и вода из реке је ушла у село.",
    ("da", "Latn"): "I nat faldt der kraftig regn, og vandet fra åen løb ind i landsbyen.",
    ("nb", "Latn"): "I natt falt det kraftig regn, og vannet fra elva rant inn i landsbyen.",
    ("sv", "Latn"): "I natt föll kraftigt regn och vattnet från ån rann in i byn.",
    ("de", "Latn"): "Gestern Nacht fiel starker Regen, und das Wasser des Flusses drang ins Dorf.",
    ("nl", "Latn"): "Vannacht viel er zware regen en het water van de rivier kwam het dorp binnen.",
    ("es", "Latn"): "Anoche llovió mucho y el agua del río entró en el pueblo.",
    ("pt", "Latn"): "Ontem à noite choveu muito e a água do rio entrou na aldeia.",
    ("hi", "Deva"): "कल रात ज़ोर की बारिश हुई और नदी का पानी गाँव में घुस गया।",
    ("mr", "Deva"): "काल रात्री जोरदार पाऊस पडला आणि नदीचे पाणी गावात शिरले.",
    ("ne", "Deva"): "हिजो राति ठूलो पानी पर्‍यो र खोलाको पानी गाउँमा पस्यो।",
    ("am", "Ethi"): "ትናንት ሌሊት ከባድ ዝናብ ዘነበ፤ የወንዙ ውሃም ወደ መንደሩ ገባ።",
    ("ti", "Ethi"): "ትማሊ ለይቲ ብርቱዕ ዝናብ ዘኒቡ፡ ማይ ሩባ ድማ ናብ ዓዲ ኣትዩ።",
    ("he", "Hebr"): "אתמול בלילה ירד גשם כבד ומי הנהר נכנסו לכפר.",
    ("yi", "Hebr"): "נעכטן בײַ נאַכט האָט שטאַרק גערעגנט און דאָס װאַסער פֿון טײַך איז אַרײַן אין דאָרף.",
    ("zh", "Hans"): "昨夜大雨，河水涌进村庄，人们离开家园前往城市。",
    ("zh", "Hant"): "昨夜大雨，河水湧進村莊，人們離開家園前往城市。",
    ("yue", "Hant"): "尋晚落咗好大雨，啲河水湧晒入條村，啲人唔敢喺屋企瞓覺，全部走咗出城。",
    ("ja", "Jpan"): "昨夜は大雨が降り、川の水が村に流れ込んだ。",
    ("ko", "Hang"): "어젯밤 큰비가 내려 강물이 마을로 들어왔다.",
    ("el", "Grek"): "Χθες το βράδυ έβρεξε πολύ και το νερό μπήκε στο χωριό.",
    ("ka", "Geor"): "წუხელ ძლიერი წვიმა იყო და წყალი სოფელში შევიდა.",
    ("th", "Thai"): "เมื่อคืนฝนตกหนักและน้ำเข้าหมู่บ้าน",
}
# Languages that the profiles do not cover, in scripts that others share.
UNCOVERED = {
    "Cornish": "Nyns eus den vyth yn chy hedhyw. An glaw a wrug koedha dres an nos, ha dowr an avon"
    " a entras y'n dreveglos. Gwrys veu an pons nowydh gans tus an wlas.",
    "Klingon": "nuqneH. tlhIngan Hol vIjatlhlaH. wa'leS DaqaDlaH'a'? Heghlu'meH QaQ jajvam."
    " batlh bIHeghjaj. yIn DayajmeH 'oHvaD bIHeghnISlaw'.",
    "Hawaiian": "Ua ua nui i ka pō nei a ua komo ka wai o ke kahawai i loko o ke kauhale. Ua"
    " haʻalele nā kānaka i ko lākou mau hale a hele aku la lākou i ke kūlanakauhale. Ua ʻōlelo"
    " mai ke kiaʻāina e kōkua ʻia ana nā ʻohana a pau, a e kūkulu hou ʻia ana ke alahaka i kēia"
    " makahiki aʻe. He nui nā keiki i hiki ʻole ke hele i ke kula no ka mea ua piha ke alanui i"
    " ka wai.",
    "Breton": "Glav bras a oa en noz tremenet hag aet e oa dour ar stêr e-barzh ar gêr. An dud o"
    " doa kuitaet o ziez.",
    "Manx": "V'eh ceau fliaghey dy trome syn oie riyr as haink ushtey yn awin stiagh sy valley."
    " Daag sleih nyn dhieyn.",
    "Venda": "Nga madekwana mvula khulwane yo na nahone maḓi a mulambo a dzhena muḓanani. Vhathu"
    " vho sia nnḓu dzavho.",
    "Chuvash": "Ӗнер ҫӗрле вӑйлӑ ҫумӑр ҫунӑ та юханшыв шывӗ яла кӗнӗ. Ҫынсем хулана кайнӑ.",
    "Chechen": "Селхана буса чӀогӀа догӀа деара, хин хи юьрта чу деара. Наха шайн цӀенош дитина.",
    "Balochi": "دوشی سکیں هور گورت ءُ کئور ئے آپ میتگ ئے تها آتک. مردماں وتی لوگ یله دات انت.",
    "Konkani": "काल रातीं व्हड पावस पडलो आनी न्हंयचें उदक गांवांत रिगलें. लोकांनी आपलीं घरां सोडलीं.",
}


def tag(text, given=None):
    """The tag that the tagger of all libraries gives."""
    return default_tagger().tag(text, given)


@pytest.mark.parametrize(("expected", "text"), TOLD.items(), ids=lambda each: "-".join(each)[:9])
def test_a_language_is_not_called_by_its_neighbours_name(expected, text):
    """Two sentences are enough to tell languages that share a script and many words."""
    found = tag(text)
    assert (found.language, found.script) == expected
    assert found.origin == "detected"
    assert found.confidence > 0.5


@pytest.mark.parametrize("name", UNCOVERED)
def test_a_language_that_is_not_covered_gets_no_name(name):
    """What resembles Welsh, Māori or Marathi only in part is undetermined, with its script."""
    found = tag(UNCOVERED[name])
    assert (found.language, found.confidence, found.others) == (UNDETERMINED, 0.0, ())
    assert found.script in {"Latn", "Cyrl", "Arab", "Deva"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t ",
        "12345 67-89 0",
        "٢٠٢٠ ۱۲۳ १२३",
        "🌊🌧️👩🏽‍🚒",
        "https://example.org/flood-in-the-village?page=2",
        "<p><br/></p> &nbsp; @press #flood",
        "?!… — «»",
        "\x00\x00",
        "\u0301\u0301\u0301",
        "\ud800",
    ],
)
def test_no_letters_no_language(text):
    """Digits, emoji, addresses, mark-up and broken characters say nothing about the language."""
    found = tag(text)
    assert (found.language, found.script, found.confidence) == (UNDETERMINED, "Zyyy", 0.0)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "RIVER ROSE ABOVE ITS BANKS AFTER HEAVY RAIN IN THE NIGHT"),
        ("de", "SCHWERER REGEN: FLUSS ÜBERSCHWEMMT MEHRERE DÖRFER IN DER NACHT"),
        ("tr", "ŞİDDETLİ YAĞIŞ SONRASI NEHİR TAŞTI, KÖYLER SULAR ALTINDA KALDI"),
        ("tr", "HALK KIŞIN YAŞANAN SIKINTILARDAN DOLAYI KIZGIN"),
        ("ru", "СИЛЬНЫЙ ДОЖДЬ ЗАТОПИЛ НЕСКОЛЬКО ДЕРЕВЕНЬ ЗА НОЧЬ"),
        ("el", "ΙΣΧΥΡΗ ΒΡΟΧΗ ΠΛΗΜΜΥΡΙΣΕ ΤΑ ΧΩΡΙΑ"),
    ],
)
def test_headlines_in_capitals(language, text):
    """Capitals are read as small letters, the Turkish I as either of two."""
    assert tag(text).language == language


def test_noise_does_not_count():
    """Mark-up, addresses and account names are not taken for English."""
    noise = '<div class="article-body"><a href="https://example.org/news/world">@newsdesk</a> '
    assert tag(noise + TOLD["ckb", "Arab"]).language == "ckb"
    assert tag(noise + TOLD["ckb", "Arab"]).others == ()


@pytest.mark.parametrize("given", ["ku", "prs", "zh_TW", "x-klingon", "eng"])
def test_a_given_tag_wins(given):
    """Its script is still told from the text, and what else was found is no contradiction."""
    found = tag(TOLD["fa", "Arab"], given)
    expected = {"zh_TW": "zh", "eng": "en", "x-klingon": "x"}.get(given, given)
    assert (found.language, found.origin, found.confidence) == (expected, "given", 1.0)
    assert found.script == "Arab"


@pytest.mark.parametrize("given", ["und", "", "  "])
def test_a_tag_that_says_nothing_does_not_win(given):
    """A given ``und`` leaves the language to the detector."""
    found = tag(TOLD["ur", "Arab"], given)
    assert (found.language, found.origin) == ("ur", "detected")


ENGLISH = "“The water came in the middle of the night, and nobody had warned us,” the mayor said.\n"
FRENCH = "L’eau est arrivée au milieu de la nuit, et personne ne nous avait prévenus du danger.\n"


@pytest.mark.parametrize(
    ("main", "other", "text"),
    [
        ("ar", "en", (TOLD["ar", "Arab"] + "\n") * 8 + ENGLISH * 2),
        ("ru", "en", (TOLD["ru", "Cyrl"] + "\n") * 8 + ENGLISH * 2),
        ("ja", "en", (TOLD["ja", "Jpan"] + "\n") * 8 + ENGLISH * 2),
        ("fr", "en", FRENCH * 8 + ENGLISH * 4),
        ("en", "fr", ENGLISH * 6 + FRENCH * 4),
        ("en", "ur", ENGLISH * 8 + (TOLD["ur", "Arab"] + "\n") * 2),
    ],
)
def test_mixed_articles_name_both_languages(main, other, text):
    """The main language is that of most letters; quotations are named with their share."""
    found = tag(text)
    assert found.language == main
    ((language, share),) = found.others
    assert language == other
    assert 0.05 <= share < 0.5


def test_names_in_another_script_are_no_other_language():
    """A few Latin names in a Chinese article do not make it English too."""
    text = "昨夜大雨，John Smith 离开家园。Mary Jones 也前往城市，河水涌进村庄。" * 6
    assert (tag(text).language, tag(text).others) == ("zh", ())


def test_latin_look_alikes_in_cyrillic_words():
    """Letters typed from the other keyboard are read as those they stand for."""
    text = TOLD["sr", "Cyrl"].translate(str.maketrans("аеоје", "aeoje"))
    assert (tag(text).language, tag(text).script) == ("sr", "Cyrl")


SOME = tuple(TOLD.values()) + tuple(UNCOVERED.values())


def tags(tagger):
    """The whole tags of all texts of this file, as one string."""
    return repr([tagger.tag(text) for text in SOME])


def test_the_same_text_always_gets_the_same_tag():
    """Twenty runs, and a text alone or after others, agree to the last digit."""
    assert {tags(default_tagger()) for _ in range(20)} == {tags(Tagger(Detector()))}


def test_processes_agree():
    """A process that hashes strings in another order gives the same tags."""
    script = (
        "import sys; sys.path.insert(0, sys.argv[1]); import test_tag;"
        "sys.stdout.buffer.write(test_tag.tags(test_tag.default_tagger()).encode())"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", script, str(Path(__file__).parent)],
            check=True,
            capture_output=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout.decode()
        for seed in ("1", "2")
    }
    assert found == {tags(default_tagger())}


def test_twenty_threads_may_make_the_first_call_together(monkeypatch):
    """They agree, and the profiles of a script are read once."""
    loads = []
    read = Detector._load
    monkeypatch.setattr(
        Detector, "_load", lambda self, script: loads.append(script) or read(self, script)
    )
    tagger = Tagger(Detector())
    together = threading.Barrier(20)

    def first_call(number):
        together.wait()
        return [tagger.tag(text) for text in SOME[number:] + SOME[:number]][-number:]

    with ThreadPoolExecutor(20) as pool:
        found = list(pool.map(first_call, range(1, 21)))
    expected = [default_tagger().tag(text) for text in SOME]
    assert all(tags == expected[:number] for number, tags in enumerate(found, 1))
    assert len(loads) == len(set(loads))


def test_scripts_without_profiles_are_undetermined(tmp_path):
    """A detector without profiles names only what the script alone tells."""
    tagger = Tagger(Detector(tmp_path))
    assert tagger.tag(TOLD["de", "Latn"]).language == UNDETERMINED
    assert tagger.tag(TOLD["de", "Latn"]).script == "Latn"
    assert tagger.tag(TOLD["el", "Grek"]).language == "el"


def test_every_profile_is_of_a_language_in_the_table():
    """No profile carries a name that the rest of the package does not know."""
    detector = Detector()
    for script in ("Latn", "Arab", "Cyrl", "Deva", "Beng", "Ethi", "Tibt", "Hebr", "Mymr", "Tfng"):
        profiles = detector.profiles(script)
        assert isinstance(profiles, Profiles)
        assert set(profiles.names) <= set(LANGUAGES)
        assert ((profiles.expected > 0.4) & (profiles.expected < 1)).all()


def sound(found):
    """Whether a tag keeps its promises."""
    shares = [share for _, share in found.others]
    return (
        (found.language == UNDETERMINED or found.language in LANGUAGES)
        and all(name in LANGUAGES for name, _ in found.others)
        and 0.0 <= found.confidence <= 1.0
        and all(share > 0 for share in shares)
        and sum(shares) <= 1.0
        and shares == sorted(shares, reverse=True)
    )


EVERYTHING = st.characters()  # lone surrogates too
WORDS = st.sampled_from([*SOME, ENGLISH, FRENCH])


@given(st.text(EVERYTHING))
def test_any_string_has_a_tag(text):
    """Surrogates, controls and unassigned characters raise nothing."""
    assert sound(tag(text))


@given(st.lists(st.one_of(WORDS, st.text(EVERYTHING, max_size=20)), max_size=8).map("\n".join))
def test_any_mixture_has_a_sound_tag(text):
    """Languages are of the table, confidence is a probability, shares add up to no more than 1."""
    assert sound(tag(text))


@pytest.mark.parametrize(
    "text",
    [
        "a" * 1_000_000,
        "\u0301" * 1_000_000,
        "e" + "\u0301" * 1_000_000,
        "<" * 1_000_000,
        "<a" * 500_000,
        "&" * 1_000_000,
        "@" + "a" * 1_000_000,
        "www." * 250_000,
        "a.b-" * 250_000,
        "aа" * 500_000,
        "漢" * 1_000_000,
        ENGLISH.strip() * 12_000,
        "\n" * 1_000_000,
        "a\n" * 500_000,
        "\x00" * 1_000_000,
        "\ud800" * 1_000_000,
        "ﷺ" * 1_000_000,
    ],
    ids=lambda text: ascii(text[:4]),
)
def test_a_megabyte_in_one_line_is_quick(text):
    """Only the beginning is looked at, and no pattern backtracks over it."""
    started = time.perf_counter()
    assert sound(tag(text))
    assert time.perf_counter() - started < 2
