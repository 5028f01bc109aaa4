"""A compressed stream is read to its end or named as broken: a silent prefix would lose text."""

import gzip
import hashlib

import numpy as np
import pytest
import zstandard

from generators.sources._streams import BLOCK_BYTES, blocks, contents
from schemas.errors import BrokenFile, IdentityError
from schemas.unit import Item
from tests.generators.sources.conftest import Corpus

TEXT = np.random.default_rng(0).integers(97, 123, 3 * BLOCK_BYTES, dtype=np.uint8).tobytes()
PACK = {".gz": gzip.compress, ".zst": zstandard.ZstdCompressor().compress}


def put(corpus: Corpus, path: str, data: bytes) -> Item:
    corpus.write(path, data)
    return Item(
        source="src", uri=path, num_bytes=len(data), sha256=hashlib.sha256(data).hexdigest()
    )


@pytest.mark.parametrize("end", PACK)
def test_members_and_frames_are_one_stream(corpus: Corpus, end: str) -> None:
    data = PACK[end](TEXT) + PACK[end](b"") + PACK[end](b"more")
    item = put(corpus, f"a{end}", data)
    assert contents(item, corpus.place) == TEXT + b"more"


def test_a_plain_file(corpus: Corpus) -> None:
    item = put(corpus, "a.txt", TEXT)
    assert contents(item, corpus.place) == TEXT
    assert [len(block) for block in blocks(item, corpus.place)] == [BLOCK_BYTES] * 3
    assert list(blocks(put(corpus, "b.txt", b""), corpus.place)) == []


@pytest.mark.parametrize("end", PACK)
@pytest.mark.parametrize("keep", [0.0, 0.6, 0.999999])
def test_a_cut_stream_is_broken(corpus: Corpus, end: str, keep: float) -> None:
    """What was read before the fault is a prefix of the text."""
    data = PACK[end](TEXT)
    item = put(corpus, f"a{end}", data[: int(len(data) * keep)])
    read: list[bytes] = []
    with pytest.raises(BrokenFile) as caught:
        read.extend(blocks(item, corpus.place))
    assert caught.value.uri == f"a{end}"
    assert str(caught.value).startswith(f"a{end}: ")
    assert TEXT.startswith(b"".join(read))
    assert bool(read) == (keep > 0)


@pytest.mark.parametrize("end", PACK)
def test_a_second_frame_that_is_cut_is_broken(corpus: Corpus, end: str) -> None:
    item = put(corpus, f"a{end}", PACK[end](TEXT) + PACK[end](TEXT)[:1000])
    with pytest.raises(BrokenFile, match=r"cut or corrupt before byte \d+ of \d+"):
        contents(item, corpus.place)


@pytest.mark.parametrize("end", PACK)
def test_junk_is_broken(corpus: Corpus, end: str) -> None:
    with pytest.raises(BrokenFile, match="cut or corrupt"):
        contents(put(corpus, f"a{end}", b"this was never compressed"), corpus.place)
    with pytest.raises(BrokenFile, match="cut or corrupt"):
        contents(put(corpus, f"b{end}", PACK[end](TEXT) + b"tail of junk"), corpus.place)


def test_a_flipped_bit_is_broken(corpus: Corpus) -> None:
    data = bytearray(gzip.compress(TEXT))
    data[len(data) // 2] ^= 1
    with pytest.raises(BrokenFile):
        contents(put(corpus, "a.gz", bytes(data)), corpus.place)


def test_a_bomb_is_broken(corpus: Corpus) -> None:
    """6 KB that would be 200 MB: it is stopped at 64 MiB."""
    bomb = zstandard.ZstdCompressor().compress(bytes(200_000_000))
    item = put(corpus, "a.zst", bomb)
    sizes: list[int] = []
    with pytest.raises(BrokenFile, match="grows more than 1000-fold"):
        sizes.extend(map(len, blocks(item, corpus.place)))
    assert sum(sizes) == 2**26


@pytest.mark.parametrize("path", ["a.txt", "a.gz", "a.zst"])
def test_a_file_that_changed_is_refused(corpus: Corpus, path: str) -> None:
    """Also where the change broke the stream: it is not the input's own fault then."""
    pack = PACK.get(path[1:], bytes)
    item = put(corpus, path, pack(b"before"))
    for changed in (pack(b"beforf"), pack(b"before")[:-1]):
        corpus.write(path, changed)
        with pytest.raises(IdentityError, match=f"^{path}: the content changed"):
            contents(item, corpus.place)
        with pytest.raises(IdentityError):
            list(blocks(item, corpus.place))
