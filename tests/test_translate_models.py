"""Packages of translation models: added, listed, bundled, removed; and hostile ones refused."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import stat
import subprocess
import sys
import threading
import zipfile
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from dragoman.errors import ModelError, TranslationError
from dragoman.translate import archive
from dragoman.translate.archive import Bounds, unpack
from dragoman.translate.bundle import bundle
from dragoman.translate.download import INDEX, download, offers
from dragoman.translate.packages import (
    MANIFEST,
    RECEIPT,
    add,
    default_folder,
    listing,
    read,
    remove,
    verify,
)

TOP = "translate-de_en-1_0"
METADATA = {
    "package_version": "1.0", "argos_version": "1.9", "from_code": "de", "from_name": "German",
    "to_code": "en", "to_name": "English", "links": [], "type": "translate",
}  # fmt: skip


def files(top: str = TOP, **metadata) -> dict[str, bytes]:
    """A package that is sound to look at; None for a value leaves it out."""
    described = {key: value for key, value in (METADATA | metadata).items() if value is not None}
    return {
        f"{top}/metadata.json": json.dumps(described).encode(),
        f"{top}/model/model.bin": random.Random(top).randbytes(3000),  # noqa: S311
        f"{top}/model/config.json": b"{}",
        f"{top}/sentencepiece.model": b"pieces",
        f"{top}/stanza/de/tokenize/gsd.pt": b"a pickle that nobody loads",
    }


def pack(path: Path, members: dict[str, bytes] | list, compression: int = 0) -> Path:
    """A zip file of names, or ready entries, and contents."""
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, data in members.items() if isinstance(members, dict) else members:
            archive.writestr(name, data)
    return path


@pytest.fixture
def folder(tmp_path):
    """A folder for packages, not made yet."""
    return tmp_path / "share" / "packages"


@pytest.fixture
def package_file(tmp_path):
    """A sound package file."""
    return pack(tmp_path / "de_en.argosmodel", files())


def tree(path: Path) -> dict[str, bytes]:
    """All files below a folder, but for the lock."""
    return {
        file.relative_to(path).as_posix(): file.read_bytes()
        for file in path.rglob("*")
        if file.is_file() and not file.name.endswith("-lock")
    }


def test_a_package_is_added_as_argos_would_install_it(folder, package_file):
    """Its folder is that of the zip file, with every file as it was and a receipt."""
    (package,) = add(package_file, folder)
    assert (package.source, package.target, package.codes) == ("de", "en", ("de", "en"))
    assert (package.name, package.version, package.hidden_by) == (TOP, "1.0", "")
    assert package.path == folder / TOP
    installed = tree(folder)
    receipt = json.loads(installed.pop(f"{TOP}/{RECEIPT}"))
    assert installed == files()
    assert package.checksum == receipt["sha256"]
    assert (
        package.size == sum(map(len, installed.values())) + (package.path / RECEIPT).stat().st_size
    )
    assert listing(folder).packages == (package,)
    assert [each.name for each in folder.parent.iterdir()] == ["packages"]


def test_adding_again_replaces(folder, package_file, tmp_path):
    """A package of the same name takes the place of the one that was there."""
    add(package_file, folder)
    (folder / TOP / "left over").write_text("x")
    add(pack(tmp_path / "new.argosmodel", files(target_prefix="__en__")), folder)
    (package,) = listing(folder).packages
    assert package.prefix == "__en__"
    assert not (folder / TOP / "left over").exists()


def test_of_two_versions_the_newest_is_used(folder, tmp_path):
    """1.10 is newer than 1.9, whatever the order of names, and the listing says so."""
    for version in ("1.9", "1.10", "1.2"):
        top = f"de_en-{version}"
        add(pack(tmp_path / top, files(top, package_version=version)), folder)
    found = {package.version: package.hidden_by for package in listing(folder).packages}
    assert found == {"1.10": "", "1.9": "de_en-1.10", "1.2": "de_en-1.10"}
    assert [package.version for package in listing(folder).used()] == ["1.10"]
    assert sorted(remove("de_en", folder)) == ["de_en-1.10", "de_en-1.2", "de_en-1.9"]
    assert listing(folder).packages == ()


def test_what_is_no_package_does_not_break_the_listing(folder, package_file):
    """Stray folders and files, damaged and other packages are passed over, the folders told."""
    add(package_file, folder)
    (folder / "stray").mkdir()
    (folder / "file.txt").write_text("x")
    (folder / ".hidden").mkdir()
    for name, text in {
        "broken": "{", "list": "[]", "deep": "[" * 100_000, "sbd": '{"type": "sbd"}',
        "nobody": json.dumps(METADATA),
    }.items():  # fmt: skip
        (folder / name).mkdir()
        (folder / name / "metadata.json").write_text(text)
    found = listing(folder)
    assert [package.name for package in found.packages] == [TOP]
    assert len(found.problems) == 6
    told = " ".join(found.problems)
    for word in ("stray", "broken", "list", "deep", "type 'sbd'", "model/model.bin"):
        assert word in told


@pytest.mark.parametrize(
    "metadata",
    [
        {"from_code": None}, {"to_code": ""}, {"from_code": "../de"}, {"from_code": 5},
        {"to_code": "de"}, {"package_version": None}, {"package_version": "1/../.."},
        {"package_version": ["1"]}, {"type": "sbd"}, {"type": {}}, {"target_prefix": 7},
        {"target_prefix": "x" * 100}, {"from_code": "d" * 300},
    ],
)  # fmt: skip
def test_metadata_are_checked(folder, tmp_path, metadata):
    """Codes, version, type and prefix have to be what they should; nothing is installed else."""
    with pytest.raises(ModelError, match=r"bad\.argosmodel"):
        add(pack(tmp_path / "bad.argosmodel", files(**metadata)), folder)
    assert tree(folder) == {}


@pytest.mark.parametrize("gone", ["metadata.json", "model/model.bin", "sentencepiece.model"])
def test_a_package_is_whole_or_refused(folder, tmp_path, gone):
    """Metadata, weights and tokenizer are needed."""
    members = files()
    del members[f"{TOP}/{gone}"]
    with pytest.raises(ModelError, match=gone.partition("/")[2] or gone):
        add(pack(tmp_path / "a.argosmodel", members), folder)
    assert tree(folder) == {}


@pytest.mark.parametrize("version", [1, 1.5, "1.0.2-rc1"])
def test_versions_may_be_numbers(folder, tmp_path, version):
    """JSON in the wild has both."""
    (package,) = add(pack(tmp_path / "a.argosmodel", files(package_version=version)), folder)
    assert package.version == str(version)


BAD_NAMES = (
    "../evil", f"{TOP}/../../evil", "/etc/evil", "C:/evil", "C:evil", "..", ".", f"{TOP}//evil",
    f"{TOP}/a\\..\\evil", "\\\\host\\evil", f"{TOP}/nul", f"{TOP}/COM1.txt", f"{TOP}/evil.",
    f"{TOP}/evil ", f"{TOP}/ evil", f"{TOP}/a:stream", f"{TOP}/a\nb", f"{TOP}/{'x' * 300}",
    f"{TOP}/" + "d/" * 20 + "x", f"{TOP}/METADATA.json", f"{TOP}/metadata.json",
)  # fmt: skip


@pytest.mark.parametrize("name", BAD_NAMES)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_paths_stay_inside(folder, tmp_path, name):
    """No path leads outside, means something else on another system, or is there twice."""
    file = pack(tmp_path / "a.argosmodel", [*files().items(), (name, b"evil")])
    before = tree(tmp_path)
    with pytest.raises(ModelError):
        add(file, folder)
    assert tree(tmp_path) == before


@pytest.mark.parametrize(
    "kind", [stat.S_IFLNK, stat.S_IFCHR, stat.S_IFBLK, stat.S_IFIFO, stat.S_IFSOCK]
)
def test_only_files_and_folders_are_unpacked(folder, tmp_path, kind):
    """Links, devices and pipes are refused."""
    entry = zipfile.ZipInfo(f"{TOP}/link")
    entry.external_attr = (kind | 0o777) << 16
    file = pack(tmp_path / "a.argosmodel", [*files().items(), (entry, b"/etc/passwd")])
    with pytest.raises(ModelError, match="neither a file nor a folder"):
        add(file, folder)
    assert tree(folder) == {}


@pytest.mark.skipif(os.name != "posix", reason="modes are those of POSIX")
def test_modes_in_the_file_are_not_taken_over(folder, tmp_path):
    """Nothing becomes executable or set-user-id by being unpacked."""
    entry = zipfile.ZipInfo(f"{TOP}/run.sh")
    entry.external_attr = (stat.S_IFREG | 0o6777) << 16
    add(pack(tmp_path / "a.argosmodel", [*files().items(), (entry, b"#!/bin/sh")]), folder)
    assert stat.S_IMODE((folder / TOP / "run.sh").stat().st_mode) & 0o6111 == 0


@pytest.mark.parametrize(
    ("bounds", "message"),
    [
        (Bounds(members=3), "more than 3 files"),
        (Bounds(member_bytes=2000), r"model\.bin' has more than 2,000"),
        (Bounds(total_bytes=3010), "more than 3,010 bytes"),
    ],
)
def test_archives_are_bounded(folder, package_file, bounds, message):
    """Too many, too large and too much are refused before anything is written."""
    with pytest.raises(ModelError, match=message):
        add(package_file, folder, bounds)
    assert tree(folder) == {}


def test_bombs_are_refused(folder, tmp_path):
    """What unpacks to far more than its size is refused, in one file or many."""
    for members in (
        {f"{TOP}/a": bytes(20_000_000)},
        {f"{TOP}/{n}": bytes(50_000) for n in range(400)},
    ):
        file = pack(tmp_path / "bomb", files() | members, zipfile.ZIP_DEFLATED)
        with pytest.raises(ModelError, match="times its own size"):
            add(file, folder)
    assert tree(folder) == {}


def test_sizes_that_lie_are_found_out(tmp_path):
    """A file that is longer or shorter than the directory says is damage."""
    data = bytearray(
        pack(tmp_path / "a", {f"{TOP}/a": b"x" * 1000}, zipfile.ZIP_DEFLATED).read_bytes()
    )
    directory = data.rindex(b"PK\x01\x02")
    for size in (10, 5000):
        data[directory + 24 : directory + 28] = size.to_bytes(4, "little")
        (tmp_path / "b").write_bytes(data)
        (tmp_path / f"into{size}").mkdir()
        with pytest.raises(ModelError, match="sound"):
            unpack(tmp_path / "b", tmp_path / f"into{size}", Bounds(ratio=1000))


@pytest.mark.parametrize("compression", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_unusual_compression_is_refused(folder, tmp_path, compression):
    """Argos's own packages have none or deflate."""
    file = pack(tmp_path / "a.argosmodel", files(), compression)
    with pytest.raises(ModelError, match="unusual"):
        add(file, folder)


