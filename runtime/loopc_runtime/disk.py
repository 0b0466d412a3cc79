"""File operations that survive a crash: what they return from has reached the disk."""

import hashlib
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

FileFacts = dict[str, int | str]


class Disk:
    """The durable file operations that checkpoints are made of."""

    def make_folder(self, path: Path) -> None:
        """Make a folder that must not exist yet."""
        path.mkdir(parents=True)

    def write(self, path: Path, parts: Iterable[bytes | memoryview]) -> FileFacts:
        """Write and flush a new file; return its size and sha256."""
        digest, size = hashlib.sha256(), 0
        with path.open("xb") as file:
            for part in parts:
                file.write(part)
                digest.update(part)
                size += len(part)
            file.flush()
            os.fsync(file.fileno())
        return {"size": size, "sha256": digest.hexdigest()}

    def flush_folder(self, path: Path) -> None:
        """Flush a folder's list of names."""
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def rename(self, source: Path, target: Path) -> None:
        """Rename; atomic within a file system."""
        source.rename(target)

    def remove(self, path: Path) -> None:
        """Remove a folder and all in it."""
        shutil.rmtree(path)

    def free_bytes(self, path: Path) -> int:
        """Return how many bytes can still be written below `path`."""
        return shutil.disk_usage(path).free


def replace_file(path: Path, text: str) -> None:
    """Write a text file so that at every moment it is the old or the new one."""
    aside = path.with_name(f".tmp-{path.name}")
    with aside.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)
    Disk().flush_folder(path.parent)
