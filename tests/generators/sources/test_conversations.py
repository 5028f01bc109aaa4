"""One conversation is one document; or those of a group are joined, in time order, never cut."""

import json
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from generators.sources import load
from generators.sources.conversations import Options
from schemas.document import Document
from schemas.errors import BrokenFile, IdentityError, RecipeError
from schemas.recipe import SourceSpec
from tests.generators.sources.conftest import Corpus


def talk(*said: str, **keys: Any) -> dict[str, Any]:
    """Return a conversation in which A and B speak in turn."""
    turns = [{"role": "AB"[k % 2], "content": text} for k, text in enumerate(said)]
    return {**keys, "turns": turns}


def put(corpus: Corpus, path: str, *talks: object) -> None:
    corpus.write(path, "".join(f"{json.dumps(one)}\n" for one in talks))


def texts(corpus: Corpus, **spec: Any) -> dict[str, str]:
    """Return the texts, or the reasons of what was rejected, by the end of their ids."""
    found = corpus.read("conversations", **spec)
    return {one.doc_id.removeprefix("src:"): one.reason or one.text for one in found}


def test_each_conversation_is_a_document(corpus: Corpus) -> None:
    put(corpus, "f.jsonl", talk("Hi", "Hello", id="c1", by="MIT"), talk("Bye", id="c1"))
    assert corpus.read("conversations", id_field="id", license_field="by", license="CC0") == [
        Document(doc_id="src:f.jsonl#c1", uri="f.jsonl", text="A: Hi\n\nB: Hello\n", license="MIT"),
        Document(doc_id="src:f.jsonl#c1~2", uri="f.jsonl", text="A: Bye\n", license="CC0"),
    ]
    assert texts(corpus, title="Talk {id}", template="{content}\n") == {
        "f.jsonl#0": "Talk c1\n\nHi\nHello\n",
        "f.jsonl#1": "Talk c1\n\nBye\n",
    }


def test_what_cannot_be_used_is_rejected_by_its_number_or_id(corpus: Corpus) -> None:
    put(corpus, "f.jsonl", talk("Hi", id="a"), {"id": "b"}, [], talk(" "), talk("\ud800", id="e"))
    corpus.write("f.jsonl", (corpus.root / "f.jsonl").read_bytes() + b'{"id": "\xff"}')
    assert texts(corpus, id_field="id") == {
        "f.jsonl#a": "A: Hi\n",
        "f.jsonl#b": "missing_turns",
        "f.jsonl#2": "not_an_object",
        "f.jsonl#3": "no_usable_turn",
        "f.jsonl#e": "lone_surrogate",
        "f.jsonl#5": "bad_utf8 at byte 8",
    }
    joined = texts(corpus, id_field="id", group_field="id", join_chars=99)
    assert joined == {
        "f.jsonl#a#0": "A: Hi\n",
        "f.jsonl#row 1": "missing_turns",
        "f.jsonl#row 2": "not_an_object",
        "f.jsonl#row 3": "missing_key",
        "f.jsonl#row 4": "lone_surrogate",
        "f.jsonl#row 5": "bad_utf8 at byte 8",
    }


def test_parquet_of_structs(corpus: Corpus) -> None:
    kind = pa.list_(pa.struct({"role": pa.string(), "content": pa.binary()}))
    said = [
        [{"role": "A", "content": "é".encode()}, {"role": "B", "content": None}],
        [{"role": "A", "content": b"caf\xe9"}],
        None,
    ]
    table = pa.table({"messages": pa.array(said, kind), "id": ["x", "y", "z"]})
    pq.write_table(table, corpus.root / "f.parquet")
    assert texts(corpus, id_field="id") == {
        "f.parquet#x": "A: é\n",
        "f.parquet#y": "bad_utf8 at byte 3 at turn 0",
        "f.parquet#z": "missing_turns",
    }
    (_, made, _) = corpus.read("conversations", bad_utf8="latin-1")
    assert (made.text, made.num_replaced) == ("A: café\n", 1)


