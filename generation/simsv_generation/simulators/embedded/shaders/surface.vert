// Everything in a house. `eye` is subtracted first, so that big houses keep their precision.
uniform mat4 clip_from_eye;
uniform vec3 eye;
in vec3 position;
in uint instance;
flat out uint id;
#ifdef SKY
out vec3 ray;
#else
in vec3 color;
out vec3 tint;
#endif
#ifdef TEXTURE
in vec3 texture_at;
out vec3 texel;
#endif
#ifdef LIGHT_MAP
in vec2 light_at;
out vec2 lumel;
#endif
#ifdef GLOSS
uniform sampler2D room_boxes;
in vec3 normal;
in vec2 gloss;
in uint room;
out vec3 ray;
out vec3 facing;
flat out vec3 room_low;
flat out vec3 room_high;
flat out vec3 viewpoint;
flat out vec2 finish;
flat out float layer;
#endif

void main() {
    vec3 from_eye = position - eye;
    gl_Position = clip_from_eye * vec4(from_eye, 1.0);
    id = instance;
#ifdef SKY
    ray = from_eye;
#else
    tint = color;
#endif
#ifdef TEXTURE
    texel = texture_at;
#endif
#ifdef LIGHT_MAP
    lumel = light_at;
#endif
#ifdef GLOSS
    ray = from_eye;
    facing = normal;
    finish = gloss;
    int row = int(room);
    room_low = texelFetch(room_boxes, ivec2(0, row), 0).xyz - eye;
    room_high = texelFetch(room_boxes, ivec2(1, row), 0).xyz - eye;
    viewpoint = texelFetch(room_boxes, ivec2(2, row), 0).xyz - eye;
    layer = 2.0 * float(room) + (gloss.x < MIRROR ? 1.0 : 0.0);
#endif
}
