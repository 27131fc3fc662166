"""XML from a device into a plain tree, by names without namespaces (the OASIS draft changed the namespace, not the names)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat

from devices.errors import DeviceFormatError

MOST_BYTES: Final = 48_000_000
MOST_DEPTH: Final = 12
MOST_NODES: Final = 4_000
MOST_SMALL_TEXT: Final = 4_096
LARGE: Final = frozenset({"sensorData"})


@dataclass(slots=True)
class Node:
    """One element: its local name, its own text, its children."""

    name: str
    text: str = ""
    children: list[Node] = field(default_factory=list)

    def child(self, name: str) -> Node | None:
        """Return the first child called `name`."""
        return next((c for c in self.children if c.name == name), None)

    def text_of(self, name: str) -> str:
        """Return the stripped text of the first child called `name`, empty when there is none."""
        found = self.child(name)
        return found.text.strip() if found is not None else ""


class _Builder:
    def __init__(self) -> None:
        self.root: Node | None = None
        self._path: list[tuple[Node, list[str]]] = []
        self._count = 0
        self._small = 0

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        node = Node(name.rpartition(":")[2])
        self._count += 1
        if self._count > MOST_NODES or len(self._path) >= MOST_DEPTH or len(name) > 200:
            raise DeviceFormatError("The answer's XML is too deep or has too many elements.", code="wsbd-format")
        if self._path:
            self._path[-1][0].children.append(node)
        else:
            self.root = node
        self._path.append((node, []))

    def end(self, _name: str) -> None:
        node, texts = self._path.pop()
        node.text = "".join(texts)
        if len(node.text) > MOST_SMALL_TEXT and node.name not in LARGE:
            raise DeviceFormatError("A text of the answer's XML is too long.", code="wsbd-format")

    def text(self, data: str) -> None:
        if self._path:
            self._path[-1][1].append(data)


def _refuse(*_: object) -> None:
    raise DeviceFormatError(
        "The answer's XML has what no answer needs (a document type, an entity or an instruction).", code="wsbd-format"
    )


def parse_xml(data: bytes) -> Node:
    """Return the root element.

    Raises:
        DeviceFormatError: ``wsbd-format``: no XML in UTF-8, too large, too deep, too many elements, a text too long, a document
            type (so no entity is ever expanded and nothing is ever fetched), or a processing instruction.
    """
    if len(data) > MOST_BYTES:
        raise DeviceFormatError(f"An answer of more than {MOST_BYTES} bytes.", code="wsbd-format")
    builder = _Builder()
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.buffer_size = 1 << 20
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.text
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    parser.ProcessingInstructionHandler = _refuse
    parser.ExternalEntityRefHandler = lambda *_: 0
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise DeviceFormatError("The answer is no XML.", code="wsbd-format") from error
    if builder.root is None:
        raise DeviceFormatError("The answer's XML is empty.", code="wsbd-format")
    return builder.root
