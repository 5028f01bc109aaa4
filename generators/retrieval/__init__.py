"""Retrieval: a text cut into passages, the passages most like a query, and an order of them.

`passages` cuts, `quotes` finds what one passage alone says, `bm25` scores the others, and `placing`
fills a room with passages and brings one to its depth.
"""
