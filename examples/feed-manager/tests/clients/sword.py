"""Python's sword2, unmodified, against the server at $SERVICE."""

import logging
import os

logging.disable(logging.CRITICAL)

import sword2  # noqa: E402

service, name, token = (os.environ[key] for key in ("SERVICE", "NAME", "TOKEN"))
connection = sword2.Connection(
    service, user_name=name, user_pass=token, download_service_document=True
)
assert connection.sd is not None, "no service document: the challenge of Basic was not understood"
assert connection.sd.parsed, "the service document"
# It makes its list of collections only of a document that says sword:version, which a server of AtomPub
# alone does not: the collection is looked up in the tree that it has parsed.
collections = connection.sd.service_dom.iter("{http://www.w3.org/2007/app}collection")
inbox = next(it.get("href") for it in collections if it.get("href").endswith("/inbox"))

# The media type that it sends has a space: application/atom+xml; type=entry. httplib2 sends head and body
# apart, and without credentials at first: the server refuses the head, and reads the body all the same.
entry = sword2.Entry(title="A deposit", id="urn:example:1", dcterms_abstract="About it")
receipt = connection.create(col_iri=inbox, metadata_entry=entry, suggested_identifier="deposit")
assert receipt.code == 201, receipt.code
assert "deposit" in receipt.location, receipt.location
assert receipt.parsed and receipt.title == "A deposit", receipt
assert receipt.metadata["dcterms_abstract"] == ["About it"], receipt.metadata

read = connection.get_deposit_receipt(receipt.edit)
assert read.code == 200 and read.title == "A deposit", read

changed = sword2.Entry(title="A better deposit", id="urn:example:1")
edited = connection.update(edit_iri=receipt.edit, metadata_entry=changed)
assert edited.code in (200, 204), edited.code
assert connection.get_deposit_receipt(receipt.edit).title == "A better deposit"

octets = b"PK\x03\x04 a file"
media = connection.create(
    col_iri=inbox,
    payload=octets,
    mimetype="application/zip",
    filename="a.zip",
    packaging="http://purl.org/net/sword/package/Binary",
)
assert media.code == 201, media.code
assert media.edit_media, "a media link entry has an edit-media link"
got = connection.get_resource(content_iri=media.edit_media)
assert got.content == octets, got.content

for iri in (receipt.edit, media.edit):
    assert connection.delete(iri).code in (200, 204)
try:
    connection.get_deposit_receipt(receipt.edit)
    raise AssertionError("a deleted entry can be read")
except sword2.HTTPResponseError as error:
    assert "404" in str(error) or "410" in str(error), error
print("sword2: ok")
