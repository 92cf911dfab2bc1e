#version 330
#include "tone"
in vec3 ray;
flat in uint id;
layout(location = 0) out vec4 frame_color;
layout(location = 1) out uint frame_id;
layout(location = 2) out float frame_depth;

// `render_cpu.sky` is the same in numpy.
vec3 sky(float rise) {
    vec3 air = mix(vec3(2.4, 2.5, 2.55), vec3(0.75, 1.25, 2.2), clamp(rise * 1.4, 0.0, 1.0));
    vec3 ground = mix(vec3(0.62, 0.70, 0.55), vec3(0.20, 0.25, 0.13), clamp(-rise * 2.5, 0.0, 1.0));
    return mix(ground, air, smoothstep(-0.03, 0.02, rise));
}

void main() {
    frame_color = display(sky(normalize(ray).z));
    frame_id = id;
    frame_depth = 1.0 / gl_FragCoord.w;
}
