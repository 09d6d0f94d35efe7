"""Every translator, by the contract that they share, and what is special about each."""

from __future__ import annotations

import doctest
import json
import os
import subprocess
import sys
import threading
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.util import find_spec
from pathlib import Path

import pytest

from dragoman import testing
from dragoman.errors import InvalidValue, MissingExtra, ModelError, TranslationError
from dragoman.testing import DictionaryTranslator, EchoTranslator
from dragoman.translate import (
    ARGOS_SETTINGS,
    ENGINES,
    Pivot,
    Route,
    Settings,
    apertium,
    argos,
    argos_child,
    legs,
    open_translator,
    routes,
    tokens,
)
from dragoman.translate.packages import add, listing
from dragoman.translate.tags import likeness, tag
from tiny_model import WORDS, contents, needs_argos, pack, tiny_package
from translator_contract import TranslatorContract

BENCHMARK = Path(__file__).parents[1] / "benchmarks" / "translation.py"
MODELS = Path(__file__).parents[2] / "shared/data/models"
GERMAN = ("Der Fluss steigt.", "Die Stadt ist groß und in der Flut.", "Regen fällt heute.")
needs_models = pytest.mark.skipif(not MODELS.exists(), reason="shared/data/models is not here")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with the tiny packages de>en, ar>en and en>fr."""
    folder = tmp_path_factory.mktemp("packages")
    for pair in WORDS:
        add(tiny_package(*pair), folder)
    return folder


def test_the_example_of_the_doubles_is_true():
    """What their module shows is what they do."""
    assert doctest.testmod(testing) == (0, 3)


class TestEcho(TranslatorContract):
    """The double that gives back what it gets."""

    sentences = GERMAN

    @pytest.fixture
    def make(self):
        """One with a mark."""
        return partial(EchoTranslator, ("de", "en"), mark="en: ")

    def test_it_keeps_what_it_was_asked(self, translator):
        """A test can see what was translated, and that it was closed."""
        assert translator.translate(["a", ""]) == ["en: a", ""]
        translator.close()
        assert (translator.asked, translator.closed) == ([["a", ""]], True)


class TestDictionary(TranslatorContract):
    """The double that knows words."""

    sentences = GERMAN

    @pytest.fixture
    def make(self):
        """One that knows a tiny package's words, and one sentence."""
        return partial(DictionaryTranslator, WORDS["de", "en"] | {"Ach so.": "I see."})

    def test_sentences_go_before_words(self, translator):
        """A whole sentence is looked up first; unknown words stay."""
        given = translator.translate(["Ach so.", "Der Fluss, ach!"])
        assert given == ["I see.", "The river, ach!"]

    def test_what_it_knows_is_its_version(self):
        """Another dictionary is another version."""
        one, other = DictionaryTranslator({"a": "b"}), DictionaryTranslator({"a": "c"})
        assert one.version != other.version


@needs_argos
class TestArgos(TranslatorContract):
    """A package whose network translates token by token."""

    sentences = GERMAN

    @pytest.fixture
    def make(self, folder):
        """German to English, with two workers."""
        return partial(open_translator, "de", "en", folder=folder, settings=Settings(workers=2))

    def test_it_translates(self, translator):
        """Known words are translated, others copied, underscores too."""
        given = translator.translate([*GERMAN[:2], "snake_case in Zürich 3,5"])
        assert given == [
            "The river rises.",
            "The city is big and in the flood.",
            "snake_case in Zürich 3,5",
        ]

    def test_long_sentences_are_split_not_cut(self, translator):
        """Nothing is lost of a sentence of any length, with marks, with spaces, or without."""
        marked, spaced, run = "Der Fluss steigt, und " * 90, "Fluss " * 900, "ab" * 600
        given = translator.translate([marked, spaced, run])
        assert given[0] == ("The river rises, and " * 90).strip()
        assert given[1] == ("river " * 900).strip()
        assert given[2].replace(" ", "") == run

    @pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
    @pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
    def test_a_forked_child_is_told(self, translator):
        """A model that was loaded before a fork says so in the child, which then ends."""
        translator.translate(GERMAN)
        child = os.fork()
        if not child:
            code = 1
            try:
                translator.translate(GERMAN)
            except TranslationError as error:
                code = 0 if "fork" in str(error) else 2
            translator.close()
            os._exit(code)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert translator.translate(GERMAN[:1]) == ["The river rises."]

    def test_decoding_settings_are_in_its_version(self, folder, translator):
        """Another beam is another version; more workers are not."""
        other = open_translator("de", "en", folder=folder, settings=ARGOS_SETTINGS)
        assert other.version != translator.version
        same = open_translator("de", "en", folder=folder, settings=Settings(workers=1))
        assert same.version == translator.version

    def test_closing_lets_go_and_using_loads_again(self, translator):
        """A closed translator works again when it is used again."""
        translator.translate(GERMAN)
        translator.close()
        assert translator.translate(GERMAN[:1]) == ["The river rises."]


