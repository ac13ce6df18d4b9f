"""Writes OLE compound files, as Word 97 did, so that .doc files can be made without Word."""

import struct

_SECTOR = 512
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_MINI_STREAM_BELOW = 4096  # streams are padded to this, so that none goes to the mini stream
_STORAGE, _STREAM, _ROOT = 1, 2, 5


def compound_file(streams):
    """Write streams by path, such as `{"WordDocument": b"...", "ObjectPool/_1/Ole": b"..."}`."""
    entries, contents = _entries(streams)
    directory = b"".join(entries).ljust(_whole(128 * len(entries)), b"\0")
    chains = [directory, *contents]
    lengths = [len(chain) // _SECTOR for chain in chains]
    fat_sectors = -(-(sum(lengths) + 2) // 128)
    fat = [_FAT] * fat_sectors
    for length in lengths:
        first = len(fat)
        fat += [*range(first + 1, first + length), _END]
    fat += [_FREE] * (128 * fat_sectors - len(fat))
    header = struct.pack(
        "<8s16xHHHHH6xIIIIIIIII",
        bytes.fromhex("d0cf11e0a1b11ae1"), 0x3E, 3, 0xFFFE, 9, 6,
        0, fat_sectors, fat_sectors, 0, _MINI_STREAM_BELOW, _END, 0, _END, 0,
    )  # fmt: skip
    header += struct.pack("<109I", *range(fat_sectors), *[_FREE] * (109 - fat_sectors))
    return header + struct.pack(f"<{len(fat)}I", *fat) + b"".join(chains)


def _entries(streams):
    """Lay the directory out as lists: each entry's right neighbour is the next in its storage."""
    nodes = [{"name": "Root Entry", "kind": _ROOT, "children": []}]
    by_path = {"": 0}
    for path, content in streams.items():
        parts = path.split("/")
        for depth in range(1, len(parts) + 1):
            here, above = "/".join(parts[:depth]), "/".join(parts[: depth - 1])
            if here not in by_path:
                by_path[here] = len(nodes)
                nodes[by_path[above]]["children"].append(len(nodes))
                nodes.append({"name": parts[depth - 1], "kind": _STORAGE, "children": []})
        padded = content.ljust(max(_whole(len(content)), _MINI_STREAM_BELOW), b"\0")
        nodes[by_path[path]] |= {"kind": _STREAM, "content": padded}
    right = {}
    for node in nodes:
        right |= dict(zip(node["children"], node["children"][1:], strict=False))
    sectors = _whole(128 * len(nodes)) // _SECTOR
    contents = [node["content"] for node in nodes if "content" in node]
    fat_sectors = -(-(sectors + sum(len(content) for content in contents) // _SECTOR + 2) // 128)
    at = fat_sectors + sectors
    packed = []
    for number, node in enumerate(nodes):
        name = (node["name"] + "\0").encode("utf-16-le")
        size = len(node.get("content", b""))
        packed.append(
            struct.pack(
                "<64sHBBIII36xIQ",
                name, len(name), node["kind"], 1, _FREE, right.get(number, _FREE),
                node["children"][0] if node["children"] else _FREE,
                at if size else _END if node["kind"] == _ROOT else 0, size,
            )
        )  # fmt: skip
        at += size // _SECTOR
    return packed, contents


def _whole(size):
    return -(-size // _SECTOR) * _SECTOR
