"""What the model is trained on is what the row says: its targets, and each document by itself."""

import sys

import numpy as np
import pytest
import torch  # noqa: TID251 - the room under test makes tensors
from hypothesis import given
from hypothesis import strategies as st

from pipelines.feed.collate import collate_for_transformers, collate_with_positions, flatten

ROW = {
    "input_ids": [5, 6, 7, 2, 8, 9, 2, 0, 0, 0],
    "seq_lengths": [4, 3, 3],
    "target_mask": None,
    "position_ids": None,
    "num_pad": 3,
    "row_id": 17,
}
MASKED = {
    "input_ids": [11, 12, 13, 14, 15, 16, 17, 18, 19, 20],
    "seq_lengths": [6, 4],
    "target_mask": [False, False, False, True, True, False, False, True, True, True],
    "position_ids": None,
    "num_pad": 0,
    "row_id": 18,
}


@pytest.fixture(scope="module", params=["sdpa", "eager"])
def model(request):
    return tiny_llama(request.param)


def tiny_llama(attention):
    """Two layers of random weights, large enough that any leak moves the logits."""
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=32,
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=2,
        max_position_embeddings=64,
        initializer_range=1.0,
        attn_implementation=attention,
    )
    return LlamaForCausalLM(config).eval()


def logits(model, *rows):
    with torch.no_grad():
        return model(**collate_for_transformers(rows)).logits[0]


def test_a_row_by_eye():
    flat = flatten([ROW])
    assert flat.input_ids.tolist() == [5, 6, 7, 2, 8, 9, 2, 0, 0, 0]
    assert flat.labels.tolist() == [-100, 6, 7, 2, -100, 9, 2, -100, -100, -100]
    assert flat.position_ids.tolist() == [0, 1, 2, 3, 0, 1, 2, 0, 1, 2]
    assert flat.boundaries.tolist() == [0, 4, 7, 10]
    assert flat.longest == 4


def test_labels_need_no_torch(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)  # from here on, importing it is an error
    assert flatten([ROW]).longest == 4
    with pytest.raises(ImportError):
        collate_for_transformers([ROW])


def test_a_masked_row_by_eye():
    expected = [-100, -100, -100, 14, 15, -100, -100, 18, 19, 20]
    assert flatten([MASKED]).labels.tolist() == expected


def test_rows_lie_back_to_back_in_one_sequence():
    batch = collate_for_transformers([ROW, MASKED])
    assert batch["input_ids"].shape == batch["labels"].shape == (1, 20)
    assert batch["position_ids"][0, 10:].tolist() == [0, 1, 2, 3, 4, 5, 0, 1, 2, 3]
    assert batch["cu_seq_lens_q"].tolist() == [0, 4, 7, 10, 16, 20]
    assert batch["cu_seq_lens_q"].dtype == batch["cu_seq_lens_k"].dtype == torch.int32
    assert batch["max_length_q"] == batch["max_length_k"] == 6
    assert "attention_mask" not in batch
    assert batch["use_cache"] is False


def test_arrays_give_what_lists_give():
    arrays = {key: np.asarray(value) for key, value in MASKED.items() if value is not None}
    flat = flatten([{**MASKED, **arrays, "position_ids": None}])
    assert flat.labels.tolist() == flatten([MASKED]).labels.tolist()


def test_the_mask_of_the_row_stays_as_it_was():
    mask = np.ones(10, dtype=np.bool_)
    assert flatten([{**MASKED, "target_mask": mask}]).labels[0] == -100
    assert mask.all()


