import pytest
from pydantic import ValidationError

from schemas.cluster_spec import ClusterSpec, ModelSpec


def test_the_default_model_is_of_eight_billion_parameters() -> None:
    # Llama 3 8B: 8.03e9 parameters, of which 128,256 * 4,096 are input embeddings.
    assert ModelSpec().num_params == pytest.approx(8.03e9 - 128_256 * 4096, rel=0.01)


def test_ranks_work_on_equally_many_rows() -> None:
    assert ClusterSpec(ranks=8, rows_per_step=64).split == "zigzag"
    with pytest.raises(ValidationError, match="must be a multiple of the 8 ranks"):
        ClusterSpec(ranks=8, rows_per_step=60)
