"""Video files: the few frames in which the animal is sharp and visible (extra ``video``)."""

from reid.video.frames import Frame, Look, sample_frames
from reid.video.probe import VIDEO_SUFFIXES, VideoHeader, is_video, probe_video

__all__ = [
    "VIDEO_SUFFIXES",
    "Frame",
    "Look",
    "VideoHeader",
    "is_video",
    "probe_video",
    "sample_frames",
]
