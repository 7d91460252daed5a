"""A text of millions of lines, block after block: one record a line, each line decoded by itself where it must be."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from maillage.catalog import reasons

BLOCK_BYTES = 32 << 20
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True, slots=True)
class Block:
    """Whole lines of a file: the number of the first (1 for the header), and their text.

    ``undecoded`` gives, by rank in ``lines``, why a line is not a text. ``cp1252`` counts the lines read as
    Windows-1252 because they are not UTF-8, ``accented`` those that are UTF-8 and not plain ASCII in the same blocks.
    """

    first: int
    lines: list[str]
    undecoded: dict[int, str]
    cp1252: int = 0
    accented: int = 0


def blocks(path: Path, *, block_bytes: int = BLOCK_BYTES) -> Iterator[Block]:
    """The lines of a file in blocks of about ``block_bytes``; a line end ends a record, even between quotes."""
    with path.open("rb") as stream:
        start = stream.read(3)
    if start[:2] in _UTF16:
        yield from _utf16_blocks(path, block_bytes)
        return
    first = 1
    with path.open("rb") as stream:
        stream.seek(3 if start == codecs.BOM_UTF8 else 0)
        while data := stream.read(block_bytes):
            block = _decoded(first, data + stream.readline())
            yield block
            first += len(block.lines)


def _utf16_blocks(path: Path, block_bytes: int) -> Iterator[Block]:
    first = 1
    with path.open(encoding="utf-16", errors="replace", newline="") as stream:
        while text := stream.read(block_bytes // 2):
            lines = _split(text + stream.readline())
            yield Block(first, lines, {})
            first += len(lines)


def _split(text: str) -> list[str]:
    return text.removesuffix("\n").replace("\r\n", "\n").removesuffix("\r").split("\n")


def _decoded(first: int, data: bytes) -> Block:
    try:
        return Block(first, _split(data.decode()), {})
    except UnicodeDecodeError:
        return _line_by_line(first, data.removesuffix(b"\n").split(b"\n"))


def _line_by_line(first: int, found: list[bytes]) -> Block:
    lines, undecoded, cp1252, accented = [], {}, 0, 0
    for rank, cell in enumerate(found):
        try:
            lines.append(cell.decode().removesuffix("\r"))
            accented += not cell.isascii()
        except UnicodeDecodeError:
            try:
                lines.append(cell.decode("cp1252").removesuffix("\r"))
                cp1252 += 1
            except UnicodeDecodeError as problem:
                lines.append(cell.decode("latin-1").removesuffix("\r"))
                undecoded[rank] = reasons.UNDECODED.en.format(byte=f"0x{cell[problem.start]:02x}")
    return Block(first, lines, undecoded, cp1252, accented)
