#include "tone"
#ifdef SKY
#include "sky"
in vec3 ray;
#else
in vec3 tint;
#endif
flat in uint id;
#ifdef TEXTURE
uniform sampler2DArray textures;
in vec3 texel;
#endif
#ifdef LIGHT_MAP
uniform sampler2D light_map;
uniform vec2 light_scale;
in vec2 lumel;
#endif
#ifdef GLOSS
#include "reflection"
#endif
layout(location = 0) out vec4 frame_color;
layout(location = 1) out uint frame_id;
layout(location = 2) out vec4 frame_depth;

void main() {
    float opacity = 1.0;
#ifdef SKY
    vec3 light = OUTDOORS * sky_light(normalize(ray));
#else
    vec3 light = tint;
#endif
#ifdef TEXTURE
    vec4 root = texture(textures, texel);
#ifdef CUTOUT
    if (root.a < 0.5) discard;
#endif
    light *= root.rgb * root.rgb;
#endif
#ifdef LIGHT_MAP
    light *= texture(light_map, lumel * light_scale).rgb;
#endif
#ifdef GLOSS
    vec4 mirror = mirrored();
    light = light * (1.0 - mirror.a) + mirror.rgb * mirror.a;
#endif
#ifdef GLASS
    opacity = finish.y + (1.0 - finish.y) * mirror.a;
#endif
    frame_color = vec4(display(light).rgb, opacity);
    frame_id = id;
    // Blending, which is on for glass, must not mix depths: alpha 1 replaces.
    frame_depth = vec4(1.0 / gl_FragCoord.w, 0.0, 0.0, 1.0);
}
