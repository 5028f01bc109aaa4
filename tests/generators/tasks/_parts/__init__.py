"""Tests of what tasks have beside their own files."""
