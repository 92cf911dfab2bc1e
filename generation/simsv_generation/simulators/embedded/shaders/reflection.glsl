// What a polished surface mirrors: the room's surroundings, looked up where the mirrored ray leaves the room's box
// (S. Lagarde and A. Zanuttini, "Local image-based lighting with parallax-corrected cubemaps", SIGGRAPH 2012 Talks).
// `render_cpu` has the same in numpy.
uniform sampler2DArray reflections;
in vec3 ray;
in vec3 facing;
flat in vec3 room_low;
flat in vec3 room_high;
flat in vec3 viewpoint;
flat in vec2 finish;
flat in float layer;

vec2 octahedral(vec3 direction) {
    vec3 d = direction / (abs(direction.x) + abs(direction.y) + abs(direction.z));
    vec2 folded = (1.0 - abs(d.yx)) * mix(vec2(-1.0), vec2(1.0), step(0.0, d.xy));
    return 0.5 + 0.5 * (d.z < 0.0 ? folded : d.xy);
}

// Colour, and the share of it in what is seen: C. Schlick's approximation of Fresnel's law, Computer Graphics Forum 13
// (1994), weakened for what is polished but no mirror.
vec4 mirrored() {
    vec3 along = normalize(ray);
    vec3 normal = normalize(facing);
    float cosine = dot(along, normal);
    vec3 away = along - 2.0 * cosine * normal;
    vec3 ahead = step(0.0, away);
    vec3 exits = (mix(room_low, room_high, ahead) - ray) / (away + mix(vec3(-1e-5), vec3(1e-5), ahead));
    float reach = max(min(min(exits.x, exits.y), exits.z), 0.0);
    vec3 seen = texture(reflections, vec3(octahedral(ray + reach * away - viewpoint), layer)).rgb;
    float grazing = 1.0 - abs(cosine);
    float power = grazing * grazing;
    float share = finish.x + (1.0 - finish.x) * GRAZING * power * power * grazing;
    return vec4(seen, share);
}
