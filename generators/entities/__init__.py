"""What in a running text can be pointed at: names of persons, and runs of words that stand once.

`names` finds names by their capitals; `runs` finds quotes that have one place. Both go over the
whole text with compiled patterns, and decide nothing about what a task asks.
"""