def test_spoilt_files_never_get_half_in(folder, package_file, tmp_path):
    """Of three hundred spoilt files each is refused, or installs a whole package."""
    chance = random.Random(7)  # noqa: S311 - repeatable, not secret
    sound = package_file.read_bytes()
    spoilt = tmp_path / "spoilt.argosmodel"
    refused = 0
    for _ in range(300):
        data = bytearray(sound)
        for _ in range(chance.choice((1, 1, 3, 20))):
            at = chance.randrange(len(data) or 1)
            if chance.random() < 0.7:
                data[at : at + 1] = chance.randbytes(1)
            else:
                del data[at : at + chance.choice((1, 10, 1000))]
        spoilt.write_bytes(data)
        try:
            added = add(spoilt, folder)
        except ModelError:
            refused += 1
        else:
            for package in added:
                assert verify(package) == []
                assert read(package.path) == package
                remove(package.name, folder)
        assert tree(folder) == {}
    assert refused > 200


@pytest.mark.parametrize("content", [b"", b"PK", b"not a zip file" * 100, None])
def test_other_files_are_no_packages(folder, tmp_path, content):
    """An empty, a broken, another and an absent file are told by name."""
    file = tmp_path / "a.argosmodel"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ModelError, match=r"a\.argosmodel"):
        add(file, folder)


