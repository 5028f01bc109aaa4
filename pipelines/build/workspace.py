"""Where a mix is built: its folder, the work folder beside it, the store, and a lock.

The folder of a mix holds only what is published; markers, temporary files and (by default) the
store stand in `<mix>.work`.
"""

import fcntl
import json
import os
import time
from contextlib import ExitStack, suppress

from pipelines.files import Folder, open_folder, resolve, store_of, work_of
from pipelines.store import Store
from schemas.errors import IdentityError, RecipeError
from schemas.manifest import MANIFEST_SCHEMA

STALE_SECONDS = 24 * 3600
"""Temporary files of a shared store older than this belong to no living attempt."""


def open_folders(out: str, store: str | None) -> tuple[Folder, Folder, Store]:
    """Return the mix, its work folder and the store; none of them need be there yet."""
    _, root = resolve(out)
    if not root.strip("/"):
        raise RecipeError(f"--out {out}: name a folder of its own")
    work = open_folder(work_of(out))
    mix = open_folder(out, scratch=work.scratch)
    kept = open_folder(store_of(out, store))
    if f"{kept.root}/".startswith(f"{mix.root}/"):
        raise RecipeError(f"--store {store}: lies within the mix; name a folder outside {out}")
    return mix, work, Store(kept)


def throw_away(mix: Folder, work: Folder, name: str) -> None:
    """Remove a mix that longmix began, and nothing else; the store stays."""
    if mix.exists() and not (work.exists("identity.json") or _is_mix(mix)):
        raise IdentityError(
            f"{name} holds no mix of longmix, so --overwrite does not touch it; "
            "choose another --out"
        )
    mix.remove()
    for part in ("identity.json", "markers", "plan", "tmp"):
        work.remove(part)


def _is_mix(folder: Folder) -> bool:
    """Say whether a folder's manifest is one of ours: other programs have a manifest.json too."""
    try:
        manifest = json.loads(folder.read("manifest.json"))
    except (FileNotFoundError, ValueError):
        return False
    return isinstance(manifest, dict) and manifest.get("schema") == MANIFEST_SCHEMA


def refuse_strangers(mix: Folder, work: Folder, name: str) -> None:
    """Refuse a folder with files in it that was not begun here."""
    if not work.exists("identity.json") and mix.names():
        raise IdentityError(
            f"{name} is not empty and {work.root} does not say what it was built from; "
            "choose another --out, or --overwrite if it is a mix"
        )


def lock(work: Folder, stack: ExitStack, name: str) -> None:
    """Keep a second driver away while this one lives; a killed driver's lock is free at once."""
    if not work.is_local:
        return
    os.makedirs(work.root, exist_ok=True)
    file = stack.enter_context(open(work.path("lock"), "a"))  # noqa: SIM115 - closed by the stack
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise IdentityError(
            f"another longmix is building {name} right now; wait for it, or end it"
        ) from None


def share(store: Store, stack: ExitStack) -> None:
    """Say that this driver uses the store while it lives, so that no other sweeps it empty."""
    if store.folder.is_local:
        os.makedirs(store.folder.root, exist_ok=True)
        file = stack.enter_context(open(store.folder.path("lock"), "a"))  # noqa: SIM115
        fcntl.flock(file, fcntl.LOCK_SH)


def _nobody_uses(store: Store, stack: ExitStack) -> bool:
    """Keep others out until `stack` closes, or return False when some driver is in there."""
    if not store.folder.is_local or not store.folder.exists("lock"):
        return True
    file = stack.enter_context(open(store.folder.path("lock")))  # noqa: SIM115
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def sweep(work: Folder, store: Store) -> None:
    """Remove what attempts that died left half written: all of ours, of a shared store the old.

    A store within the work folder is ours unless another driver was told to use it and does so
    right now. Only the holder of the lock may call this, and only when it has let go of the store.
    """
    work.remove("tmp")
    with ExitStack() as stack:
        if store.folder.root.startswith(f"{work.root}/") and _nobody_uses(store, stack):
            store.folder.remove("tmp")
            return
    tmp = store.folder.path("tmp")
    if not store.folder.is_local or not os.path.isdir(tmp):
        return
    for entry in os.scandir(tmp):
        with suppress(FileNotFoundError):  # another mix that shares the store was quicker
            if time.time() - entry.stat().st_mtime > STALE_SECONDS:
                os.remove(entry.path)
