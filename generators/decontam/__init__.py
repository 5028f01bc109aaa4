"""Decontamination: what a text shares with the prompts of benchmarks, word for word.

    prompts.read -> index.build -> overlap.find -> overlap.cut, or the document is dropped

`firewall` is the same for the wordings of well-known long-context benchmarks, built in as hashes.
What is shared is n words (or tokens) in a row; what is said in other words is not found.
"""