@needs_argos
class TestPivot(TranslatorContract):
    """Arabic to French through English."""

    sentences = ("ارتفع النهر في البصرة.", "المطر كبير اليوم")

    @pytest.fixture
    def make(self, folder):
        """No direct package is there."""
        return partial(open_translator, "ar", "fr", folder=folder)

    def test_its_route_and_its_legs_say_the_way(self, translator):
        """Nothing pivots silently: route, version and legs name every step."""
        assert translator.route == ("ar", "en", "fr")
        first, second = legs(translator)
        assert (first.route, second.route) == (("ar", "en"), ("en", "fr"))
        assert translator.version == f"{first.version} > {second.version}"
        assert translator.translate(self.sentences[:1]) == ["montait fleuve dans Basra."]
        assert first.translate(self.sentences[:1]) == ["rose river in Basra."]
        assert legs(first) == (first,)


@needs_argos
@needs_models
@pytest.mark.parametrize("language", ["de", "fr"])
class TestRealPackages(TranslatorContract):
    """Small packages that were trained, not made."""

    sentences = ("Ein Mann.", "Ein Hund läuft im Schnee.", "Un homme marche dans la rue.")

    @pytest.fixture
    def make(self, language, tmp_path):
        """One of them, greedy: a beam may end otherwise in another batch."""
        add(MODELS / f"translate-{language}_en-1_0.argosmodel", tmp_path)
        settings = Settings(beam_size=1)
        return partial(open_translator, language, "en", folder=tmp_path, settings=settings)


@needs_argos
@needs_models
def test_a_prefix_is_asked_for_and_taken_off(tmp_path):
    """A package whose metadata name a first token for its translations does not show it."""
    add(MODELS / "translate-ar_en-translitB-1_0.argosmodel", tmp_path)
    translator = open_translator("ar", "en", folder=tmp_path)
    assert translator.translate(["قاسم", ""]) == ["kassem", ""]


@needs_argos
@pytest.mark.skipif(not find_spec("argostranslate"), reason="argostranslate is not installed")
class TestArgosTranslate(TranslatorContract):
    """Argos Translate itself, in a process of its own."""

    sentences = GERMAN

    @pytest.fixture
    def make(self, folder):
        """German to English."""
        return partial(open_translator, "de", "en", folder=folder, engine="argostranslate")

    def test_it_is_the_reference(self, folder, translator):
        """At Argos's own settings Dragoman gives the same text."""
        ours = open_translator("de", "en", folder=folder, settings=ARGOS_SETTINGS)
        assert translator.translate(GERMAN) == ours.translate(GERMAN)


FAKE_ARGOS = {
    "sound": "def get_installed_languages(): return [L('de'), L('en')]",
    "no such pair": "def get_installed_languages(): return [L('fr'), L('en')]",
    "None for a pair": "def get_installed_languages(): return [L('de', None), L('en')]",
    "asks the network": "import socket; socket.create_connection(('127.0.0.1', 9))",
    "hangs": "import time; time.sleep(60)",
    "dies": "import os; os._exit(3)",
}
_FAKE = """
print('noise on standard output')
class MiniSBDSentencizer:
    def __init__(self, package): raise RuntimeError('would fetch a splitter')
class Tokenizer:
    def encode(self, sentence): return sentence.split()
    def decode(self, tokens): return ' '.join(tokens)
class P: tokenizer = Tokenizer()
class U: pkg = P()
class T:
    underlying = U()
    def translate(self, text):
        assert MiniSBDSentencizer(None).split_sentences('a. b.') == ['a. b.']
        tokens = self.underlying.pkg.tokenizer.encode(text)
        return self.underlying.pkg.tokenizer.decode(['en', *tokens])
class L:
    def __init__(self, code, found=T()): self.code, self.found = code, found
    def get_translation(self, other): return self.found
"""


