// Linear light to display values: filmic curve with sRGB's gamma built in, J. Hejl and R. Burgess-Dawson,
// "Filmic Tonemapping Operators", Game Developers Conference 2010. `render_cpu.display` is the same in numpy.
vec4 display(vec3 light) {
    vec3 x = max(light - 0.004, 0.0);
    return vec4((x * (6.2 * x + 0.5)) / (x * (6.2 * x + 1.7) + 0.06), 1.0);
}