def test_conversations_of_a_group_are_joined_in_time_order(corpus: Corpus) -> None:
    """Ties keep the order of the input, and what has no time comes last."""
    put(
        corpus,
        "1.jsonl",
        talk("three", topic="x", at="2024-05-03T00:00:00Z"),
        talk("last", topic="x", at=None),
        talk("one", topic="x", at="2024-05-01"),
        talk("other", topic="y", at="2024-05-01"),
    )
    put(corpus, "2.jsonl", talk("two", topic="x", at="2024-05-01"), talk("bad", topic="x", at="?"))
    joined = texts(corpus, group_field="topic", time_field="at", join_chars=1000)
    assert joined == {
        "1.jsonl#y#0": "A: other\n",
        "2.jsonl#row 1": "bad_time",
        "1.jsonl#x#0": "A: one\n\n-----\n\nA: two\n\n-----\n\nA: three\n\n-----\n\nA: last\n",
    }


def test_joined_documents_hold_as_many_as_fit(corpus: Corpus) -> None:
    """Each text has 6 characters, and 9 stand between two."""
    put(corpus, "f.jsonl", *(talk(name, k=1) for name in ("aa", "bb", "cccccccccc", "dd", "ee")))
    assert texts(corpus, group_field="k", join_chars=20) == {
        "f.jsonl#1#0": "A: aa\n\n-----\n\nA: bb\n"[:20],
        "f.jsonl#1#1": "A: cccccccccc\n",
        "f.jsonl#1#2": "A: dd\n\n-----\n\nA: ee\n"[:20],
    }
    assert len(texts(corpus, group_field="k", join_chars=19)) == 5
    alone = texts(corpus, group_field="k", join_chars=1)
    assert alone["f.jsonl#1#2"] == "A: cccccccccc\n"
    assert texts(corpus, group_field="k", join_chars=20, separator="")["f.jsonl#1#0"] == (
        "A: aa\n\nA: bb\n"
    )


def test_a_list_is_a_set_and_each_conversation_is_in_one_group(corpus: Corpus) -> None:
    put(corpus, "f.jsonl", talk("1", t=["b", "a"]), talk("2", t=["a", "b", "a"]), talk("3", t="a"))
    assert texts(corpus, group_field="t", join_chars=99, separator="") == {
        "f.jsonl#a, b#0": "A: 1\n\nA: 2\n",
        "f.jsonl#a#0": "A: 3\n",
    }


def test_people_who_take_part_are_a_group(corpus: Corpus) -> None:
    """The key may be one of the turns: the same people, whoever speaks first."""
    turns = [{"speaker": who, "text": who.lower()} for who in ("Eve", "Bob", "Eve")]
    put(corpus, "f.jsonl", {"turns": turns}, {"turns": turns[1:]}, {"turns": turns[:1]})
    assert texts(corpus, group_field="speaker", join_chars=99, separator="") == {
        "f.jsonl#Bob, Eve#0": "Eve: eve\n\nBob: bob\n\nEve: eve\n\nBob: bob\n\nEve: eve\n",
        "f.jsonl#Eve#0": "Eve: eve\n",
    }
    kind = pa.list_(pa.struct({"speaker": pa.string(), "text": pa.string()}))
    table = pa.table({"turns": pa.array([turns, turns[:1]], kind)})
    (corpus.root / "f.jsonl").unlink()
    pq.write_table(table, corpus.root / "f.parquet")
    assert list(texts(corpus, group_field="speaker", join_chars=99)) == [
        *("f.parquet#Bob, Eve#0", "f.parquet#Eve#0")
    ]


def test_joined_licences(corpus: Corpus) -> None:
    put(corpus, "f.jsonl", *(talk("x", k=1, by=by) for by in ("MIT", None, "CC0", "MIT")))
    (made,) = corpus.read(
        "conversations", group_field="k", join_chars=99, license_field="by", license="GPL"
    )
    assert made.license == "MIT, GPL, CC0"


