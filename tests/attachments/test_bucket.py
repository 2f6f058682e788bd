"""Files in an S3 bucket instead of on the disk: the same promises, through the web process."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from tawasul.attachments import actions, previews, queries, serving
from tawasul.attachments.models import StoredFile
from tests.attachments import making
from tests.attachments.conftest import Upload, body

pytestmark = [
    pytest.mark.network,
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # botocore leaves its pool to the collector
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture
def bucket(settings: Any) -> Iterator[Any]:
    """A bucket of a local stand-in for S3, and the settings that name it."""
    import boto3
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", 0)
    server.start()
    host, port = server.get_host_and_port()
    address = f"http://{host}:{port}"
    name = f"attachments-{uuid4()}"
    keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": "us-east-1"}
    boto3.client("s3", endpoint_url=address, **keys).create_bucket(Bucket=name)
    settings.STORAGES = {
        **settings.STORAGES,
        "attachments": {
            "BACKEND": "storages.backends.s3.S3Storage",
            "OPTIONS": {
                "bucket_name": name, "endpoint_url": address, "region_name": "us-east-1",
                "access_key": "test", "secret_key": "test", "default_acl": None, "file_overwrite": False,
            },
        },
    }  # fmt: skip
    yield boto3.resource("s3", endpoint_url=address, **keys).Bucket(name)
    server.stop()


def test_a_file_lives_in_a_bucket_as_it_lives_on_a_disk(
    bucket: Any, upload: Upload, django_capture_on_commit_callbacks: Any
) -> None:
    content = making.pdf(2)
    file = actions.store(upload(content, "صك الملكية.pdf", on_disk=True), by=None)
    assert previews.make_due_previews(1) == 1
    file.refresh_from_db()
    assert (file.preview, file.preview_pages) == (StoredFile.Preview.READY, 2)
    response = serving.original_response(file)
    assert body(response) == content
    picture = serving.picture_response(queries.page_picture(file, 2))
    assert picture is not None
    assert body(picture)[8:12] == b"WEBP"
    assert len(list(bucket.objects.all())) == 4
    with django_capture_on_commit_callbacks(execute=True):
        actions.discard(file)
    assert list(bucket.objects.all()) == []


def test_bytes_without_a_row_are_collected_from_a_bucket_too(
    bucket: Any, upload: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = actions.store(upload(making.real("png")), by=None)
    StoredFile.objects.all().delete()
    assert actions.collect_orphans() == 0
    monkeypatch.setattr(actions, "ORPHAN_AGE", -actions.ORPHAN_AGE)
    assert actions.collect_orphans() == 1
    assert file.key not in [item.key for item in bucket.objects.all()]
