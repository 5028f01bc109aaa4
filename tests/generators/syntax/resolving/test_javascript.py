"""JavaScript and TypeScript: which file a specifier means."""

import pytest

from generators.syntax.imports import references
from generators.syntax.resolving.javascript import resolve


def resolved(texts: dict[str, str], path: str) -> list[str]:
    said = {
        path: references(text, "typescript")
        for path, text in texts.items()
        if not path.endswith(".json")
    }
    return [target for source, target in resolve(said, texts) if source == path]


TEXTS = {
    "web/package.json": '{"name": "@me/web"}',
    "web/src/a.ts": "",
    "web/src/b.tsx": "",
    "web/src/ui/index.js": "",
    "web/src/ui/x.d.ts": "",
    "lib/package.json": '{"name": "@me/lib"}',
    "lib/src/index.ts": "",
    "lib/extra.mjs": "",
    "broken/package.json": "{",
    "list/package.json": "[" * 100_000,
    "number/package.json": '{"name": 1}',
    "empty/package.json": "[]",
}


@pytest.mark.parametrize(
    ("specifier", "expected"),
    [
        ("./a", ["web/src/a.ts"]),
        ("./a.js", ["web/src/a.ts"]),
        ("./b.jsx", ["web/src/b.tsx"]),
        ("./ui", ["web/src/ui/index.js"]),
        ("./ui/x", ["web/src/ui/x.d.ts"]),
        (".", []),
        ("../src/a.ts", ["web/src/a.ts"]),
        ("../../lib/extra.mjs", ["lib/extra.mjs"]),
        ("./no", []),
        ("../../../../a", []),
        ("@/ui/x", ["web/src/ui/x.d.ts"]),
        ("~/src/a", ["web/src/a.ts"]),
        ("ui/x", ["web/src/ui/x.d.ts"]),
        ("src/a", ["web/src/a.ts"]),
        ("@me/lib", ["lib/src/index.ts"]),
        ("@me/lib/extra", ["lib/extra.mjs"]),
        ("@other/lib", []),
        ("a", []),
        ("react", []),
    ],
)
def test_a_specifier_means_a_file(specifier: str, expected: list[str]) -> None:
    texts = {**TEXTS, "web/src/new.ts": f"import '{specifier}';"}
    assert resolved(texts, "web/src/new.ts") == expected


def test_the_folder_itself_is_its_index() -> None:
    texts = {"index.js": "", "a.js": "import '.'", "b/c.js": "import '..'"}
    assert resolved(texts, "a.js") == ["index.js"]
    assert resolved(texts, "b/c.js") == ["index.js"]