@pytest.fixture
def fake_argos(tmp_path, monkeypatch):
    """A function that puts a module of Argos's name and interface on the path."""

    def make(behaviour: str) -> None:
        package = tmp_path / "fake" / "argostranslate"
        package.mkdir(parents=True)
        (package / "__init__.py").write_text("")
        (package / "translate.py").write_text(_FAKE + FAKE_ARGOS[behaviour])
        monkeypatch.syspath_prepend(tmp_path / "fake")

    return make


@needs_argos
class TestArgosTranslateTraps:
    """What goes wrong inside Argos Translate becomes an error that says so."""

    @pytest.fixture
    def open_it(self, folder):
        """German to English by whatever `argostranslate` is found."""
        settings = Settings(timeout=3)
        return partial(
            open_translator, "de", "en", engine="argostranslate", folder=folder, settings=settings
        )

    def test_sentences_stay_whole_and_lines_are_joined(self, fake_argos, open_it):
        """No splitter is loaded, a line break makes no paragraph, and noise does no harm."""
        fake_argos("sound")
        translator = open_it()
        assert translator.translate(["a\nb", "c"]) == ["en a b", "en c"]
        translator.close()
        assert translator.translate(["d"]) == ["en d"]
        translator.close()

    @pytest.mark.parametrize(
        ("behaviour", "message"),
        [
            ("no such pair", "finds no package from de to en"),
            ("None for a pair", "finds no package from de to en"),
            ("asks the network", "asked for the network"),
            ("hangs", "no answer in 3 s"),
            ("dies", "ended"),
        ],
    )
    def test_failures_are_errors(self, fake_argos, open_it, behaviour, message):
        """Missing pairs, silent downloads, hanging and dying are told."""
        fake_argos(behaviour)
        translator = open_it()
        with pytest.raises(TranslationError, match=message):
            translator.translate(["a"])
        translator.close()

    @pytest.mark.parametrize("words", [255, 1025])
    def test_what_argos_would_cut_off_is_told(self, fake_argos, open_it, words):
        """A sentence or a translation that is too long for Argos is an error, not a piece."""
        fake_argos("sound")
        translator = open_it()
        assert translator.translate(["a " * 254]) == ["en" + " a" * 254]
        with pytest.raises(TranslationError, match="cut off"):
            translator.translate(["a " * words])
        translator.close()

    def test_it_is_given_nothing_of_the_users_own(self, fake_argos, open_it, monkeypatch):
        """Home and settings are those of a folder that is removed with the process."""
        fake_argos("sound")
        monkeypatch.setenv("ARGOS_PACKAGES_DIR", "/nowhere")
        translator = open_it()
        translator.translate(["a"])
        home = Path(translator._home.name)
        assert [each.name for each in (home / "packages").iterdir()] == ["translate-de_en-1_0"]
        translator.close()
        assert not home.exists()


def test_the_child_refuses_every_way_out():
    """The audit hook of Argos's process stops connections and look-ups, and nothing else."""
    for event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        with pytest.raises(OSError, match="network"):
            argos_child.refuse_network(event, ())
    argos_child.refuse_network("open", ())


needs_apertium = pytest.mark.skipif(
    not any((r.source, r.target) == ("es", "en") for r in apertium.available(None, Settings())),
    reason="apertium-eng-spa is not installed",
)


@needs_apertium
class TestApertium(TranslatorContract):
    """Spanish to English by rules."""

    sentences = ("La niña come una manzana.", "El perro duerme", "¿Qué hora es?")

    @pytest.fixture
    def make(self):
        """The installed direction."""
        return partial(open_translator, "es", "en", engine="apertium")

    def test_it_translates_and_keeps_signs(self, translator):
        """Final stops stay, and the signs of Apertium's stream are text like any other."""
        given = translator.translate([*self.sentences[:2], "[x] {w} <z> 5@6 \\ 7/8"])
        assert given == ["The girl eats an apple.", "The dog sleeps", "[x] {w} <z> 5@6 \\ 7/8"]


FAKE_APERTIUM = {
    "sound": 'if [ "$1" = -l ]; then printf "  %s\\n" spa-eng spa-eng_US Cyrl-Latn hbs-eng;'
    ' elif [ "$1" = -V ]; then echo "Apertium 9.9"; else cat; fi',
    "hangs": 'if [ "$1" = -l ]; then echo spa-eng; else sleep 60 | cat; fi',
    "fails": 'if [ "$1" = -l ]; then echo spa-eng; else echo "no data" >&2; exit 1; fi',
    "is short": 'if [ "$1" = -l ]; then echo spa-eng; else echo one; fi',
}