@given(st.lists(st.integers(1, 9), min_size=1, max_size=9))
def test_every_segment_starts_at_zero_and_without_a_target(lengths):
    ids = list(range(1, sum(lengths) + 1))
    row = {**ROW, "input_ids": ids, "seq_lengths": lengths, "num_pad": 0}
    flat = flatten([row])
    assert flat.position_ids.tolist() == [i for length in lengths for i in range(length)]
    expected = [-100 if p == 0 else i for i, p in zip(ids, flat.position_ids, strict=True)]
    assert flat.labels.tolist() == expected


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"position_ids": [0] * 10}, "row 17 has position_ids that fall or repeat inside"),
        ({"position_ids": [0, 1, 2, 3, 0, 2, 1, 0, 1, 2]}, "that fall or repeat inside"),
        ({"position_ids": [0, 1]}, "row 17 has 10 tokens and 2 position_ids"),
        ({"seq_lengths": [4, 3]}, "row 17 has 10 tokens, but its seq_lengths add up to 7"),
        ({"seq_lengths": [10, 0]}, "with a least of 0"),
        ({"target_mask": [True]}, "row 17 has 10 tokens and a target_mask of 1"),
    ],
)
def test_a_row_that_cannot_be_fed_is_refused_by_name(change, message):
    with pytest.raises(ValueError, match=message):
        flatten([{**ROW, **change}])


def test_a_missing_column_is_refused_by_name():
    with pytest.raises(ValueError, match="row 0 has no num_pad, target_mask; keep these columns"):
        flatten([{"input_ids": [1], "seq_lengths": [1]}])


def test_no_rows_are_refused():
    with pytest.raises(ValueError, match="at least one"):
        flatten([])


@pytest.mark.parametrize("segment", [0, 1, 2, 3, 4], ids=["0", "1", "padding", "3", "4"])
def test_a_changed_document_moves_no_other_document(model, segment):
    bounds = [0, 4, 7, 10, 16, 20]
    first, last = bounds[segment], bounds[segment + 1]
    rows = [ROW, MASKED]
    changed = [{**row, "input_ids": list(row["input_ids"])} for row in rows]
    for at in range(first, last):
        ids = changed[at // 10]["input_ids"]
        ids[at % 10] = (ids[at % 10] + 7) % 32
    moved = (logits(model, *rows) - logits(model, *changed)).abs().amax(dim=-1)
    inside = torch.zeros(20, dtype=torch.bool)
    inside[first:last] = True
    assert moved[inside].min() > 1e-3
    assert moved[~inside].max() == 0


def test_a_document_in_a_row_has_the_logits_it_has_alone(model):
    alone = {**ROW, "input_ids": [8, 9, 2], "seq_lengths": [3], "num_pad": 0}
    torch.testing.assert_close(logits(model, ROW)[4:7], logits(model, alone), rtol=0, atol=1e-5)


JUMPS = {**MASKED, "position_ids": [0, 1, 2, 20, 21, 22, 0, 1, 30, 31]}
"""Two documents, each in two chunks far apart, as PoSE numbers them."""


def placed(model, row):
    """The logits of a row with positions of its own."""
    attention = model.config._attn_implementation
    with torch.no_grad():
        return model(**collate_with_positions([row], attention=attention)).logits[0]


def test_positions_by_eye():
    flat = flatten([ROW, JUMPS])
    assert flat.position_ids.tolist()[7:] == [0, 1, 2, *JUMPS["position_ids"]]
    assert flat.boundaries.tolist() == [0, 4, 7, 10, 16, 20]
    mask = collate_with_positions([ROW], attention="sdpa")["attention_mask"]
    assert mask.shape == (1, 1, 10, 10)
    rows = ["".join("x" if seen else "." for seen in line) for line in mask[0, 0].tolist()]
    assert rows[3:7] == ["xxxx......", "....x.....", "....xx....", "....xxx..."]


def test_flash_attention_is_told_boundaries_and_gets_no_mask():
    batch = collate_with_positions([JUMPS], attention="flash_attention_2")
    assert "attention_mask" not in batch
    assert batch["cu_seq_lens_q"].tolist() == [0, 6, 10]
    assert batch["max_length_k"] == 6
    assert batch["position_ids"][0].tolist() == JUMPS["position_ids"]


def test_on_the_path_without_a_mask_rows_with_positions_are_refused_by_name():
    match = "row 18 has position_ids of its own.*every jump.*collate_with_positions"
    with pytest.raises(ValueError, match=match):
        collate_for_transformers([ROW, JUMPS])


def test_a_jump_does_not_cut_a_document_and_a_boundary_does(model):
    """A changed first token moves all of its document, beyond the jump too, and no other."""
    changed = {**JUMPS, "input_ids": [30, *JUMPS["input_ids"][1:]]}
    moved = (placed(model, JUMPS) - placed(model, changed)).abs().amax(dim=-1)
    assert moved[:6].min() > 1e-3
    assert moved[6:].max() == 0


def test_a_document_with_jumps_has_the_logits_that_it_has_alone(model):
    """Alone it may have the mask of ones with which transformers reads no boundary."""
    alone = torch.tensor([JUMPS["input_ids"][:6]])
    with torch.no_grad():
        expected = model(
            input_ids=alone,
            position_ids=torch.tensor([JUMPS["position_ids"][:6]]),
            attention_mask=torch.ones_like(alone),
            use_cache=False,
        ).logits[0]
    found = placed(model, JUMPS)[:6]
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-5)
    assert (found - placed(model, MASKED)[:6]).abs().max() > 1e-3  # positions do arrive


