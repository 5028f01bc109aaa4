"""Shortcuts: how often an answer can be guessed without reading what the question asks about.

`shapes` says what an answer looks like, `candidates` finds everything in the text that looks the
same, `surprise` measures how odd a line is among its neighbours, `guesses` lets rules of thumb
choose, `bounds` says how often a rule may be right, `gates` puts the samples of a task together.
Pure functions over texts and numbers; nothing here knows a task, a token or a file.
"""
