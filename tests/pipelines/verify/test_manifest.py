"""A manifest has every key that the format names, and no path of the machine it was made on."""

import pytest

from pipelines.verify.findings import Findings
from pipelines.verify.manifest import check_manifest
from tests.pipelines.verify.broken import Broken, Change

MANIFEST: list[tuple[str, Change, set[str]]] = [
    ("schema", lambda m: m.update(schema="longmix.manifest/0"), {"manifest.schema"}),
    ("no totals", lambda m: m.pop("totals"), {"manifest.keys"}),
    ("no engine", lambda m: m["tokenizer"].pop("engine"), {"manifest.keys"}),
    ("no shard", lambda m: m["shards"].append(3), {"manifest.keys"}),
    ("a path of 3", lambda m: m["files"][0].update(path=3), {"manifest.keys"}),
    ("true bytes", lambda m: m["inputs"][0].update(bytes=True), {"manifest.keys"}),
    ("stage", lambda m: m["recipe"]["stages"][0].pop("seq_len"), {"manifest.keys"}),
    ("source", lambda m: m["recipe"]["sources"].update(more=None), {"manifest.keys"}),
    ("path", lambda m: m["inputs"][0].update(uri="/data/books/0.txt"), {"manifest.portable"}),
    ("windows", lambda m: m["inputs"][0].update(uri="C:\\books\\0.txt"), {"manifest.portable"}),
]


@pytest.mark.parametrize(("change", "checks"), [pytest.param(c, k, id=n) for n, c, k in MANIFEST])
def test_manifest_that_breaks_a_rule_is_named(
    mix: Broken, change: Change, checks: set[str]
) -> None:
    mix.edit_manifest(change)
    assert mix.failures() == checks


def test_manifest_that_is_no_object_is_read_no_further() -> None:
    findings = Findings()
    assert not check_manifest(["longmix.manifest/1"], findings)
    assert findings.failed == {"manifest.keys": 1}
