"""Accepted packages in a bucket: against a real S3 server program (moto's) on loopback, where one is installed."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from station.clock import SystemClock
from station.errors import InputError, StorageError
from station.intake.packages import S3Packages, package_file
from station.intake.serve import open_intake
from tests.station.intake.harness import TRIAL, RunningIntake, Station

pytestmark = pytest.mark.peer


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    program = shutil.which("moto_server")
    if program is None:
        pytest.skip("no S3 server program here: pip install 'moto[server]' somewhere on the PATH")
    process = subprocess.Popen([program, "-H", "127.0.0.1", "-p", "0"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                               env={"PATH": "/usr/bin:/bin", "PYTHONUNBUFFERED": "1"})  # fmt: skip
    assert process.stderr is not None
    lines = iter(process.stderr.readline, "")
    found = next((m[1] for line in lines if (m := re.search(r"(http://127\.0\.0\.1:\d+)", line))), "")
    if not found:
        process.wait(20)
        process.stderr.close()
        pytest.skip("the S3 server program does not start here")
    yield found
    process.terminate()
    process.wait(20)
    process.stderr.close()


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1",
                        "AWS_EC2_METADATA_DISABLED": "true"}.items():  # fmt: skip
        monkeypatch.setenv(name, value)


def bucket(endpoint: str, name: str) -> None:
    client = boto3.client("s3", endpoint_url=endpoint)
    client.create_bucket(Bucket=name)
    client.close()


def test_a_package_goes_into_the_bucket_and_is_opened_from_there(endpoint: str, tmp_path: Path) -> None:
    bucket(endpoint, "province")
    running = RunningIntake(tmp_path / "intake")
    running.intake.packages = S3Packages("s3://province/kits", endpoint)
    station = Station(tmp_path / "station")
    try:
        station.enroll(running.url, running.code())
        sealed = station.seal(1)
        station.queue.put(sealed)
        station.uploader(running.url).drain()
        (entry,) = station.queue.entries()
        assert entry.receipt_number
        assert running.intake.packages.get(sealed.package_id) == sealed.data
        assert running.intake.files.size(package_file(sealed.package_id)) is None
        assert running.intake.open(running.intake.packages.get(sealed.package_id)).manifest.dossier == sealed.dossier
    finally:
        station.close()
        running.close()


def test_a_bucket_that_is_not_there_stops_the_start_and_a_lost_one_loses_nothing(endpoint: str, tmp_path: Path) -> None:
    with pytest.raises(StorageError) as missing:
        open_intake(tmp_path / "i", TRIAL, clock=SystemClock(), packages="s3://nowhere", s3_endpoint=endpoint)
    assert missing.value.reason_code == "s3-store"
    bucket(endpoint, "soon-gone")
    kept = S3Packages("s3://soon-gone", endpoint)
    kept.put("ab" * 16, b"sealed")
    assert kept.get("ab" * 16) == b"sealed"
    client = boto3.client("s3", endpoint_url=endpoint)
    client.delete_object(Bucket="soon-gone", Key=package_file("ab" * 16))
    client.delete_bucket(Bucket="soon-gone")
    client.close()
    for work in (lambda: kept.put("cd" * 16, b"x"), lambda: kept.get("ab" * 16)):
        with pytest.raises(StorageError):
            work()


@pytest.mark.parametrize("address", ["file:///etc", "s3://", "s3://UPPER/x", "s3://b/../x y", "province"])
def test_other_addresses_are_refused(address: str) -> None:
    with pytest.raises(InputError):
        S3Packages(address)
