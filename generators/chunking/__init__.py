"""Chunking: where a document that is longer than a row may be cut, and where it is cut."""
