"""Files that are damaged where it shows only while they are used."""

from pathlib import Path

_PAGE = 4096


def damage(path: Path) -> None:
    """Overwrite all of a database but what says which tables it has, so that it still opens."""
    whole = path.read_bytes()
    pages = [whole[at : at + _PAGE] for at in range(_PAGE, len(whole), _PAGE)]
    damaged = (page if b"CREATE " in page else b"\x5a" * _PAGE for page in pages)
    path.write_bytes(whole[:_PAGE] + b"".join(damaged))
