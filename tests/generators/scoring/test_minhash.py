"""The signature estimates how many shingles two texts share, whatever stands between the words."""

import re
import subprocess
import sys
import unicodedata

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from generators.scoring import load, minhash
from generators.scoring.minhash import Options, score, shingle_hashes
from schemas.errors import RecipeError
from schemas.selection import Subject


def subject(text, kind="book"):
    return Subject(text=text, kind=kind, data=text.encode(), ids=np.zeros(0, dtype=np.int32))


def signature(text, kind="book", **options):
    return score(subject(text, kind), Options(**options))["minhash"]


def slots(text, **options):
    return np.frombuffer(signature(text, **options), dtype="<u4")[1:]


def hashes(text, size):
    return [value for part in shingle_hashes(text, size) for value in part.tolist()]


def shingles(text, size):
    """The same rule in plain Python, for texts of ASCII."""
    words = re.findall(r"[a-z0-9]+", text.lower())
    return [tuple(words[at : at + size]) for at in range(len(words) - size + 1)]


def shape(values):
    """Number values by their first coming: what is equal to what."""
    return [list(dict.fromkeys(values)).index(value) for value in values]


def random_words(seed, num):
    return [f"w{number}" for number in np.random.default_rng(seed).integers(0, 10**6, num)]


def test_it_is_found_as_a_score():
    assert load("minhash") is minhash


def test_what_stands_between_words_does_not_count():
    assert signature("“Call me Ishmael,” he said.") == signature('call me\n  ISHMAEL - he "said"')


def test_where_one_word_ends_does_count():
    assert hashes("ab c", 2) != hashes("a bc", 2)
    assert hashes("abc", 1) != hashes("ab c", 1)[:1]


def test_a_shingle_is_the_same_wherever_it_stands():
    first, *_, last = hashes("the sea, the ship, the sea", 2)
    assert first == last


@given(st.text("aB9 .\n_-", max_size=60), st.integers(1, 4))
def test_shingles_are_those_of_plain_python(text, size):
    assert shape(hashes(text, size)) == shape(shingles(text, size))


@settings(max_examples=50)
@given(st.text("ab \n漢é😀ß", max_size=60), st.integers(1, 4), st.integers(1, 9))
def test_slices_make_no_difference(text, size, cut):
    with pytest.MonkeyPatch.context() as patch:
        whole = hashes(text, size)
        patch.setattr(minhash, "SLICE", cut)
        assert hashes(text, size) == whole


def test_the_signature_of_the_whole_is_that_of_the_library_at_once(monkeypatch):
    import rensa

    text = " ".join(random_words(0, 3000))
    monkeypatch.setattr(minhash, "SLICE", 1000)
    found = slots(text)
    rows = rensa.RMinHash.digest_matrix_from_token_hash_sets([hashes(text, 5)], 256, 0).to_rows()
    assert found.tolist() == rows[0]


@pytest.mark.parametrize("shared", [0.3, 0.6, 0.9])
def test_agreement_estimates_the_jaccard_similarity_of_the_shingles(shared):
    """Forty pairs: the mean error is within four standard errors of the mean, and unbiased so."""
    errors, variance = [], []
    for seed in range(40):
        words = random_words(seed, 2000)
        cut = int(1000 * shared)
        one, two = " ".join(words[:1000]), " ".join(words[:cut] + words[1000 : 2000 - cut])
        first, second = set(shingles(one, 5)), set(shingles(two, 5))
        jaccard = len(first & second) / len(first | second)
        errors.append(np.mean(slots(one) == slots(two)) - jaccard)
        variance.append(jaccard * (1 - jaccard) / 256)
    assert abs(np.mean(errors)) < 4 * np.sqrt(np.mean(variance) / 40)
    assert np.std(errors) < 1.5 * np.sqrt(np.mean(variance))


@pytest.mark.parametrize("text", ["one two three four", "...", "\n", "x" * 500_000])
def test_too_few_words_have_no_signature(text):
    assert signature(text) is None
    assert signature("one two three four five") is not None


def test_a_script_without_spaces_has_a_word_in_each_character():
    assert len(hashes("吾輩は猫である。", 2)) == 6
    assert hashes("吾輩は猫", 1) == hashes("吾 輩 は 猫", 1)
    assert len(hashes("ภาษาไทย", 1)) == 7
    assert len(hashes("日本 GDP 2024年", 1)) == 5
    assert len(hashes("𠀀𠀁 😀", 1)) == 3


def test_marks_belong_to_their_word():
    assert len(hashes("हिन्दी भाषा", 1)) == 2
    assert len(hashes("cafe\u0301 noir", 1)) == 2


def test_the_paths_of_a_repository_do_not_count():
    code = "import sys\nfor line in sys.stdin:\n    print(line)\n"
    here, there = (f"===== {path} =====\n{code}" for path in ("a.py", "lib/vendor/b.py"))
    assert signature(here, "repo") == signature(there, "repo") == signature(code, "repo")
    assert signature(here, "book") != signature(there, "book")


def test_a_rule_within_a_file_of_code_stays():
    assert signature("a b c d e\nx ===== y =====\n", "repo") != signature("a b c d e\n", "repo")


def test_a_signature_has_its_length_and_names_how_it_was_made():
    text = "one two three four five six seven"
    assert len(signature(text)) == 4 * 257
    assert len(signature(text, permutations=64)) == 4 * 65
    assert signature(text, shingle=3)[:4] != signature(text, shingle=4)[:4]
    assert signature(text)[:4] == signature("seven words of quite another text stand here")[:4]


def test_signatures_are_the_same_in_another_process():
    """A golden value: when it changes, stored signatures cannot be compared with new ones."""
    program = (
        "from tests.generators.scoring.test_minhash import signature;"
        "print(signature('Call me Ishmael. Some years ago - never mind', permutations=32).hex())"
    )
    command = [sys.executable, "-c", program]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert printed.strip() == (
        signature("Call me Ishmael. Some years ago - never mind", permutations=32).hex()
    )
    assert printed[:40] == "d4e22fba8e8106c00bd01f06d90b8cca94b14acd"


def test_without_the_library_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "rensa", None)
    with pytest.raises(RecipeError, match=r"pip install 'longmix\[select\]'"):
        signature("one two three four five")


def test_another_algorithm_of_the_library_is_refused(monkeypatch):
    monkeypatch.setattr(minhash, "ALGORITHM", 1)
    with pytest.raises(RecipeError, match="needs algorithm 1 of rensa, and the one installed has"):
        signature("one two three four five")


@pytest.mark.parametrize("wrong", [{"shingle": 0}, {"permutations": 8}, {"seed": 1}])
def test_options_that_cannot_be_are_refused(wrong):
    with pytest.raises(ValidationError):
        Options(**wrong)


def test_every_letter_has_a_hash_of_its_own():
    table = minhash._table()
    assert table[ord("a")] == table[ord("A")]
    assert len(set(table[[ord(letter) for letter in "abcdefghijklmnopqrstuvwxyz0123456789"]])) == 36
    assert [ord(" "), 0x2019, ord("_")] == [at for at in (32, 0x2019, 95) if table[at] == 0]
    assert np.count_nonzero(table) == sum(chr(at).isalnum() or _is_mark(at) for at in range(65536))


def _is_mark(code):
    return unicodedata.category(chr(code)).startswith("M")
