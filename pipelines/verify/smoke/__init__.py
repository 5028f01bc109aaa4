"""Smoke training: whether a small decoder learns long contexts from a mix."""
