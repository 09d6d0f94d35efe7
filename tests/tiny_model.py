"""Genuine Argos packages, built here: a real Transformer whose weights are set by hand.

It translates a sentence token by token. Embeddings are one-hot, of the token and of
its place; the cross-attention finds the source token at the same place, and its
values are a permutation: the dictionary. What is not in the dictionary is copied,
letter by letter. So its translations are known, and everything around it is real:
zip file, SentencePiece, CTranslate2, int8 weights.
"""

from __future__ import annotations

import atexit
import io
import json
import shutil
import tempfile
import zipfile
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

needs_argos = pytest.mark.skipif(
    find_spec("ctranslate2") is None or find_spec("sentencepiece") is None,
    reason="the extra argos is not installed",
)

WORDS: dict[tuple[str, str], dict[str, str]] = {
    ("de", "en"): {
        "Der": "The", "der": "the", "Die": "The", "die": "the", "Das": "The", "das": "the",
        "Fluss": "river", "Stadt": "city", "Markt": "market", "Regen": "rain", "steigt": "rises",
        "fällt": "falls", "ist": "is", "groß": "big", "und": "and", "in": "in", "heute": "today",
        "Menschen": "people", "sagen": "say", "nicht": "not", "Flut": "flood", "Wasser": "water",
    },
    ("ar", "en"): {
        "النهر": "river", "المدينة": "city", "السوق": "market", "المطر": "rain", "ارتفع": "rose",
        "في": "in", "كبير": "big", "اليوم": "today", "الناس": "people", "الماء": "water",
        "فيضان": "flood", "البصرة": "Basra",
    },
    ("en", "fr"): {
        "river": "fleuve", "city": "ville", "market": "marché", "rain": "pluie", "The": "Le",
        "the": "le", "rises": "monte", "rose": "montait", "in": "dans", "big": "grand",
        "today": "aujourd’hui", "people": "gens", "water": "eau", "flood": "inondation",
        "falls": "tombe", "is": "est", "and": "et",
    },
}  # fmt: skip
"""What each tiny package knows."""

_LETTERS = (
    "▁abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,;:!?-_'\"()äöüßÄÖÜéèêàçùô’…"
    "ابتثجحخدذرزسشصضطظعغفقكلمنهويىةءآأإؤئ؟،"
)
_PLACES = 320
_SPECIAL = ("<unk>", "<s>", "</s>")
_FOLDER = Path(tempfile.mkdtemp(prefix="dragoman-tiny-"))
atexit.register(shutil.rmtree, _FOLDER, ignore_errors=True)


@cache
def tiny_package(source: str, target: str, version: str = "1.0") -> Path:
    """The package file for one of `WORDS`, built once in a test session."""
    name = f"translate-{source}_{target}-{version.replace('.', '_')}"
    return pack(_FOLDER / f"{name}.argosmodel", contents(source, target, version))


def pack(file: Path, members: dict[str, bytes]) -> Path:
    """Write a zip file."""
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file


def contents(source: str, target: str, version: str = "1.0", **metadata) -> dict[str, bytes]:
    """The files of a package by name, for tests that spoil one of them."""
    name = f"translate-{source}_{target}-{version.replace('.', '_')}"
    described = {
        "package_version": version, "argos_version": "1.9", "from_code": source,
        "from_name": source, "to_code": target, "to_name": target, "type": "translate",
    } | metadata  # fmt: skip
    tokenizer, model = _parts(source, target)
    files = {"metadata.json": json.dumps(described).encode(), "sentencepiece.model": tokenizer}
    files |= {f"model/{each}": data for each, data in model.items()}
    return {f"{name}/{each}": data for each, data in files.items()}


@cache
def _parts(source: str, target: str) -> tuple[bytes, dict[str, bytes]]:
    """The tokenizer, and the files of the network."""
    words = {f"▁{one}": f"▁{other}" for one, other in WORDS[source, target].items()}
    tokenizer, pieces = _tokenizer(dict.fromkeys([*words, *words.values()]))
    mapping = [pieces.index(words.get(piece, piece)) for piece in pieces]
    folder = _FOLDER / f"ct2-{source}-{target}"
    folder.mkdir()
    _network(pieces, mapping).save(str(folder))
    return tokenizer, {path.name: path.read_bytes() for path in folder.iterdir()}


def _tokenizer(words) -> tuple[bytes, list[str]]:
    import sentencepiece

    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter([" ".join(_LETTERS.removeprefix("▁"))] * 5),
        model_writer=model,
        model_type="char",
        vocab_size=len(_LETTERS) + len(words) + len(_SPECIAL) + 2,
        hard_vocab_limit=False,
        character_coverage=1.0,
        normalization_rule_name="identity",
        user_defined_symbols=list(words),
        unk_id=0,
        bos_id=1,
        eos_id=2,
        minloglevel=2,
    )
    processor = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())
    return model.getvalue(), [processor.id_to_piece(at) for at in range(len(processor))]


def _network(pieces: list[str], mapping: list[int]):
    """A Transformer of one layer that gives, at each place, the token mapped from there."""
    from ctranslate2.specs import TransformerSpec

    count = len(pieces)
    width = -(-(count + _PLACES) // 16) * 16
    places = slice(width - _PLACES, width)
    spec = TransformerSpec.from_config((1, 1), 1, pre_norm=True)
    tokens = np.eye(count, width, dtype="f4") / np.sqrt(width, dtype="f4")
    position = np.eye(_PLACES, width, width - _PLACES, dtype="f4")
    for side in (spec.encoder, spec.decoder):
        side.position_encodings.encodings = position
        _norm(side.layer_norm, width)
        layer = side.layer[0]
        _norm(layer.self_attention.layer_norm, width)
        _linear(layer.self_attention.linear[0], np.zeros((3 * width, width)))
        _linear(layer.self_attention.linear[1], np.zeros((width, width)))
        _norm(layer.ffn.layer_norm, width)
        _linear(layer.ffn.linear_0, np.zeros((16, width)))
        _linear(layer.ffn.linear_1, np.zeros((width, 16)))
    spec.encoder.embeddings[0].weight = tokens
    spec.decoder.embeddings.weight = tokens
    at_place = np.zeros((width, width))
    at_place[places, places] = np.eye(_PLACES)
    dictionary = np.zeros((width, width))
    dictionary[mapping, range(count)] = 1
    attention = spec.decoder.layer[0].attention
    _norm(attention.layer_norm, width)
    _linear(attention.linear[0], 4 * at_place)
    # Past the last place, where none is found, the end of the source is.
    end = _SPECIAL.index("</s>")
    attention.linear[0].bias[end] = np.sqrt(width)
    keys = at_place.copy()
    keys[end, end] = 1
    _linear(attention.linear[1], np.concatenate([keys, dictionary]))
    _linear(attention.linear[2], np.eye(width))
    _linear(spec.decoder.projection, np.eye(count, width))
    # Beam search stops at as many ends as it has beams, so an end must not come second.
    spec.decoder.projection.bias[end] = -5
    spec.register_source_vocabulary(pieces)
    spec.register_target_vocabulary(pieces)
    config = spec.config
    config.unk_token, config.bos_token, config.eos_token = _SPECIAL
    config.decoder_start_token = config.bos_token
    config.add_source_bos, config.add_source_eos = False, True
    spec.validate()
    spec.optimize(quantization="int8")
    return spec


def _norm(spec, width: int) -> None:
    spec.gamma, spec.beta = np.ones(width, "f4"), np.zeros(width, "f4")


def _linear(spec, weight) -> None:
    spec.weight, spec.bias = weight.astype("f4"), np.zeros(len(weight), "f4")
