"""What the keys of a recipe cannot mean together is refused as a sentence."""

from typing import Any

import pytest

from pipelines.plan.recipe import check_recipe
from schemas.errors import RecipeError

BASE: dict[str, Any] = {
    "inputs": ".",
    "tokenizer": "train",
    "sources": {"novels": {"kind": "book"}, "web": {"kind": "page"}},
}


def stages(**second: Any) -> list[dict[str, Any]]:
    return [
        {"name": "a", "seq_len": 8192, "tokens": "1M"},
        {"name": "b", "seq_len": 32768, "tokens": "1M", **second},
    ]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"shares": [{"sources": ["novel"], "share": 1}]}, r"'novel' is no source.*mean 'novels'"),
        (
            {"shares": [{"kinds": ["repo"], "share": 0.3}]},
            r"shares\[0\]: asks for 30% of kind repo, and no source is of it \(they are book, page",
        ),
        ({"preset": "prolong"}, "asks for 30% of kind repo"),
        ({"preset": "gpt"}, "preset: 'gpt' is none of prolong"),
        (
            {"shares": [{"at_least": 65536, "below": "row", "share": 1}]},
            "no document has 65,536 tokens or more and fewer than 32,768",
        ),
        (
            {"stages": stages(shares=[{"kinds": ["repo"], "share": 1}])},
            r"stages\[1\]\.shares\[0\]: asks for",
        ),
        ({"stages": stages(share=0.5)}, r"stages\[1\]: has `share` and `tokens`; leave one"),
        (
            {"stages": [{"name": n, "seq_len": 512, "share": 0.7} for n in "ab"]},
            r"stages: the shares add up to 1\.4 of the mix",
        ),
        ({"stages": stages(claims=65536)}, r"stages\[1\]\.claims: 65,536 tokens are more than the"),
        ({"stages": stages(replay=0.1)}, r"stages\[1\]\.replay: .* allow a second with max_epochs"),
        (
            {"stages": [{"name": "a", "seq_len": 8192, "replay": 0.1}], "max_epochs": 2},
            "nothing comes before the first stage",
        ),
        (
            {"stages": stages(rope_mode="original", original={"share": 0.1, "window": 8192})},
            "all rows of this stage are original",
        ),
        (
            {"stages": stages(original={"share": 0.1, "window": 65536})},
            r"original\.window: 65,536 tokens; it must have room for a fragment of 64 and be no",
        ),
        ({"boundaries": "related"}, "the packer is best_fit; write packer=related"),
        (
            {"boundaries": "none", "fragment_positions": "continue", "pos_target_len": "1M"},
            "write fragment_positions=restart or boundaries=document",
        ),
        ({"segment_multiple": 16, "extra_token": True}, "turn extra_token off"),
        ({"segment_multiple": 16, "bos": "row"}, "turn bos off"),
        ({"segment_multiple": 16, "eos_on_fragments": True}, "turn eos_on_fragments off"),
        ({"segment_multiple": 24}, "rows of stage 'main' have 32,768 tokens, which is no multiple"),
        (
            {"segment_multiple": 16384},
            "have 32,768 tokens, and must have four multiples of 16384 at least",
        ),
        ({"positions": "pose"}, "pos_target_len: is not given, and pose spreads rows of stage"),
        ({"max_uses": 3}, "leave max_uses out"),
        (
            {"max_uses": 2, "max_epochs": 2, "haystack_reuse": "shared"},
            "2 leaves nothing for haystacks .* allow 3 at least",
        ),
    ],
)
def test_what_cannot_be_is_a_sentence(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(RecipeError, match=sentence):
        check_recipe({**BASE, **changes}, "r.yaml")


def test_what_can_be_is_let_through() -> None:
    recipe = check_recipe(
        {
            **BASE,
            "max_epochs": 2,
            "segment_multiple": 16,
            "shares": [{"kinds": ["book"], "at_least": "row", "share": 0.3}],
            "stages": stages(claims=16384, replay=0.2, original={"share": 0.2, "window": 4096}),
        },
        "r.yaml",
    )
    assert recipe.stages[1].claims == 16384
