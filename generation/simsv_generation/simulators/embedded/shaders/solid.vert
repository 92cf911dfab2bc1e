#version 330
uniform mat4 clip_from_eye;
uniform vec3 eye;
in vec3 position;
in vec3 color;
in uint instance;
out vec3 shade;
flat out uint id;

void main() {
    gl_Position = clip_from_eye * vec4(position - eye, 1.0);
    shade = color;
    id = instance;
}
