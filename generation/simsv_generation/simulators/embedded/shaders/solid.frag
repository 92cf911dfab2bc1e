#version 330
#include "tone"
in vec3 shade;
flat in uint id;
layout(location = 0) out vec4 frame_color;
layout(location = 1) out uint frame_id;
layout(location = 2) out float frame_depth;

void main() {
    frame_color = display(shade);
    frame_id = id;
    frame_depth = 1.0 / gl_FragCoord.w;
}
