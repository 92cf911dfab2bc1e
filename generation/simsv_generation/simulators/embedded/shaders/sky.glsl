// Sky, hills and land. `light.sky.sky_light` is the same in numpy.
uniform vec3 zenith;
uniform vec3 horizon;
uniform vec3 land;

vec3 sky_light(vec3 direction) {
    vec2 level = direction.xy / sqrt(max(dot(direction.xy, direction.xy), 1e-6));
    float x = level.x;
    float y = level.y;
    float rise = direction.z;
    float hills = 0.055 + 0.022 * sin(3.0 * x + 5.0 * y) + 0.014 * sin(11.0 * x - 7.0 * y)
                + 0.004 * sin(43.0 * x + 31.0 * y);
    vec3 air = mix(horizon, zenith, pow(clamp(rise * 1.5, 0.0, 1.0), 0.7));
    vec3 ground = mix(land, horizon, clamp(0.55 + 4.0 * rise, 0.0, 0.75));
    return rise < hills ? ground : air;
}