@pytest.mark.parametrize(
    "members",
    [{"metadata.json": b"{}"}, {**files(), **files("other")}, {}, {"-rf/metadata.json": b"{}"}],
)
def test_a_package_is_one_folder(folder, tmp_path, members):
    """Loose files, two folders, none, and names that are options are refused."""
    with pytest.raises(ModelError):
        add(pack(tmp_path / "a.argosmodel", members), folder)
    assert tree(folder) == {}


def test_removing_says_what_is_missing(folder, package_file):
    """A name that no package has, or that is a path, removes nothing."""
    add(package_file, folder)
    for name in ("none", "..", f"../packages/{TOP}", ""):
        with pytest.raises(ModelError, match="no package is named"):
            remove(name, folder)
    assert remove(TOP, folder) == (TOP,)
    assert tree(folder) == {}
    assert [each.name for each in folder.parent.iterdir()] == ["packages"]


def test_changed_files_are_found(folder, package_file, tmp_path):
    """The receipt tells changed, missing and added files; without one, nothing is known."""
    (package,) = add(package_file, folder)
    assert verify(package) == []
    (package.path / "model" / "model.bin").write_bytes(b"other")
    (package.path / "sentencepiece.model").unlink()
    (package.path / "new").write_bytes(b"")
    assert verify(package) == ["model/model.bin", "new", "sentencepiece.model"]
    (package.path / RECEIPT).unlink()
    with pytest.raises(ModelError, match="not added by Dragoman"):
        verify(package)


