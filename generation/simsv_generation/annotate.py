"""What each saved frame shows, read off its instance ids."""

import hashlib

import numpy as np

from simsv_generation.episode import Frame, FrameHashes, Visibility


class Annotator:
    """Collects the visibility of frames in their order. Owns the rows seen so far, not the frames."""

    def __init__(self) -> None:
        self._rows: list[tuple[int, ...]] = []
        self._depths: list[float] = []

    def add(self, frame_index: int, frame: Frame) -> None:
        """Note which instances a saved frame shows; only its own pixels count."""
        height, width = frame.instance_ids.shape
        flat = frame.instance_ids.ravel()
        # A stable sort groups the pixels of an instance and keeps them in reading order.
        order = np.argsort(flat, kind="stable")
        grouped = flat[order]
        starts = np.concatenate([[0], np.flatnonzero(grouped[1:] != grouped[:-1]) + 1])
        instances, counts = grouped[starts], np.diff(starts, append=flat.size)
        rows, columns = np.divmod(order, width)
        left, right = np.minimum.reduceat(columns, starts), np.maximum.reduceat(columns, starts) + 1
        top, bottom = np.minimum.reduceat(rows, starts), np.maximum.reduceat(rows, starts) + 1
        nearest = np.minimum.reduceat(frame.depth.ravel()[order], starts)
        for k in np.flatnonzero(instances):
            box = (int(left[k]), int(top[k]), int(right[k]), int(bottom[k]))
            truncated = box[0] == 0 or box[1] == 0 or box[2] == width or box[3] == height
            self._rows.append((frame_index, int(instances[k]), int(counts[k]), *box, int(truncated)))
            self._depths.append(round(float(nearest[k]), 4))

    def visibility(self) -> Visibility:
        """All that was added, as columns."""
        table = np.array(self._rows, dtype=np.int32).reshape(-1, 8)
        return Visibility(
            frame_index=table[:, 0].copy(),
            instance=table[:, 1].copy(),
            num_pixels=table[:, 2].copy(),
            bbox=table[:, 3:7].copy(),
            nearest_depth=np.array(self._depths, dtype=np.float64),
            is_truncated=table[:, 7].astype(np.bool_),
        )


def hash_frame(frame: Frame) -> FrameHashes:
    """SHA-256 of each array of a frame as it was rendered."""
    little_endian = (frame.rgb, frame.depth.astype("<f4"), frame.instance_ids.astype("<u2"))
    rgb, depth, instance_ids = (hashlib.sha256(array.tobytes()).hexdigest() for array in little_endian)
    return FrameHashes(rgb, depth, instance_ids)