@pytest.fixture
def fake_apertium(tmp_path, monkeypatch):
    """A function that puts a program of Apertium's name in its place."""

    def make(behaviour: str) -> None:
        program = tmp_path / "bin" / "apertium"
        program.parent.mkdir()
        program.write_text(f"#!/bin/sh\n{FAKE_APERTIUM[behaviour]}\n")
        program.chmod(0o755)
        monkeypatch.setattr(apertium, "_PLACES", str(program.parent))

    return make


@pytest.mark.skipif(os.name != "posix", reason="the programs are shell scripts")
class TestApertiumTraps:
    """What the program may do instead of translating."""

    def open_it(self):
        """Spanish to English, two seconds a request."""
        return open_translator("es", "en", engine="apertium", settings=Settings(timeout=2))

    def test_directions_are_read_from_its_list(self, fake_apertium):
        """Its codes become tags, and the plain variety of a direction is taken."""
        fake_apertium("sound")
        assert {(each.source, each.target) for each in routes(engines=["apertium"])} == {
            ("es", "en"),
            ("hbs", "en"),
        }
        assert self.open_it().translate(["a [b] ~", ""]) == ["a [b] ~", ""]

    def test_serbian_is_given_in_the_alphabet_of_the_dictionaries(self, fake_apertium):
        """Cyrillic letter for letter in Latin, capitals as they were; other languages as is."""
        fake_apertium("sound")
        translator = open_translator("sr", "en", engine="apertium")
        given = translator.translate(["Љубав и џем у Њујорку", "НОЋ ЊЕГОША", "Đački šešir"])
        assert given == ["Ljubav i džem u Njujorku", "NOĆ NJEGOŠA", "Đački šešir"]
        assert self.open_it().translate(["Њ"]) == ["Њ"]

    @pytest.mark.parametrize(
        ("behaviour", "message"),
        [("hangs", "no answer in 2 s"), ("fails", "no data"), ("is short", "gave 1 transl")],
    )
    def test_failures_are_errors(self, fake_apertium, behaviour, message):
        """Hanging, failing and answering too little are told."""
        fake_apertium(behaviour)
        with pytest.raises(TranslationError, match=message):
            self.open_it().translate(["a", "b"])

    def test_without_the_program_no_way_is_there(self, tmp_path, monkeypatch):
        """Opening says what to install."""
        monkeypatch.setattr(apertium, "_PLACES", str(tmp_path))
        assert routes(engines=["apertium"]) == []
        with pytest.raises(TranslationError, match="apt-get install apertium"):
            self.open_it()


class Server(BaseHTTPRequestHandler):
    """As much of LibreTranslate as is needed, and some of what may be there instead."""

    def do_GET(self):
        """Languages and version."""
        targets = ["en", "zh-Hant", "pt-BR"]
        self.answer(
            {
                "/languages": [{"code": "de", "targets": [*targets, "de"]}],
                "/spec": {"info": {"version": "1.6.5"}},
                "/odd/languages": {"error": "no"},
                "/rows/languages": [{"code": 1}],
                "/large/languages": "x" * 3_000_000,
            }.get(self.path)
        )

    def do_POST(self):
        """Translate, unless something is wrong."""
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(asked)
        if asked.get("api_key") == "moved":
            self.send_response(302)
            self.send_header("Location", "http://elsewhere.invalid/translate")
            self.end_headers()
        elif asked.get("api_key") == "slow":
            self.server.stopping.wait(5)
        elif asked.get("api_key") == "short":
            self.answer({"translatedText": ["one"]})
        elif asked.get("api_key") == "html":
            self.answer(None)
        else:
            known = WORDS["de", "en"]
            words = [[known.get(word, word) for word in text.split()] for text in asked["q"]]
            self.answer({"translatedText": [" ".join(each) for each in words]})

    def answer(self, value):
        """JSON, or an error page."""
        data = json.dumps(value).encode() if value is not None else b"<html>"
        self.send_response(404 if value is None else 200)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format, *args):  # noqa: A002 - its own name
        """Be silent."""


