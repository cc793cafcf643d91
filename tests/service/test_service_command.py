"""``python -m service``: settings it cannot use, a port that is taken."""

import socket

import pytest

from reid.errors import ConfigError
from service.__main__ import main
from service.settings import read_settings


def test_options_go_before_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("LEOPARD_REID_PORT", "9001")
    monkeypatch.setenv("LEOPARD_REID_DATA_DIR", str(tmp_path))
    assert read_settings(port=0).port == 0
    assert read_settings().port == 9001
    assert read_settings().data_dir == tmp_path


@pytest.mark.parametrize(
    ("name", "value"), [("PORT", "70000"), ("THREADS", "none"), ("MAX_REQUEST_BYTES", "0")]
)
def test_a_setting_that_cannot_be_used(monkeypatch, caplog, name, value):
    monkeypatch.setenv(f"LEOPARD_REID_{name}", value)
    with pytest.raises(ConfigError, match=name.lower()):
        read_settings()
    assert main([]) == ConfigError.exit_code
    assert name.lower() in caplog.text


def test_a_port_that_is_taken(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        assert main(["--port", port, "--data-dir", str(tmp_path)]) == 1
