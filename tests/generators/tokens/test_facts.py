import json

import pytest

from generators.tokens.facts import read_facts
from schemas.errors import RecipeError


def test_a_byte_level_file(neox):
    facts = read_facts(neox)
    assert facts.looks_byte_level
    assert facts.unk_id is None
    assert facts.normalizer == {"type": "NFC"}
    assert [(t.content, t.id, t.special, t.normalized) for t in facts.added] == [
        ("<|endoftext|>", 379, True, False),
        ("    ", 380, False, True),
        ("  ", 381, False, True),
        ("|||IP_ADDRESS|||", 382, False, True),
        ("<|padding|>", 383, True, False),
    ]
    assert facts.ids() == set(range(384))


def test_unk_and_pieces_of_other_models(wordpiece, unigram):
    assert read_facts(wordpiece).unk_id == 0
    assert read_facts(unigram).unk_id == 0
    assert read_facts(unigram).model_tokens["▁cat"] == 4
    assert not read_facts(wordpiece).looks_byte_level
    assert not read_facts(unigram).looks_byte_level


def edited(data, **changes):
    """Return the file with keys replaced; `model__dropout` is the key `dropout` of `model`."""
    spec = json.loads(data)
    for path, value in changes.items():
        *parents, key = path.split("__")
        place = spec
        for parent in parents:
            place = place[parent]
        place[key] = value
    return json.dumps(spec).encode()


@pytest.mark.parametrize(
    "changes",
    [
        {"model__end_of_word_suffix": "</w>"},
        {"model__continuing_subword_prefix": "##"},
        {"decoder": {"type": "BPEDecoder", "suffix": "</w>"}},
        {"pre_tokenizer": {"type": "Whitespace"}},
        {"pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": True, "use_regex": True}},
        {"model__vocab": {"a": 0}},
    ],
)
def test_what_does_not_spell_bytes_is_not_taken_for_byte_level(plain, changes):
    assert read_facts(plain).looks_byte_level
    assert not read_facts(edited(plain, **changes)).looks_byte_level


def test_an_added_token_that_swallows_white_space_is_not_byte_level(neox):
    spec = json.loads(neox)
    spec["added_tokens"][3]["lstrip"] = True
    assert not read_facts(json.dumps(spec).encode()).looks_byte_level


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "the file is not JSON"),
        (b"\xff\xfe", "the file is not JSON"),
        (b'{"model": ', "the file is not JSON"),
        (b"[1, 2]", "a list and no object"),
        (b'{"architectures": ["Llama"]}', "has no `model` with a `vocab`"),
        (b'{"model": "bpe"}', "has no `model` with a `vocab`"),
    ],
)
def test_a_file_that_is_no_tokenizer_is_named_for_what_it_is(data, message):
    with pytest.raises(RecipeError, match=f"^tokenizer: .*{message}.*; give the tokenizer.json"):
        read_facts(data)


def test_a_tokenizer_that_encodes_at_random_is_refused(plain):
    with pytest.raises(RecipeError, match=r"model.dropout = 0.1.*set model.dropout to null"):
        read_facts(edited(plain, model__dropout=0.1))
