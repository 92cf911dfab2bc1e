// Averages the colours of each 2x2 block. Ids and depths are taken from the first sample of the block alone: it lies
// on the centre of the pixel (`render_gl.projection`).
uniform sampler2D colors;
uniform usampler2D ids;
uniform sampler2D depths;
layout(location = 0) out vec4 frame_color;
layout(location = 1) out uint frame_id;
layout(location = 2) out float frame_depth;

void main() {
    ivec2 first = ivec2(gl_FragCoord.xy) * 2;
    frame_color = 0.25 * (texelFetch(colors, first, 0) + texelFetch(colors, first + ivec2(1, 0), 0)
                        + texelFetch(colors, first + ivec2(0, 1), 0) + texelFetch(colors, first + ivec2(1, 1), 0));
    frame_id = texelFetch(ids, first, 0).r;
    frame_depth = texelFetch(depths, first, 0).r;
}
