"""Frames by OpenGL 3.3: one pass for colour, instance id and depth, then one that averages the colours.

The context belongs to the thread that made it and does not survive a fork: a child of `fork` hangs in it for ever, so
workers are spawned and open their own.
"""

import importlib.metadata
import importlib.resources
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simsv_generation.camera import Camera, Pose
from simsv_generation.episode import Frame
from simsv_generation.geometry import Floats
from simsv_generation.simulators.embedded.house_mesh import KINDS, HouseMesh, Triangles
from simsv_generation.simulators.embedded.shading import GRAZING, MIRROR, OUTDOORS

NEAR, FAR = 0.05, 100.0
"""Metres in front of the camera between which things are drawn."""
_SAMPLES = 2
"""Samples per pixel along each axis."""
_ATTRIBUTES: Mapping[str, tuple[str, ...]] = {
    "TEXTURE": ("texture_at",),
    "LIGHT_MAP": ("light_at",),
    "GLOSS": ("normal", "gloss", "room"),
}
"""What shading takes beside position, instance and color; see `house_mesh.KINDS`."""
_SOFTWARE = ("llvmpipe", "softpipe", "swrast", "swiftshader")
"""How renderers that run on the processor call themselves."""
_MOST_DEVICES = 16
_SHEETS = ("cutout", "glass", "pane")
"""Kinds that are seen from both sides, whatever their material says."""
_UNITS = {"textures": 0, "light_map": 1, "reflections": 2, "room_boxes": 3}


class GlUnavailable(Exception):
    """No OpenGL context can be made on this machine; the message says why."""


@dataclass(frozen=True, slots=True)
class _Targets:
    """Frame buffers for one camera size."""

    samples: Any
    """Holds `_SAMPLES` x `_SAMPLES` samples per pixel."""
    textures: tuple[Any, ...]
    """Of the samples: colour, id, depth."""
    frame: Any
    """Holds the pixels."""


