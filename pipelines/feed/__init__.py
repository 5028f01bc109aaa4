"""Rows of a mix into the batches that a training step takes.

Runs on the training node, so nothing here reaches Ray, a tokenizer or `datasets`. torch is
imported where tensors are made and nowhere before.
"""