def test_rows_without_positions_have_the_same_logits_either_way(model):
    torch.testing.assert_close(placed(model, ROW), logits(model, ROW), rtol=0, atol=1e-5)


def mean_loss(model, row):
    """The loss of one row, target by target, each document run alone."""
    mask = row["target_mask"] or [True] * (10 - row["num_pad"]) + [False] * row["num_pad"]
    losses, start = [], 0
    for length in row["seq_lengths"]:
        ids = torch.tensor(row["input_ids"][start : start + length])
        with torch.no_grad():
            scores = model(input_ids=ids[None], use_cache=False).logits[0].log_softmax(dim=-1)
        losses += [-scores[i - 1, ids[i]] for i in range(1, length) if mask[start + i]]
        start += length
    return float(torch.stack(losses).mean())


@pytest.mark.parametrize("row", [ROW, MASKED], ids=["null mask", "mask"])
def test_the_loss_of_the_model_counts_targets_alone(model, row):
    with torch.no_grad():
        loss = model(**collate_for_transformers([row])).loss
    assert float(loss) == pytest.approx(mean_loss(model, row), abs=1e-5)


def tiny_tokenizer():
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from transformers import PreTrainedTokenizerFast

    words = Tokenizer(WordLevel({f"w{i}": i for i in range(32)}, "w0"))
    special = dict.fromkeys(("eos_token", "pad_token"), "w2")
    return PreTrainedTokenizerFast(tokenizer_object=words, **special)


def test_sft_trainer_takes_rows_and_its_loss_is_that_of_the_targets(tmp_path):
    from datasets import Dataset
    from trl import SFTConfig, SFTTrainer

    model = tiny_llama("sdpa")
    rows = [ROW, MASKED, {**MASKED, "row_id": 19}, {**ROW, "row_id": 20}]
    expected = [mean_loss(model, ROW), mean_loss(model, MASKED)]
    trainer = SFTTrainer(
        model=model,
        args=SFTConfig(
            output_dir=str(tmp_path),
            max_steps=2,
            per_device_train_batch_size=1,
            learning_rate=0.0,
            logging_steps=1,
            train_sampling_strategy="sequential",
            remove_unused_columns=False,
            dataset_kwargs={"skip_prepare_dataset": True},
            max_length=None,
            use_cpu=True,
            bf16=False,
            activation_checkpointing=False,
            report_to="none",
            save_strategy="no",
        ),
        train_dataset=Dataset.from_list(rows),
        data_collator=collate_for_transformers,
        processing_class=tiny_tokenizer(),
    )
    trainer.train()
    losses = [entry["loss"] for entry in trainer.state.log_history if "loss" in entry]
    assert losses == pytest.approx(expected, abs=1e-3)
    assert abs(expected[0] - expected[1]) > 0.1