class TestBundles:
    """All packages of a machine as one file."""

    @pytest.fixture
    def two(self, folder, tmp_path):
        """A folder of three packages, of which one is hidden."""
        for top, version, source in (("de", "1", "de"), ("de2", "2", "de"), ("fr", "1", "fr")):
            members = files(top, package_version=version, from_code=source)
            add(pack(tmp_path / "a", members), folder)
        return folder

    def test_a_bundle_is_added_like_a_package(self, two, tmp_path):
        """What is in use goes in, and comes out the same elsewhere."""
        out = tmp_path / "deep" / "models.bundle"
        assert [package.name for package in bundle(out, two)] == ["de2", "fr"]
        added = add(out, tmp_path / "other")
        assert [package.name for package in added] == ["de2", "fr"]
        assert all(verify(package) == [] for package in added)
        for top in ("de2", "fr"):
            mine, theirs = tree(two / top), tree(tmp_path / "other" / top)
            assert mine.pop(RECEIPT) != theirs.pop(RECEIPT)
            assert mine == theirs
        assert [each.name for each in out.parent.iterdir()] == ["models.bundle"]

    def test_the_same_packages_make_the_same_bytes(self, two, tmp_path):
        """So that two machines can compare them."""
        bundle(tmp_path / "1", two)
        bundle(tmp_path / "2", two)
        assert (tmp_path / "1").read_bytes() == (tmp_path / "2").read_bytes()

    def test_packages_may_be_chosen(self, two, tmp_path):
        """By name, hidden ones too, or by codes."""
        assert [each.name for each in bundle(tmp_path / "1", two, ["de"])] == ["de"]
        assert [each.name for each in bundle(tmp_path / "2", two, ["de_en"])] == ["de2", "de"]
        with pytest.raises(ModelError, match="named xx"):
            bundle(tmp_path / "3", two, ["xx"])
        with pytest.raises(ModelError, match="holds no package"):
            bundle(tmp_path / "3", tmp_path / "none")
        assert not (tmp_path / "3").exists()

    @pytest.mark.parametrize("change", ["content", "more", "less", "manifest"])
    def test_one_that_was_changed_is_refused(self, two, tmp_path, change):
        """Every file has to be the one that the bundle was made with, and no other there."""
        bundle(tmp_path / "a", two)
        with zipfile.ZipFile(tmp_path / "a") as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
        if change == "content":
            members["de2/model/model.bin"] += b"x"
        elif change == "more":
            members["de2/more"] = b""
        elif change == "less":
            del members["fr/model/config.json"]
        else:
            members[MANIFEST] = b"[]"
        with pytest.raises(ModelError, match=MANIFEST.replace(".", r"\.")):
            add(pack(tmp_path / "b", members), tmp_path / "other")
        assert tree(tmp_path / "other") == {}


