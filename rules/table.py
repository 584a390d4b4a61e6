"""What a reader makes of an attachment: paragraphs and tables, whatever format they came in, and how it went."""

from dataclasses import dataclass, field
from typing import Literal

# Stands in the text for a box whose state the program that saved the file did not keep.
LOST_BOX = "⍰"


@dataclass(frozen=True, slots=True)
class Para:
    """One paragraph of text; line breaks inside it are newlines. `where` says where it stood ("p 3").

    `marked` holds the pieces set off by underlining, bold or highlighting: people mark a choice so.
    """

    text: str
    where: str = ""
    marked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table: its blocks (it may hold tables), how many columns it spans.

    `continued` is True for the lower part of a vertically merged cell: it repeats no text.
    """

    blocks: tuple["Block", ...]
    colspan: int = 1
    continued: bool = False

    @property
    def text(self) -> str:
        """All the text in the cell, nested tables included, lines joined with newlines."""
        return "\n".join(part for part in map(text_of, self.blocks) if part)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells. `where` says where the table stood ("table 2")."""

    rows: tuple[tuple[Cell, ...], ...]
    where: str = ""


Block = Para | Table


def text_of(block: Block) -> str:
    """Return all the text of a block, one line for each paragraph or row."""
    if isinstance(block, Para):
        return block.text
    return "\n".join("\t".join(cell.text for cell in row) for row in block.rows)


@dataclass(frozen=True, slots=True)
class Reading:
    """What became of one attachment. `sha256` is the attachment's own.

    `status`: `read` (blocks are what it says) · `not_a_form` (a kind of file that holds no text: a picture, a
    signature) · `unreadable` (see `reason`) . `reason` is a code: `damaged`, `empty`, `password`, `too_large`,
    `too_slow`, `bomb`, `volume` (a piece of an archive), `format` (no reader for it), `tool` (its reader needs a program that is not installed), `scan` (its
    pages are pictures; of a file that was read: some are), `crashed`; for `not_a_form` it is `picture`, `signature` or
    `not_text`. `container` names what it was taken out of. A container's own reading has `members`, one for each
    file inside, whose `sha256` are those of the inner files; its blocks are empty. `draft`: a machine read it off a
    picture, so any letter of it may be wrong without a sign; `pages` are small pictures (JPEG) of what it read. `signers` are the names in the certificates of its signatures,
    "?" for a certificate without one; no signature is ever verified.
    """

    sha256: str
    status: Literal["read", "not_a_form", "unreadable"]
    reader: str = ""
    reason: str = ""
    container: str = ""
    blocks: tuple[Block, ...] = field(default=(), repr=False)
    signers: tuple[str, ...] = ()
    members: tuple["Reading", ...] = field(default=(), repr=False)
    draft: bool = False
    pages: tuple[bytes, ...] = field(default=(), repr=False, compare=False)

    @property
    def leaves(self) -> tuple["Reading", ...]:
        """The reading itself, or those of the files inside a container, in order."""
        if not self.members:
            return (self,)
        return tuple(leaf for member in self.members for leaf in member.leaves)

    @property
    def signature(self) -> str:
        """The signers' names in one line, "" when nobody signed the file itself."""
        return ", ".join(self.signers)

    @property
    def signed_by(self) -> tuple[str, ...]:
        """Who signed the file or, in a container, any file inside; "" is never among them."""
        inner = (name for member in self.members for name in member.signed_by)
        return tuple(dict.fromkeys((*self.signers, *inner)))
