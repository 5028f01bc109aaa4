"""Check whole row groups at once, as array code that runs alike on numpy and on torch.

    arrays = open_arrays("cuda")                     once, for all groups of a process
    group = TensorGroup.from_table(table)            flat arrays of a row group, not copied
    checked = check_group(group, rules, arrays)      counts and breaches, by the names of rows.py
    sketch = sketch_group(group, rate, arrays)       sampled n-grams and fingerprints, to be joined
    figures = judge_sketches([sketch, ...])          overlap between rows, duplicates

What is as long as the tokens (ids, mask, positions, hashes) runs where `arrays` puts it. What is
as long as segments, spans and needles stays in numpy on the host: it is a thousandth of that, and
a kernel would cost more than it saves. Nothing here decodes but `contamination`, which is handed a
decoder; what only text can decide (`answers.search`) is returned as candidates.
"""
