#version 330
// Floors, ceilings and walls. `eye` is subtracted first, so that big houses keep their precision.
uniform mat4 clip_from_eye;
uniform vec3 eye;
in vec3 position;
in vec3 color;
in vec3 pattern;
in vec2 light;
in uint instance;
out vec3 tint;
out vec3 pattern_at;
out vec2 light_at;
flat out uint id;

void main() {
    gl_Position = clip_from_eye * vec4(position - eye, 1.0);
    tint = color;
    pattern_at = pattern;
    light_at = light;
    id = instance;
}
