"""Furniture files as Debian ships them, made in memory: two models with names that the choice knows."""

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from typing import Any

import numpy as np
from PIL import Image

BALL, BOX = "Blend Swap CC-0#basketball", "Blend Swap CC-0#bread"

CUBE_FACES = ((1, 4, 3, 2), (5, 6, 7, 8), (1, 2, 6, 5), (2, 3, 7, 6), (3, 4, 8, 7), (4, 1, 5, 8))


def cube_obj(size=(1.0, 1.0, 1.0), material="Paint", library="thing.mtl"):
    """A cuboid, width x height x depth in Sweet Home 3D's axes, its normals outwards, with texture coordinates."""
    x, y, z = size
    corners = [(a, b, c) for c in (0, z) for a, b in ((0, 0), (x, 0), (x, y), (0, y))]
    lines = [f"mtllib {library}", *(f"v {a} {b} {c}" for a, b, c in corners), "vt 0 0", "vt 1 0", "vt 1 1", "vt 0 1"]
    lines += ["o Body", f"usemtl {material}"]
    lines += ["f " + " ".join(f"{v}/{k + 1}" for k, v in enumerate(face)) for face in CUBE_FACES]
    return "\n".join(lines).encode()


def png(color=(200, 60, 40, 255), size=(8, 4)):
    """A picture of one colour."""
    stored = io.BytesIO()
    Image.fromarray(np.full((size[1], size[0], 4), color, np.uint8)).save(stored, "PNG")
    return stored.getvalue()


MTL = b"newmtl Paint\nKd 0.5 0.5 0.5\nKs 0.5 0.5 0.5\nNs 90\nillum 2\nmap_Kd skin.png\n"


def catalogue_text(licence="Public domain", rows=(("Basketball", BALL, "ball"), ("Bread", BOX, "bread"))):
    """Properties with a row for each of (name, id, folder)."""
    lines = ["# a comment", f"license={licence}", "name=Small catalogue"]
    for number, (name, model_id, folder) in enumerate(rows, 1):
        lines += [f"id#{number}={model_id}", f"name#{number}={name}", f"model#{number}=/{folder}/thing.obj"]
        lines += [f"width#{number}=40", f"depth#{number}=20", f"height#{number}=10", f"creator#{number}=Ann"]
    return "\n".join(lines)


def library(text=None, **files):
    """The bytes of a furniture library; `files` replaces or removes (None) what lies in it."""
    contents = {"PluginFurnitureCatalog.properties": (text or catalogue_text()).encode("latin-1")}
    for folder in ("ball", "bread"):
        contents |= {f"{folder}/thing.obj": cube_obj(), f"{folder}/thing.mtl": MTL, f"{folder}/skin.png": png()}
    contents |= {name.replace("__", "/").replace("_dot_", "."): content for name, content in files.items()}
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w") as archive:
        for name, content in contents.items():
            if content is not None:
                archive.writestr(name, content)
    return stored.getvalue()


def deb(files, compression="xz"):
    """A Debian package with these files."""
    data = io.BytesIO()
    pack: Any = {"xz": lzma.compress, "gz": gzip.compress, "bz2": bz2.compress}[compression]
    with tarfile.open(fileobj=data, mode="w") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(f"./{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    package = b"!<arch>\n"
    for name, content in (
        (b"debian-binary", b"2.0\n"),
        (b"control.tar.xz", b"odd"),
        (b"data.tar.xz", pack(data.getvalue())),
    ):
        package += name.ljust(16) + b"0".ljust(12) + b"0".ljust(6) * 2 + b"100644".ljust(8)
        package += str(len(content)).encode().ljust(10) + b"`\n" + content + b"\n" * (len(content) % 2)
    return package


def furniture_deb(content=None):
    """The package of furniture libraries."""
    return deb({"usr/share/sweethome3d/furniture/Small.sh3f": content or library(), "usr/share/doc/copyright": b"CC0"})
