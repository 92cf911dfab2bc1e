"""What OpenGL itself costs for a frame: the least that any renderer with such shading can come down to here."""

import sys
import time
from typing import Any

import numpy as np

from simsv_generation.camera import Camera

SAMPLES = 2
"""Per pixel along each axis, as the renderer has them."""
_SIDE = 512
_FRAMES = 12
_VERTEX = """#version 330
out vec2 at;
void main() {
    at = vec2(gl_VertexID & 1, gl_VertexID >> 1) * 2.0;
    gl_Position = vec4(at * 2.0 - 1.0, 0.5, 1.0);
}"""
_FRAGMENT = """#version 330
uniform sampler2D albedo;
uniform sampler2D light;
in vec2 at;
layout(location = 0) out vec4 color;
layout(location = 1) out uint instance;
layout(location = 2) out float depth;
void main() {
    color = sqrt(texture(albedo, at * 3.7) * texture(light, at * 1.3));
    instance = 7u;
    depth = gl_FragCoord.z;
}"""


def fill_limit_ms(camera: Camera) -> float:
    """CPU milliseconds for a frame that is one triangle: two trilinear textures, a square root, ids, depths, read back.

    Raises GlUnavailable where there is no OpenGL, as the renderer does.
    """
    from simsv_generation.simulators.embedded.render_gl import GlUnavailable

    try:
        import moderngl

        platform: dict[str, Any] = {"backend": "egl"} if sys.platform == "linux" else {}
        context = moderngl.create_context(standalone=True, require=330, **platform)
    except Exception as error:
        raise GlUnavailable(str(error)) from error
    with context:
        program = context.program(_VERTEX, _FRAGMENT)
        for unit, name in enumerate(("albedo", "light")):
            texels = np.arange(_SIDE * _SIDE * 4, dtype=np.uint32).astype(np.uint8)
            texture = context.texture((_SIDE, _SIDE), 4, texels.tobytes())
            texture.build_mipmaps()
            texture.filter = (moderngl.LINEAR_MIPMAP_LINEAR, moderngl.LINEAR)
            texture.use(unit)
            program[name] = unit
        size = (camera.width * SAMPLES, camera.height * SAMPLES)
        formats = ((4, "f1"), (1, "u2"), (1, "f4"))
        targets = [context.texture(size, components, dtype=dtype) for components, dtype in formats]
        frame = context.framebuffer(targets, context.depth_renderbuffer(size))
        triangle = context.vertex_array(program, [])
        context.enable(context.DEPTH_TEST)
        part = (0, 0, camera.width, camera.height)

        def draw() -> None:
            frame.use()
            frame.clear()
            triangle.render(vertices=3)
            for attachment, (components, dtype) in enumerate(formats):
                frame.read(viewport=part, components=components, attachment=attachment, dtype=dtype)

        draw()
        started = time.process_time()
        for _ in range(_FRAMES):
            draw()
        cost = (time.process_time() - started) * 1000 / _FRAMES
    context.release()
    return cost
