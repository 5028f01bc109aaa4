import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers.pre_tokenizers import ByteLevel

from generators.tokens.bytelevel import ALPHABET, UTF8_ALPHABET, byte_ends, byte_table, decode_bytes

# Ids 0-5; 4 is a hole. "Ġna" spells " na", "Ã" and "¯" the two bytes of "ï".
TABLE = byte_table({"Ġna": 0, "Ã": 1, "¯ve": 2, "Ċ": 5}, {"Ġé": 3})


def test_the_alphabet_is_that_of_the_library():
    assert sorted(ALPHABET) == sorted(ByteLevel.alphabet())
    assert [ALPHABET[byte] for byte in b"\n A~\x7f\xad\xff"] == list("ĊĠA~ġŃÿ")


def test_the_bytes_of_utf8_are_those_that_some_character_uses():
    used = {
        byte
        for code in (*range(0xD800), *range(0xE000, 0x110000, 7))
        for byte in chr(code).encode()
    }
    assert {ALPHABET[byte] for byte in used} == set(UTF8_ALPHABET)


def test_ids_become_the_bytes_they_spell_and_added_tokens_their_own_content():
    ids = np.array([0, 1, 2, 5, 3], dtype=np.int32)
    assert decode_bytes(TABLE, ids) == " naïve\nĠé".encode()
    assert byte_ends(TABLE, ids).tolist() == [3, 4, 7, 8, 12]


def test_a_slice_of_ids_is_the_slice_of_bytes_even_inside_a_character():
    ids = np.array([0, 1, 2], dtype=np.int32)
    assert decode_bytes(TABLE, ids[:2]) == b" na\xc3"
    assert decode_bytes(TABLE, ids[1:]) == b"\xc3\xafve"


def test_no_ids_are_no_bytes():
    nothing = np.array([], dtype=np.int32)
    assert decode_bytes(TABLE, nothing) == b""
    assert byte_ends(TABLE, nothing).tolist() == []


@pytest.mark.parametrize("bad", [-1, 4, 6])
def test_an_id_that_no_token_has_is_an_error_and_not_an_empty_text(bad):
    with pytest.raises(ValueError, match=f"{bad} is not an id of this tokenizer"):
        decode_bytes(TABLE, np.array([0, bad, 1]))
    with pytest.raises(ValueError, match=f"{bad} is not an id"):
        byte_ends(TABLE, np.array([bad]))


@given(st.lists(st.binary(min_size=1), min_size=1), st.data())
def test_any_table_gives_back_its_bytes(spellings, data):
    names = ["".join(ALPHABET[byte] for byte in spelling) for spelling in spellings]
    vocabulary = {name: index for index, name in enumerate(dict.fromkeys(names))}
    table = byte_table(vocabulary, {})
    picked = data.draw(st.lists(st.sampled_from(range(len(spellings)))))
    ids = np.array([vocabulary[names[i]] for i in picked], dtype=np.int32)
    assert decode_bytes(table, ids) == b"".join(spellings[i] for i in picked)
    assert byte_ends(table, ids).tolist() == np.cumsum([len(spellings[i]) for i in picked]).tolist()