class GlRenderer:
    """Renders one house at a time. Raises GlUnavailable when there is no OpenGL 3.3."""

    def __init__(self) -> None:
        # Mesa's software renderer costs the same CPU with one thread as with many, and the cores are busy with other
        # houses. It reads the variable once, when it is loaded.
        os.environ.setdefault("LP_NUM_THREADS", "1")
        self._context = _open_context()
        version, info = importlib.metadata.version("moderngl"), self._context.info
        self.build = f"moderngl {version}, {info['GL_RENDERER']}, {info['GL_VERSION']}"
        # Other contexts may live in this process: what Python forgets is freed when this one is current, in `load`.
        self._context.gc_mode = "context_gc"
        self._vertex_arrays: dict[str, Any] = {}
        self._textures_of_house: dict[str, Any] = {}
        self._targets: dict[tuple[int, int], _Targets] = {}
        with self._context:
            for name in ("tone", "sky", "reflection"):
                self._context.includes[name] = _shader(f"{name}.glsl")
            self._programs = {kind: self._program("surface", needs) for kind, needs in KINDS.items()}
            resolve = self._program("resolve", frozenset())
            for unit, name in enumerate(("colors", "ids", "depths")):
                resolve[name] = unit
            self._resolve = self._context.vertex_array(resolve, [])

    def close(self) -> None:
        """Give the context back, and with it all that it holds."""
        self._context.release()

    def load(self, house: HouseMesh) -> None:
        """Put a house in the place of the one before."""
        kinds = [(kind, triangles) for kind, triangles in house.triangles.items() if triangles.parts]
        with self._context:
            self._vertex_arrays, self._textures_of_house = {}, {}
            self._context.gc()
            self._textures_of_house = self._upload_textures(house)
            self._vertex_arrays = {kind: self._upload(kind, triangles) for kind, triangles in kinds}
            self._set_uniforms(house)
        parts = [(kind, part) for kind, triangles in kinds for part in triangles.parts]
        self._portals = house.portals
        self._ranges = [(kind, 3 * part.first, 3 * part.count) for kind, part in parts]
        self._is_glass = np.array([kind == "glass" for kind, _ in parts])
        self._two_sided = np.array([part.two_sided or kind in _SHEETS for kind, part in parts])
        self._centers = np.stack([(part.low + part.high) / 2 for _, part in parts])
        self._halves = np.stack([(part.high - part.low) / 2 for _, part in parts])
        self._in_room = np.zeros((len(parts), len(house.room_boxes)), np.bool_)
        for row, (_, part) in enumerate(parts):
            self._in_room[row, list(part.rooms)] = True

    def render(self, pose: Pose, camera: Camera) -> Frame:
        """The loaded house from a pose."""
        with self._context:
            targets = self._targets_for(camera)
            self._draw_samples(targets, projection(camera) @ _camera_from_eye(pose), np.asarray(pose.position))
            targets.frame.use()
            for unit, texture in enumerate(targets.textures):
                texture.use(unit)
            self._resolve.render(vertices=3)
            return _read(targets.frame, camera)

    def _draw_samples(self, targets: _Targets, clip_from_eye: Floats, eye: Floats) -> None:
        for kind in self._vertex_arrays:
            self._programs[kind]["clip_from_eye"].write(clip_from_eye.T.astype("f4").tobytes())
            self._programs[kind]["eye"].write(eye.astype("f4").tobytes())
        for name, texture in self._textures_of_house.items():
            texture.use(_UNITS[name])
        targets.samples.use()
        targets.samples.clear()
        visible = self._visible_parts(clip_from_eye, eye)
        glass, two_sided = self._is_glass[visible], self._two_sided[visible]
        # The first row of the image is at the bottom, so what turns counter-clockwise in space turns clockwise here.
        self._context.front_face = "cw"
        self._context.enable(self._context.DEPTH_TEST | self._context.CULL_FACE)
        self._draw(visible[~glass & ~two_sided])
        self._context.disable(self._context.CULL_FACE)
        self._draw(visible[~glass & two_sided])
        self._context.enable(self._context.CULL_FACE)
        self._context.blend_func = self._context.SRC_ALPHA, self._context.ONE_MINUS_SRC_ALPHA
        self._context.enable(self._context.BLEND)
        for index in visible[glass][::-1]:
            # The far side of a piece of glass first, then its near side.
            for hidden in ("front", "back"):
                self._context.cull_face = hidden
                self._draw(index[None])
        self._context.disable(self._context.BLEND | self._context.DEPTH_TEST | self._context.CULL_FACE)

    def _draw(self, parts: NDArray[np.int64]) -> None:
        for index in parts:
            kind, first, count = self._ranges[index]
            self._vertex_arrays[kind].render(first=first, vertices=count)

    def _program(self, name: str, needs: frozenset[str]) -> Any:
        constants = [f"MIRROR {MIRROR}", f"GRAZING {GRAZING}", f"OUTDOORS {OUTDOORS}", *sorted(needs)]
        head = "#version 330\n" + "".join(f"#define {constant}\n" for constant in constants)
        return self._context.program(head + _shader(f"{name}.vert"), head + _shader(f"{name}.frag"))

    def _upload_textures(self, house: HouseMesh) -> dict[str, Any]:
        gl = self._context
        layers, side = house.textures.shape[:2]
        textures = gl.texture_array((side, side, layers), 4)
        for layer, texels in enumerate(house.textures):  # one by one: the driver copies what it is given
            textures.write(np.ascontiguousarray(texels), viewport=(0, 0, layer, side, side, 1))
        textures.build_mipmaps()
        textures.filter = (gl.LINEAR_MIPMAP_LINEAR, gl.LINEAR)
        rows, columns = house.light_map.shape[:2]
        light_map = gl.texture((columns, rows), 3, np.ascontiguousarray(house.light_map), dtype="f2")
        count, height, width = house.reflections.shape[:3]
        reflections = gl.texture_array((width, height, count), 3, np.ascontiguousarray(house.reflections), dtype="f2")
        for texture in (light_map, reflections):
            texture.repeat_x = texture.repeat_y = False
        reflections.filter = (gl.LINEAR, gl.LINEAR)
        boxes = gl.texture((3, len(house.room_boxes)), 3, house.room_boxes.tobytes(), dtype="f4")
        boxes.filter = (gl.NEAREST, gl.NEAREST)
        return {"textures": textures, "light_map": light_map, "reflections": reflections, "room_boxes": boxes}

    def _set_uniforms(self, house: HouseMesh) -> None:
        rows, columns = house.light_map.shape[:2]
        values = {
            **_UNITS,
            "light_scale": (1 / columns, 1 / rows),
            "zenith": house.sky.zenith,
            "horizon": house.sky.horizon,
            "land": house.sky.land,
        }
        for program in self._programs.values():
            for name, value in values.items():
                if name in program:
                    program[name] = value

    def _upload(self, kind: str, triangles: Triangles) -> Any:
        columns = {
            "position": ("3f", triangles.positions),
            "normal": ("3f", triangles.normals),
            "color": ("3f", triangles.colors),
            "texture_at": ("3f", triangles.texture),
            "light_at": ("2f", triangles.light),
            "gloss": ("2f", triangles.gloss),
            "instance": ("1u", triangles.instances.astype(np.uint32)),
            "room": ("1u", triangles.rooms.astype(np.uint32)),
        }
        needs = KINDS[kind]
        names = ["position", "instance", *([] if "SKY" in needs else ["color"])]
        names += [name for need in sorted(needs) for name in _ATTRIBUTES.get(need, ())]
        formats = [(name, *columns[name]) for name in names]
        content = [(self._context.buffer(np.ascontiguousarray(values)), form, name) for name, form, values in formats]
        indices = self._context.buffer(np.ascontiguousarray(triangles.indices))
        return self._context.vertex_array(self._programs[kind], content, index_buffer=indices, index_element_size=4)

    def _visible_parts(self, clip_from_eye: Floats, eye: Floats) -> NDArray[np.int64]:
        """Indices of the parts that may be in view, nearest first: what is behind them need not be shaded."""
        planes = np.stack([clip_from_eye[3] + sign * clip_from_eye[axis] for axis in range(3) for sign in (1, -1)])
        offset = self._centers - eye
        reach = offset @ planes[:, :3].T + self._halves @ np.abs(planes[:, :3]).T + planes[:, 3]
        in_sight = self._in_room @ self._portals.visible_rooms(clip_from_eye, eye)
        seen = np.flatnonzero((reach > 0).all(1) & in_sight)
        gaps = np.maximum(np.abs(offset[seen]) - self._halves[seen], 0)
        return np.asarray(seen[np.argsort((gaps * gaps).sum(1), kind="stable")])

    def _targets_for(self, camera: Camera) -> _Targets:
        size = (camera.width, camera.height)
        if size not in self._targets:
            samples = (camera.width * _SAMPLES, camera.height * _SAMPLES)
            textures, depth = self._textures(samples), self._context.depth_renderbuffer(samples)
            self._targets[size] = _Targets(
                self._context.framebuffer(textures, depth), textures, self._context.framebuffer(self._textures(size))
            )
        return self._targets[size]

    def _textures(self, size: tuple[int, int]) -> tuple[Any, ...]:
        """Colour, id and depth. Integer textures cannot be filtered, and the others must not be."""
        formats = ((4, "f1"), (1, "u2"), (1, "f4"))
        textures = tuple(self._context.texture(size, components, dtype=dtype) for components, dtype in formats)
        for texture in textures:
            texture.filter = (self._context.NEAREST, self._context.NEAREST)
        return textures