def _hold(folder: Path, held, done) -> None:
    from dragoman.translate.packages import _working

    with _working(folder):
        held.set()
        done.wait(20)


def test_one_process_at_a_time_changes_the_packages(folder, package_file, monkeypatch):
    """A second one waits, and then says who is in its way."""
    context = multiprocessing.get_context("spawn")
    held, done = context.Event(), context.Event()
    other = context.Process(target=_hold, args=(folder, held, done))
    other.start()
    try:
        assert held.wait(20)
        monkeypatch.setattr("dragoman.translate.packages._LOCK_SECONDS", 0.2)
        with pytest.raises(ModelError, match="another process"):
            add(package_file, folder)
    finally:
        done.set()
        other.join()
    add(package_file, folder)


def test_what_a_killed_process_left_is_cleared_away(folder, package_file):
    """The folders of work that was cut short are never taken for packages, and go."""
    folder.mkdir(parents=True)
    for place in (folder.parent, folder):
        (place / ".dragoman-packages-abc" / "new" / "x").mkdir(parents=True)
    (folder.parent / ".dragoman-others-abc").mkdir()
    add(package_file, folder)
    assert listing(folder).problems == ()
    left = {each.name for place in (folder.parent, folder) for each in place.iterdir()}
    assert left == {"packages", ".dragoman-others-abc", ".dragoman-lock", TOP}


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_told(folder, package_file):
    """Not by a traceback."""
    folder.mkdir(parents=True)
    folder.chmod(0o500)
    with pytest.raises(ModelError, match="cannot be written"):
        add(package_file, folder)


def test_a_bundle_that_cannot_be_written_is_told(folder, package_file, tmp_path):
    """Where there is a file instead of a folder, there is nothing to clean up either."""
    add(package_file, folder)
    (tmp_path / "file").write_text("")
    with pytest.raises(ModelError, match="cannot be written"):
        bundle(tmp_path / "file" / "all.bundle", folder)


def test_a_disk_that_is_full_leaves_nothing(folder, package_file, monkeypatch):
    """An error of the system half way is told, and what was written is gone."""

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(archive, "_write", full)
    with pytest.raises(ModelError, match="No space left"):
        add(package_file, folder)
    assert [each.name for each in folder.parent.iterdir()] == ["packages"]
    assert tree(folder) == {}


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, "/home/me/.local/share/argos-translate/packages"),
        ({"XDG_DATA_HOME": "/data"}, "/data/argos-translate/packages"),
        ({"ARGOS_PACKAGES_DIR": "/p", "XDG_DATA_HOME": "/data"}, "/p"),
        ({"ARGOS_PACKAGES_DIR": "", "XDG_DATA_HOME": ""},
         "/home/me/.local/share/argos-translate/packages"),
        ({"SNAP": "/snap", "SNAP_USER_DATA": "/mine"},
         "/mine/.local/share/argos-translate/packages"),
    ],
)  # fmt: skip
def test_the_folder_is_where_argos_has_it(environment, expected):
    """Environment and home are given by the caller."""
    assert default_folder(environment, Path("/home/me")) == Path(expected)