@pytest.fixture
def server(socket_enabled):
    """A server on this machine, and its address."""
    with HTTPServer(("127.0.0.1", 0), Server) as server:
        server.asked, server.stopping = [], threading.Event()
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        server.url = f"http://127.0.0.1:{server.server_port}"
        yield server
        server.stopping.set()
        server.shutdown()
        thread.join()


class TestLibreTranslate(TranslatorContract):
    """A server that the user names."""

    sentences = ("Der Fluss steigt", "Die Stadt ist groß", "Regen fällt heute")

    @pytest.fixture
    def make(self, server):
        """German to English, with a trailing slash in the address."""
        settings = Settings(url=f"{server.url}/", timeout=20)
        return partial(open_translator, "de", "en", engine="libretranslate", settings=settings)

    def test_it_asks_in_bounded_batches(self, server, translator):
        """No request has more than 50 sentences, nor more than 2,000 letters of several."""
        many = ["Fluss"] * 120 + ["x" * 1500] * 3
        assert len(translator.translate(many)) == 123
        sizes = [(len(a["q"]), sum(map(len, a["q"]))) for a in server.asked]
        assert all(count <= 50 and (letters <= 2000 or count == 1) for count, letters in sizes)
        assert "api_key" not in server.asked[0]

    def test_the_command_line_takes_address_and_key(self, server, run, monkeypatch):
        """The key may stand in the environment, where no other user of the machine sees it."""
        row = {"id": "1", "title": "Regen", "text": "Regen fällt heute", "language": "de"}
        Path("a.jsonl").write_text(json.dumps(row))
        run("add", "a.jsonl")
        monkeypatch.setenv("DRAGOMAN_API_KEY", "secret")
        assert run("translate", "--engine", "libretranslate", "--url", server.url)[0] == 0
        assert {asked["api_key"] for asked in server.asked} == {"secret"}

    def test_its_languages_are_tags(self, server, make):
        """The server's own codes are translated."""
        settings = Settings(url=server.url)
        found = routes(engines=["libretranslate"], settings=settings)
        assert [route.target for route in found] == ["en", "zh-Hant", "pt-BR"]
        assert make().version.startswith("libretranslate 1.6.5 http://127.0.0.1")

    @pytest.mark.parametrize(
        ("key", "message"),
        [("moved", "elsewhere"), ("slow", "no answer"), ("short", "as many"), ("html", "404")],
    )
    def test_failures_are_errors(self, server, key, message):
        """Other hosts, silence, too few texts and error pages are told."""
        translator = open_translator(
            "de", "en", engine="libretranslate",
            settings=Settings(url=server.url, api_key=key, timeout=0.5),
        )  # fmt: skip
        with pytest.raises(TranslationError, match=message):
            translator.translate(["a", "b"])

    @pytest.mark.parametrize("path", ["odd", "rows", "large", "none"])
    def test_other_servers_are_told_apart(self, server, path):
        """What does not answer as LibreTranslate does is no such server."""
        with pytest.raises(TranslationError, match=path):
            routes(engines=["libretranslate"], settings=Settings(url=f"{server.url}/{path}"))


@pytest.mark.parametrize("url", ["", "file:///etc/passwd", "localhost:5000", "http://", "ftp://a"])
def test_only_web_addresses_are_opened(url):
    """Anything that is not the address of a web server is refused before it is opened."""
    with pytest.raises(TranslationError, match="address"):
        routes(engines=["libretranslate"], settings=Settings(url=url))


@pytest.mark.parametrize(
    ("code", "expected"),
    [("zt", "zh-Hant"), ("zh_TW", "zh-Hant"), ("zh", "zh"), ("zh-Hans", "zh"), ("pb", "pt-BR"),
     ("pt", "pt"), ("PT_br", "pt-BR"), ("tl", "fil"), ("nb", "nb"), ("no", "nb"), ("eng_US", "en"),
     ("hbs", "hbs"), ("hbs_HR", "hbs"), ("zh-Hant-TW", "zh-Hant")],
)  # fmt: skip
def test_codes_of_translators_become_tags(code, expected):
    """Argos, Apertium and LibreTranslate name languages each in their own way."""
    assert tag(code) == expected
    assert tag(expected) == expected


@pytest.mark.parametrize(
    ("asked", "offered", "expected"),
    [("zh", "zh", 3), ("zh", "zh-Hant", 2), ("zh-Hant", "zh", 2), ("hr", "hbs", 1),
     ("sr", "hbs", 1), ("hbs", "hr", 0), ("de", "en", 0), ("xx", "", 0)],
)  # fmt: skip
def test_a_language_may_stand_for_another(asked, offered, expected):
    """The same first, then another variety, then the macro-language."""
    assert likeness(asked, offered) == expected


