"""Shards: from spans to rows, from rows to one Parquet file, and back to rows."""
