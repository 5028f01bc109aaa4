"""Attention at lengths that a model was not trained for: what methods without training do to it.

Nothing here attends. The functions say which relative position, which mask, which factor or which
entropy a method gives, in numpy and small enough to read; a kernel of your own can be compared with
them. None of it is a column of a mix: these methods live in the model.

    self_extend     far tokens share positions, near ones keep theirs
    dual_chunk      positions start again in every chunk
    shifted_groups  LongLoRA's attention in groups, half of the heads shifted
    temperature     factors on the logits against the spreading of attention
    entropy         how much it spreads
"""

from typing import Any

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.integer[Any]]
BoolArray = npt.NDArray[np.bool_]
Float64 = npt.NDArray[np.float64]
