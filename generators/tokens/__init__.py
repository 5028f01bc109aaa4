"""Text to ids and back, exactly and fast.

`tokenizer` is the adapter that every other room uses; `train` makes a tokenizer where none is
given. Behind the adapter: `facts` (what a tokenizer.json says), `normal` (its normal form of text),
`engines` (who computes ids), `cuts` (where a long text may be cut), `gate` (proof that an engine is
right) and `bytelevel` (ids back to bytes).
"""