@needs_argos
class TestWays:
    """Which way from one language to another is taken."""

    @pytest.fixture
    def chinese(self, tmp_path):
        """A folder of packages that are tiny ones by other names."""
        for code in ("zh", "zt", "pb"):
            files = contents("de", "en", from_code=code, code=f"translate-{code}_en")
            renamed = {name.replace("de_en", f"{code}_en"): data for name, data in files.items()}
            add(pack(tmp_path / f"{code}.argosmodel", renamed), tmp_path / "packages")
        return tmp_path / "packages"

    @pytest.mark.parametrize(
        ("asked", "taken"),
        [("zh", "zh"), ("zh-Hant", "zh-Hant"), ("zh-TW", "zh-Hant"), ("pt", "pt-BR")],
    )
    def test_varieties_are_told_apart_and_stand_in_for_each_other(self, chinese, asked, taken):
        """The package for a variety is taken first, another of the language else."""
        assert open_translator(asked, "en", folder=chinese).route == (taken, "en")

    def test_all_ways_are_listed(self, folder):
        """Direct ways first, then those through a pivot, which they name."""
        assert routes(folder=folder) == [
            Route("ar", "en", "argos"),
            Route("de", "en", "argos"),
            Route("en", "fr", "argos"),
            Route("ar", "fr", "argos", ("en",)),
            Route("de", "fr", "argos", ("en",)),
        ]
        assert all(not route.via for route in routes(folder=folder, pivots=()))

    @pytest.mark.parametrize(
        ("source", "target", "options"),
        [("fr", "de", {}), ("ar", "fr", {"pivots": ()}), ("ar", "fr", {"pivots": ("es",)}),
         ("en", "en", {}), ("xx", "en", {})],
    )  # fmt: skip
    def test_a_missing_way_says_what_is_missing(self, folder, source, target, options):
        """Never None, an AttributeError or a detour: an error that names both languages."""
        with pytest.raises(TranslationError, match=rf"\({source}\) to .*\({target}\).*models add"):
            open_translator(source, target, folder=folder, **options)

    def test_a_folder_that_is_absent_has_none(self, tmp_path):
        """Nothing is made by asking."""
        assert routes(folder=tmp_path / "none") == []
        assert not (tmp_path / "none").exists()


def test_an_unknown_engine_is_told_with_the_known_ones():
    """The message lists every engine."""
    with pytest.raises(InvalidValue, match=", ".join(ENGINES)):
        open_translator("de", "en", engine="babelfish")


def test_a_pivot_of_nothing_is_refused():
    """A translator translates."""
    with pytest.raises(InvalidValue, match="at least one"):
        Pivot([])


@needs_argos
@pytest.mark.parametrize(
    ("engine", "missing", "extra"),
    [("argos", "ctranslate2", "argos"), ("argos", "sentencepiece", "argos"),
     ("argostranslate", "argostranslate", "argostranslate")],
)  # fmt: skip
def test_a_missing_extra_is_named(folder, monkeypatch, engine, missing, extra):
    """The message says what to install; routes are listed all the same."""
    module = f"dragoman.translate.{'argos_upstream' if engine == 'argostranslate' else engine}"
    monkeypatch.setattr(f"{module}.find_spec", lambda name: None if name == missing else True)
    with pytest.raises(MissingExtra, match=rf"dragoman\[{extra}\]"):
        open_translator("de", "en", engine=engine, folder=folder)
    assert routes(folder=folder, engines=[engine])


@needs_argos
@pytest.mark.parametrize("junk", [b"not a model", b"", bytes(100_000)])
@pytest.mark.parametrize("spoilt", ["model/model.bin", "sentencepiece.model"])
def test_a_damaged_model_is_an_error(tmp_path, spoilt, junk):
    """A package whose parts look right and cannot be loaded says which it is."""
    files = contents("de", "en")
    name = next(each for each in files if each.endswith(spoilt))
    add(pack(tmp_path / "a.argosmodel", files | {name: junk}), tmp_path / "packages")
    translator = open_translator("de", "en", folder=tmp_path / "packages")
    with pytest.raises(ModelError, match="de_en"):
        translator.translate(["a"])


