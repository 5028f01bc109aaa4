"""Filters: rules over the documents table. Whole columns come in, a decision a document goes out.

They read no text: what a rule needs was measured before, by the scores.
"""

import numpy as np
import numpy.typing as npt

Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
