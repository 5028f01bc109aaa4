"""Syntax: what a source file says about other files, read from its syntax tree."""
