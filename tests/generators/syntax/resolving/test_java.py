"""Java: which files an import and the names of a package mean."""

import pytest

from generators.syntax.imports import references
from generators.syntax.resolving.java import resolve


def resolved(texts: dict[str, str], path: str) -> list[str]:
    said = {path: references(text, "java") for path, text in texts.items()}
    return [target for source, target in resolve(said, texts) if source == path]


TEXTS = {
    "src/a/One.java": "package a; class One {}",
    "src/a/Two.java": "package a; class Two {}",
    "src/b/Far.java": "package b; class Far { class In {} static int max; }",
    "src/b/Other.java": "package b; class Other {}",
    "Bare.java": "class Bare {}",
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("package a; class X extends One { Two t; }", ["src/a/One.java", "src/a/Two.java"]),
        ("package a; class X { int i = Two.count(); }", ["src/a/Two.java"]),
        ("package a; class X { Far f; }", []),
        ("package a; import b.Far; class X {}", ["src/b/Far.java"]),
        ("package a; import b.Far.In; class X {}", ["src/b/Far.java"]),
        ("package a; import static b.Far.max; class X {}", ["src/b/Far.java"]),
        ("package a; import static b.Far.*; class X {}", ["src/b/Far.java"]),
        ("package a; import b.*; class X { Other o; }", ["src/b/Other.java"]),
        ("package a; import java.util.List; class X { List l; }", []),
        ("class X { Bare b; }", ["Bare.java"]),
    ],
)
def test_names_mean_files(text: str, expected: list[str]) -> None:
    assert resolved({**TEXTS, "src/a/X.java": text}, "src/a/X.java") == expected


def test_of_several_modules_of_a_build_the_nearest_answers() -> None:
    texts = {f"{module}/a/One.java": "package a; class One {}" for module in ("core", "web")}
    texts["web/a/X.java"] = "package a; class X { One o; }"
    assert resolved(texts, "web/a/X.java") == ["web/a/One.java"]
