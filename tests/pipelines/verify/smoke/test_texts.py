from pathlib import Path

import pytest

from pipelines.shards.mix import open_mix
from pipelines.verify.smoke.texts import (
    place_of,
    source_shares,
    texts_in_rows,
    texts_in_store,
)
from tests.pipelines.verify.broken import Broken
from tests.pipelines.verify.conftest import Variant, needle_task


def documents(texts: Path) -> dict[str, str]:
    """The corpus's own texts, by name as the mix has it."""
    return {
        f"{folder}:{folder}/{path.name}": path.read_text(encoding="utf-8")
        for folder in ("books", "letters")
        for path in (texts / folder).iterdir()
    }


def test_shares_are_twentieths_and_count_haystacks(mix: Broken) -> None:
    """Letters take part as natural text and as haystacks, books mostly as haystacks."""
    totals = mix.manifest["totals"]
    pieces = [piece for line in mix.lines("samples") for piece in line["haystack"]]
    size = {"books": 0, "letters": 0}
    for piece in pieces:
        size[piece["doc_id"].split(":")[0]] += piece["end"] - piece["start"]
    woven = totals["by_task"]["needle"] * size["books"] / sum(size.values())
    exact = (totals["by_source"]["books"] + woven) / sum(totals["by_source"].values())
    shares = source_shares(open_mix(str(mix.path)))
    assert list(shares) == ["books", "letters"]
    assert sum(shares.values()) == pytest.approx(1)
    assert all(20 * share == pytest.approx(round(20 * share)) for share in shares.values())
    assert shares["books"] == pytest.approx(exact, abs=0.026)


def test_a_source_without_a_token_has_no_share(variant: Variant) -> None:
    made = variant(tasks={})
    made.edit_manifest(lambda manifest: manifest["totals"]["by_source"].update(letters=0))
    assert source_shares(open_mix(str(made.path))) == {"books": 1.0}


def test_the_store_gives_every_kept_document_whole(sound: Path, texts: Path) -> None:
    found = texts_in_store(open_mix(str(sound)), None, {"books": 1e6, "letters": 1e6})
    given = {text.name: text.read() for some in found.values() for text in some}
    known = documents(texts)
    assert given == {name: known[name] for name in given}
    assert len(given) == len(known) - 1, "one letter is there twice"


def test_documents_come_in_the_order_of_a_hash_and_no_more_than_needed(sound: Path) -> None:
    everything = texts_in_store(open_mix(str(sound)), None, {"letters": 1e6})
    names = [text.name for text in everything["letters"]]
    assert names == sorted(names, key=place_of)
    few = texts_in_store(open_mix(str(sound)), None, {"letters": 1})
    assert [text.name for text in few["letters"]] == names[:1]


def test_a_store_that_is_not_there_gives_nothing(mix: Broken, tmp_path: Path) -> None:
    assert texts_in_store(open_mix(str(mix.path)), str(tmp_path / "none"), {"books": 9.0}) == {}


def test_rows_give_fragments_of_the_documents(sound: Path, texts: Path) -> None:
    known = documents(texts)
    found = texts_in_rows(open_mix(str(sound)), {"books": 1000.0, "letters": 500.0})
    natural = [
        (text.name.rpartition("@")[0], text.read())
        for some in found.values()
        for text in some
        if not text.name.startswith("needle")
    ]
    assert {name.split(":")[0] for name, _ in natural} == {"books", "letters"}
    for name, fragment in natural:
        assert fragment
        assert fragment in known[name]


def test_rows_are_read_until_there_is_enough(sound: Path) -> None:
    """Twice the 2,500 that are wanted, samples among them, and the end of the last row."""
    mix = open_mix(str(sound))
    some = texts_in_rows(mix, {"books": 2000.0, "letters": 500.0})
    assert 2500 <= sum(text.tokens for each in some.values() for text in each) <= 5000 + 512


@pytest.mark.parametrize("question", ["first", "last", "both"])
def test_haystacks_come_without_what_was_planted(variant: Variant, question: str) -> None:
    """Where natural text is too little, samples lend theirs."""
    made = variant(tasks=needle_task(share=1.0, distractors=0, question=question))
    samples = {line["sample_id"]: line for line in made.lines("samples")}
    found = texts_in_rows(open_mix(str(made.path)), {"books": 1e9, "letters": 0.0})
    lent = [text for text in found["books"] if text.name.partition("@")[0] in samples]
    assert len(lent) > 10
    assert not any(text.name.startswith("needle") for text in found["letters"])
    for text in lent:
        line, body = samples[text.name.partition("@")[0]], str(text.read())
        assert line["gold"] not in body
        assert text.tokens > line["num_tokens"] / 5


@pytest.mark.parametrize(("name", "place"), [("a", 0.0), ("books:emma.txt#3", 0.0)])
def test_a_place_is_from_0_to_1_and_always_the_same(name: str, place: float) -> None:
    assert 0 <= place_of(name) < 1
    assert place_of(name) == place_of(name)
    assert place_of(name) != place


def test_places_are_spread_evenly() -> None:
    low = sum(place_of(f"document {number}") < 0.25 for number in range(1000))
    assert 200 < low < 300
