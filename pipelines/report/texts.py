"""The cleaned text of every document that a mix uses, one file each, so that anyone can check."""

from pipelines.files import open_folder, resolve, store_of
from pipelines.shards.mix import Mix, open_mix
from pipelines.store.texts import StoredTexts
from schemas.errors import IdentityError

UNFINISHED = ".unfinished"
"""Below the folder of texts: what is being written; gone when all are there."""


def used_documents(mix: Mix) -> list[str]:
    """Return the doc_ids of natural spans and haystacks, sorted."""
    spans = mix.read("plan/spans.parquet", ["doc_id", "source"])
    natural = {
        doc_id
        for doc_id, source in zip(
            spans["doc_id"].to_pylist(), spans["source"].to_pylist(), strict=True
        )
        if not source.startswith("task:")
    }
    haystacks = mix.table("samples", ["haystack"])["haystack"].to_pylist()
    return sorted(natural | {piece["doc_id"] for pieces in haystacks for piece in pieces})


def write_texts(name: str, target: str, *, store: str | None) -> int:
    """Write `<number>.txt` for each used document and return how many there are.

    Raises IdentityError when the store does not hold a text with the document's sha256.
    """
    mix = open_mix(name)
    texts = StoredTexts(open_folder(store_of(name, store)))
    columns = [
        column.to_pylist() for column in mix.table("documents", ["doc_id", "sha256"]).columns
    ]
    sha256 = dict(zip(*columns, strict=True))
    folder = open_folder(target, scratch=f"{resolve(target)[1]}/{UNFINISHED}")
    wanted = used_documents(mix)
    for number, doc_id in enumerate(wanted):
        data = texts.read(sha256[doc_id])
        if data is None:
            raise IdentityError(
                f"{doc_id}: the store has no text of its sha256; name the store with --store, or "
                "build the mix again"
            )
        folder.write(f"{number:06d}.txt", data, moment="texts.text")
    folder.remove(UNFINISHED)
    return len(wanted)