class Shelf(BaseHTTPRequestHandler):
    """A list of packages, and the packages."""

    def do_GET(self):
        """Serve what the server was given."""
        data = self.server.pages.get(self.path)
        self.send_response(404 if data is None else 200)
        self.end_headers()
        self.wfile.write(data or b"")

    def log_message(self, format, *args):  # noqa: A002 - its own name
        """Be silent."""


@pytest.fixture
def shelf(socket_enabled, package_file):
    """A server on this machine that has a sound package, a damaged one and a list."""
    with HTTPServer(("127.0.0.1", 0), Shelf) as server:
        server.url = f"http://127.0.0.1:{server.server_port}"

        def entry(version, *links, **more):
            paths = [link if ":" in link else f"{server.url}/{link}" for link in links]
            return METADATA | {"package_version": version, "links": paths} | more

        rows = [
            entry("1.9", "old"), entry("1.10", "ftp://x/y", "gone", "bad", "good"), entry("1.2"),
            entry("3", "good", type="sbd"), entry("2", "bad", from_code="fr"), "odd", {"links": 5},
        ]  # fmt: skip
        server.pages = {
            "/index.json": json.dumps(rows).encode(),
            "/good": package_file.read_bytes(),
            "/bad": b"not a package",
            "/list": b"{}",
            "/text": b"<html>",
        }
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


class TestDownload:
    """The one part that uses the network; here, a server on this machine."""

    def test_the_newest_package_is_installed(self, shelf, folder):
        """Links are tried until one gives a sound package; progress is told."""
        seen: list[int] = []
        index = f"{shelf.url}/index.json"
        (package,) = download("de", "en", folder, index=index, on_progress=seen.append)
        assert (package.name, verify(package)) == (TOP, [])
        assert seen[-1] == len(shelf.pages["/good"])

    def test_the_command_says_whom_it_asks(self, shelf, run, monkeypatch):
        """First the address, then what came of it."""
        index = f"{shelf.url}/index.json"
        monkeypatch.setattr("dragoman.translate.download.download", partial(download, index=index))
        code, out, err = run("models", "download", "de", "en")
        assert (code, out) == (0, "")
        asked, added = err.splitlines()
        assert asked == f"asking {INDEX}"
        assert added.startswith(f"added {TOP}: German → English, version 1.0")
        monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
        assert "\rreceived 0.0 MB" in run("models", "download", "de", "en")[2]

    def test_the_list_is_read_with_care(self, shelf):
        """Rows of other types, and rows that are none, are passed over."""
        found = offers(f"{shelf.url}/index.json")
        assert [(each.source, each.version) for each in found] == [
            ("de", "1.9"), ("de", "1.10"), ("de", "1.2"), ("fr", "2"),
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("pair", "page", "message"),
        [("fr en", "index.json", "sound zip"), ("en de", "index.json", "lists no package"),
         ("de en", "list", "not a list"), ("de en", "text", "not JSON"), ("de en", "no", "404")],
    )  # fmt: skip
    def test_failures_are_errors(self, shelf, folder, pair, page, message):
        """Damaged packages, missing pairs and other pages are told; nothing is installed."""
        with pytest.raises(TranslationError, match=message):
            download(*pair.split(), folder, index=f"{shelf.url}/{page}")
        assert not folder.exists() or tree(folder) == {}


def test_nothing_is_imported_that_could_use_the_network(tmp_path):
    """Listing and adding packages does not even load an HTTP client."""
    file = pack(tmp_path / "a.argosmodel", files())
    program = (
        "import sys; from pathlib import Path; from dragoman.translate import packages as p;"
        f"p.add(Path({str(file)!r}), Path({str(tmp_path / 'p')!r}));"
        f"p.listing(Path({str(tmp_path / 'p')!r}));"
        "print(sorted({'http.client', 'urllib.request', 'ssl', 'ctranslate2'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
