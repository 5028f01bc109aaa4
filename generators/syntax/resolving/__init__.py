"""Resolving: which file of the repository a reference means, one module a family of languages.

Each has `resolve(said, texts)`. `said` maps the paths of the family's files to their references,
`texts` all paths to their texts, for what go.mod, Cargo.toml and package.json say. It yields pairs
(path, what it refers to), the latter a path of `said` or, where a language speaks of all files of
a folder at once, a group: the folder's name with a slash, itself the first of such pairs.

A reference that no file of the repository answers is left alone: it belongs to another library.
Each look-up is a look into a dictionary for each part of a name or of a path, never a search.
"""
