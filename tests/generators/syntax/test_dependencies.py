"""Dependencies: every file is a key; languages are kept apart."""

from generators.syntax.dependencies import dependencies


def test_files_refer_to_files() -> None:
    texts = {"app.py": "import store, os\nimport app", "store.py": "", "README.md": "import store"}
    assert dependencies(texts) == {"README.md": (), "app.py": ("store.py",), "store.py": ()}


def test_languages_do_not_answer_for_each_other() -> None:
    texts = {"a.py": "import b", "b.js": "", "b.ts": "import './a'", "c.c": '#include "a.py"'}
    assert dependencies(texts) == dict.fromkeys(texts, ())


def test_javascript_and_typescript_are_one_family() -> None:
    texts = {"a.js": "import './b'", "b.tsx": "import './c'", "c.ts": ""}
    assert dependencies(texts) == {"a.js": ("b.tsx",), "b.tsx": ("c.ts",), "c.ts": ()}


def test_c_headers_of_a_cpp_repository_are_one_family() -> None:
    texts = {"a.cc": '#include "b.h"', "b.h": '#include "c.h"', "c.h": ""}
    assert dependencies(texts) == {"a.cc": ("b.h",), "b.h": ("c.h",), "c.h": ()}


def test_a_go_package_is_a_group_of_its_own() -> None:
    texts = {"go.mod": "module m", "a.go": 'package a\nimport "m/b"', "b/x.go": "package b"}
    assert dependencies(texts) == {
        "a.go": ("b/",),
        "b/": ("b/x.go",),
        "b/x.go": (),
        "go.mod": (),
    }