def _open_context() -> Any:
    """A context on the first graphics card, or on the processor where there is none. Raises GlUnavailable."""
    try:
        import moderngl

        platform: dict[str, Any] = {"backend": "egl"} if sys.platform == "linux" else {}
        first = moderngl.create_context(standalone=True, require=330, **platform)
    except Exception as error:  # a missing library raises ImportError, a missing driver a bare Exception
        raise GlUnavailable(str(error)) from error
    # EGL lists its devices in no promised order: Mesa's software renderer may come before a card.
    for index in range(1, _MOST_DEVICES if platform else 1):
        if _is_card(first):
            break
        try:
            device: dict[str, Any] = {**platform, "device_index": index}
            other = moderngl.create_context(standalone=True, require=330, **device)
        except Exception:  # no such device, or one that this user may not open
            break
        first, unused = (other, first) if _is_card(other) else (first, other)
        unused.release()
    return first


def _is_card(context: Any) -> bool:
    return not any(name in context.info["GL_RENDERER"].lower() for name in _SOFTWARE)


def projection(camera: Camera) -> Floats:
    """Shape (4, 4): OpenCV camera coordinates to clip coordinates, with the first row of the image at the bottom.

    The picture is shifted by a quarter of a pixel, so that the first of each 2x2 samples lies on the pixel's centre.
    """
    f, width, height = camera.focal_length, camera.width, camera.height
    return np.array(
        [
            [2 * f / width, 0.0, -0.5 / width, 0.0],
            [0.0, 2 * f / height, -0.5 / height, 0.0],
            [0.0, 0.0, (FAR + NEAR) / (FAR - NEAR), -2 * FAR * NEAR / (FAR - NEAR)],
            [0.0, 0.0, 1.0, 0.0],
        ]
    )


def _camera_from_eye(pose: Pose) -> Floats:
    """Shape (4, 4): turns world directions from the eye into camera coordinates."""
    turn = np.eye(4)
    turn[:3, :3] = pose.world_from_camera()[:3, :3].T
    return turn


def _shader(name: str) -> str:
    return (importlib.resources.files(__package__) / "shaders" / name).read_text(encoding="utf-8")


def _read(frame: Any, camera: Camera) -> Frame:
    shape = (camera.height, camera.width)
    return Frame(
        rgb=np.frombuffer(frame.read(components=3, attachment=0), np.uint8).reshape(*shape, 3).copy(),
        depth=np.frombuffer(frame.read(components=1, attachment=2, dtype="f4"), np.float32).reshape(shape).copy(),
        instance_ids=np.frombuffer(frame.read(components=1, attachment=1, dtype="u2"), np.uint16).reshape(shape).copy(),
    )
