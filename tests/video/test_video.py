"""Frames of videos."""

import itertools
from datetime import datetime, timedelta

import pytest

from reid.errors import ImageDamagedError, ImageError, ImageFormatError, ImageLimitError
from reid.image import open_image
from reid.video import is_video, probe, probe_video, sample_frames


def test_frames_show_the_animal_and_lie_apart(video):
    found = sample_frames(video(come=2.0, go=4.0))
    times = [frame.at_s for frame in found]
    assert 1 <= len(found) <= 8
    assert all(2.0 <= at < 4.0 for at in times), times
    assert times == sorted(times)
    assert all(b - a >= 0.45 for a, b in itertools.pairwise(times))
    assert max(frame.worth for frame in found) == 1.0


def test_sharp_frames_go_before_blurred_ones(video):
    found = sample_frames(video(come=1.0, go=4.0, blurred=(1.0, 3.0)), most=2)
    assert all(frame.at_s >= 2.9 for frame in found), [frame.at_s for frame in found]


def test_who_looks_decides_among_the_best(video):
    path = video(come=0.0, go=5.0)
    seen = []

    def look(pixels):
        assert pixels.shape == (180, 320, 3)
        seen.append(pixels)
        return 0.0

    first = sample_frames(path, most=2)
    assert len(sample_frames(path, most=2, look=look)) <= 2
    assert len(seen) > len(first)


def test_a_still_scene_gives_a_frame_all_the_same(video):
    assert sample_frames(video(still=True))


def test_frames_are_pictures_with_the_videos_time(video):
    for frame in sample_frames(video()):
        image = open_image(frame.content, file_name="frame.jpg")
        expected = datetime(2018, 12, 7, 16, 27) + timedelta(seconds=int(frame.at_s))
        assert (image.size_wh, image.captured_at) == ((320, 180), expected)


def test_the_same_file_gives_the_same_bytes(video):
    path = video()
    assert [f.content for f in sample_frames(path)] == [f.content for f in sample_frames(path)]


@pytest.mark.parametrize(
    ("created", "at"),
    [
        ("2018-12-07T16:27:00Z", datetime(2018, 12, 7, 16, 27)),
        ("", None),
        ("2000-01-01T00:00:00Z", None),
        ("2999-01-01T00:00:00Z", None),
    ],
)
def test_header(video, created, at):
    found = probe_video(video(created=created))
    assert (found.size_wh, found.captured_at) == ((320, 180), at)
    assert found.seconds == pytest.approx(5.0, abs=0.2)


def test_a_cut_off_video_gives_what_came_before_the_break(video):
    path = video("clip.avi")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert sample_frames(path)


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", ImageDamagedError),
        (b"#EXTM3U\n#EXT-X-TARGETDURATION:9\nfile:///etc/passwd\n", ImageFormatError),
        (b"ffconcat version 1.0\nfile /etc/passwd\n", ImageFormatError),
        (b"\x00\x00\x00\x20ftypisom" + b"\x07" * 500, ImageDamagedError),
        (b"RIFF\x00\x01\x00\x00AVI " + b"\x00" * 500, ImageDamagedError),
        (b"\xff\xd8\xff\xe0 a picture", ImageFormatError),
    ],
)
def test_broken_videos_are_refused_in_words(tmp_path, content, error):
    path = tmp_path / "clip.mp4"
    path.write_bytes(content)
    for look in (probe_video, sample_frames):
        with pytest.raises(error, match=r"clip\.mp4"):
            look(path)


def test_no_file_and_too_long(video, tmp_path, monkeypatch):
    with pytest.raises(ImageError):
        probe_video(tmp_path / "none.mp4")
    monkeypatch.setattr(probe, "MAX_SECONDS", 2.0)
    with pytest.raises(ImageLimitError):
        probe_video(video())


def test_what_is_a_video_by_its_name(tmp_path):
    assert is_video(tmp_path / "A.MP4")
    assert not is_video(tmp_path / "A.JPG")