@pytest.mark.parametrize(
    ("own", "sentence"),
    [
        ({"template": "{rle}: {content}"}, "no field 'rle'; known: role, content"),
        ({"template": "{role}\n"}, "leaves out what is said"),
        ({"title": "{id.__class__}"}, "a field is a plain name"),
        ({"join_chars": 9}, "name the group_field"),
        ({"group_field": "topic"}, "do nothing while join_chars is 0"),
        ({"join_chars": -1, "group_field": "topic"}, "greater than or equal to 0"),
    ],
)
def test_a_recipe_that_cannot_be_meant(own: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        Options(**own)


def test_a_key_that_no_conversation_has(corpus: Corpus) -> None:
    put(corpus, "f.jsonl", talk("Hi", id="a"))
    with pytest.raises(RecipeError, match=r"does not have 'topic'; it has id, turns"):
        corpus.items("conversations", title="{topic}")
    with pytest.raises(RecipeError, match=r"none of 1 rows has a key by `group_field: topic`"):
        corpus.items("conversations", group_field="topic", join_chars=9)
    put(corpus, "f.jsonl", {"dialog": []})
    with pytest.raises(RecipeError, match=r"has none of turns, messages.* Say in turns_field"):
        corpus.items("conversations")


@pytest.mark.parametrize("own", [{}, {"group_field": "k", "join_chars": 9}])
def test_a_file_that_changed_is_refused(corpus: Corpus, own: dict[str, Any]) -> None:
    put(corpus, "f.jsonl", talk("before", k=1))
    (item,) = corpus.items("conversations", **own)
    put(corpus, "f.jsonl", talk("after", k=1))
    spec = SourceSpec(reader="conversations", **own)
    with pytest.raises(IdentityError, match=r"f\.jsonl: the content changed"):
        list(load("conversations").read(item, spec, corpus.place, seed=0))


def test_a_file_without_a_named_column_is_broken(corpus: Corpus) -> None:
    for path, column in (("1.parquet", "turns"), ("2.parquet", "log")):
        kind = pa.list_(pa.struct({"role": pa.string(), "content": pa.string()}))
        said = pa.array([[{"role": "A", "content": "Hi"}]], kind)
        pq.write_table(pa.table({column: said}), corpus.root / path)
    with pytest.raises(BrokenFile, match=r"^2\.parquet: it has no column 'turns'"):
        corpus.read("conversations", turns_field="turns")


def test_joining_leaves_out_a_file_without_a_named_column(corpus: Corpus) -> None:
    """It is broken by itself, and takes no group of another file with it."""
    kind = pa.list_(pa.struct({"role": pa.string(), "content": pa.string()}))
    said = pa.array([[{"role": "A", "content": "Hi"}]], kind)
    pq.write_table(pa.table({"turns": said, "k": ["x"], "id": ["a"]}), corpus.root / "1.parquet")
    pq.write_table(pa.table({"turns": said, "k": ["x"]}), corpus.root / "2.parquet")
    own = {"group_field": "k", "join_chars": 99, "title": "{id}"}
    spec = SourceSpec(reader="conversations", **own)
    first, second = corpus.items("conversations", **own)
    (made,) = load("conversations").read(first, spec, corpus.place, seed=0)
    assert made.text == "a\n\nA: Hi\n"
    with pytest.raises(BrokenFile, match=r"^2\.parquet: it has no column 'id'"):
        list(load("conversations").read(second, spec, corpus.place, seed=0))


TALKS = st.lists(
    st.tuples(st.sampled_from("xy"), st.text("ab", min_size=1, max_size=9), st.integers(0, 2)),
    min_size=1,
    max_size=12,
    unique_by=lambda one: one[:2],
)


@given(talks=TALKS, join_chars=st.integers(1, 60))
def test_any_spread_over_files_gives_the_documents_of_one_sorted_file(
    talks: list[tuple[str, str, int]], join_chars: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """In time order the files do not matter; nothing is lost, doubled or cut."""
    spread, whole = (Corpus(tmp_path_factory.mktemp(name)) for name in ("spread", "whole"))
    rows = [
        (place, talk(text, k=key, at=at)) for at, (key, text, place) in enumerate(sorted(talks))
    ]
    put(whole, "0.jsonl", *(row for _, row in rows))
    for number in {place for place, _ in rows}:
        put(spread, f"{number}.jsonl", *(row for place, row in reversed(rows) if place == number))

    def read(corpus: Corpus) -> dict[str, str]:
        own = {"group_field": "k", "time_field": "at", "join_chars": join_chars}
        return {name.split("#", 1)[1]: text for name, text in texts(corpus, **own).items()}

    found = read(spread)
    assert found == read(whole)
    pieces = [piece for text in found.values() for piece in text.split("\n-----\n\n")]
    assert sorted(pieces) == sorted(f"A: {text}\n" for _, text, _ in talks)
    assert all(len(t) <= join_chars for t in found.values() if "-----" in t)
