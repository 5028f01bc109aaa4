"""A mix on an object store holds the same rows: inputs, store and output on a local S3 server."""

import io
import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import boto3
import pyarrow.parquet as pq
import pytest
from moto.server import ThreadedMotoServer

RECIPE = """
name: far
inputs: .
tokenizer: train
train: {vocab_size: 512}
seq_len: 1024
sources:
  notes: {kind: book, reader: text, files: "*.txt"}
tasks:
  needle: {share: 0.2, lengths: [768]}
"""


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Yield the options that lead to a bucket named `mixes` on a server of our own."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    client = boto3.client("s3", endpoint_url=f"http://{host}:{port}", region_name="us-east-1")
    client.create_bucket(Bucket="mixes")
    yield f"?endpoint_override={host}:{port}&scheme=http&region=us-east-1"
    server.stop()


def longmix(*words: str) -> dict[str, object]:
    """Run the command with --json, expect exit 0, and return its answer."""
    command = [sys.executable, "-m", "pipelines.cli", words[0], "--json", *words[1:]]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    answer: dict[str, object] = json.loads(done.stdout)
    return answer


def test_a_mix_on_an_object_store_has_the_same_rows(bucket: str, tmp_path: Path) -> None:
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text(RECIPE)
    books = tmp_path / "books"
    books.mkdir()
    endpoint = bucket.partition("=")[2].partition("&")[0]
    client = boto3.client("s3", endpoint_url=f"http://{endpoint}", region_name="us-east-1")
    for number in range(3):
        text = "".join(f"Line {line} of note {number}: all was well.\n" for line in range(400))
        (books / f"note-{number}.txt").write_text(text)
        client.upload_file(str(books / f"note-{number}.txt"), "mixes", f"books/note-{number}.txt")
    far = f"s3://mixes/mix{bucket}"
    longmix("build", str(recipe), "--out", far, f"inputs=s3://mixes/books{bucket}")
    longmix("build", str(recipe), "--out", str(tmp_path / "mix"), f"inputs={books}")
    assert longmix("verify", far)["passed"]
    assert longmix("status", far)["state"] == "complete"
    near = json.loads((tmp_path / "mix" / "manifest.json").read_text())
    body = client.get_object(Bucket="mixes", Key="mix/manifest.json")["Body"].read()
    there = json.loads(body)
    assert endpoint not in body.decode()
    assert there["recipe"]["inputs"] == "s3://mixes/books"
    assert there["totals"] == near["totals"]
    shard = "data/main/main-00000.parquet"
    body = client.get_object(Bucket="mixes", Key=f"mix/{shard}")["Body"].read()
    rows, ours = pq.read_table(io.BytesIO(body)), pq.read_table(tmp_path / "mix" / shard)
    # Documents behind a URI are known by the whole of it; their tokens are the same.
    assert rows["row_digest"] == ours["row_digest"]
    assert rows["input_ids"] == ours["input_ids"]