@needs_argos
def test_the_fingerprint_follows_the_content_alone(tmp_path):
    """The same files have the same one wherever they lie; any other file has another."""
    files = contents("de", "en")
    prints = []
    for at, changed in enumerate(["", "", "sentencepiece.model", "config.json", "model.bin"]):
        spoilt = {
            name: data + b"x" if changed and name.endswith(changed) else data
            for name, data in files.items()
        }
        add(pack(tmp_path / f"{at}.argosmodel", spoilt), tmp_path / str(at))
        (package,) = listing(tmp_path / str(at)).packages
        prints.append(argos.fingerprint(package))
    assert prints[0] == prints[1]
    assert len(set(prints)) == 4


def test_byte_pairs_are_merged_in_the_order_learned():
    """As in Sennrich, Haddow and Birch (2016), with the end of a word apart or not."""
    rows = ["l o", "lo w</w>", "e r</w>", "n e", "ne w"]
    new = tokens.Merges(["#version: 0.2", *rows])
    assert new.tokens("low") == ["low"]
    assert new.tokens("lower") == ["lo@@", "w@@", "er"]
    assert new.tokens("newer") == ["new@@", "er"]
    assert new.tokens("x") == ["x"]
    old = tokens.Merges(["l o", "lo w", "w </w>", "low </w>"])
    assert old.tokens("low") == ["low"]
    for wrong in ([], ["#version: 0.2"], ["a b c"], ["ab"]):
        with pytest.raises(ValueError, match="byte pair"):
            tokens.Merges(wrong)


@needs_argos
@pytest.mark.skipif(not find_spec("sacremoses"), reason="sacremoses is not installed")
def test_packages_with_byte_pairs_translate(tmp_path):
    """A package with bpe.model is tokenized by Moses's rules, and put together by them."""
    files = contents("de", "en")
    vocabulary = next(name for name in files if name.endswith("shared_vocabulary.json"))
    pieces = json.loads(files[vocabulary])
    # The same network with other tokens: words stand for themselves, letters go on.
    renamed = [p[1:] if len(p) > 1 and p[0] == "▁" else f"{p}@@" if p.isalpha() else p
               for p in pieces]  # fmt: skip
    files[vocabulary] = json.dumps(renamed).encode()
    merges = ["#version: 0.2"]
    for word in dict.fromkeys(each for pair in WORDS["de", "en"].items() for each in pair):
        grown = word[0]
        for at, letter in enumerate(word[1:], start=2):
            end = "</w>" if at == len(word) else ""
            merges.append(f"{grown} {letter}{end}")
            grown += letter
    folder = next(iter(files)).partition("/")[0]
    del files[f"{folder}/sentencepiece.model"]
    files[f"{folder}/bpe.model"] = "\n".join(merges).encode()
    add(pack(tmp_path / "bpe.argosmodel", files), tmp_path / "packages")
    translator = open_translator("de", "en", folder=tmp_path / "packages")
    assert translator.translate(["Der Fluss steigt, und Regen fällt."]) == [
        "The river rises, and rain falls."
    ]


def test_listing_routes_loads_no_translator(tmp_path):
    """What a library without the extra pays for is nothing."""
    program = (
        "import sys; from pathlib import Path; import dragoman.translate as t;"
        f"t.routes(folder=Path({str(tmp_path)!r}));"
        "print(sorted({'ctranslate2', 'sentencepiece', 'sacremoses', 'numpy'} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", program]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "[]\n"


@needs_argos
def test_the_benchmark_measures_every_setting():
    """It translates, and says how fast, at each beam; and what memory that took."""
    command = [sys.executable, str(BENCHMARK), str(tiny_package("de", "en")), "--json", "--alone"]
    command += ["--articles", "1", "--repeat", "1", "--beams", "2", "1"]
    rows, peaks = (
        [json.loads(line) for line in done.stdout.splitlines()]
        for done in (
            subprocess.run([*command, *more], capture_output=True, text=True, check=True)
            for more in ([], ["--memory"])
        )
    )
    assert [row["trial"] for row in rows] == [
        "Dragoman, beam 2, 1 worker", "Dragoman, beam 1, 1 worker",
    ]  # fmt: skip
    assert all(row["characters/s"] > 0 for row in rows)
    assert rows[0]["same paragraphs %"] == 100
    assert [row["articles"] for row in peaks] == [1, 4]
    assert all(row["peak megabytes"] > 20 for row in peaks)
