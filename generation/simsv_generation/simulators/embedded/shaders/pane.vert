#version 330
uniform mat4 clip_from_eye;
uniform vec3 eye;
in vec3 position;
in uint instance;
out vec3 ray;
flat out uint id;

void main() {
    ray = position - eye;
    gl_Position = clip_from_eye * vec4(ray, 1.0);
    id = instance;
}
