#version 330
#include "tone"
uniform sampler2DArray patterns;
uniform sampler2D light_map;
uniform float pattern_scale;
uniform vec2 light_scale;
in vec3 tint;
in vec3 pattern_at;
in vec2 light_at;
flat in uint id;
layout(location = 0) out vec4 frame_color;
layout(location = 1) out uint frame_id;
layout(location = 2) out float frame_depth;

void main() {
    vec3 factor = texture(patterns, pattern_at).rgb * pattern_scale;
    frame_color = display(tint * factor * texture(light_map, light_at * light_scale).rgb);
    frame_id = id;
    frame_depth = 1.0 / gl_FragCoord.w;
}
