//! The tables, as each version of this program has changed them.

/// What makes version 1, and then each later version of the one before it.
pub(super) const STEPS: [&str; 6] = [TABLES, COUNTS, PUBLIC, GONE, PIECES, NAMES];

const TABLES: &str = "
CREATE TABLE origin (
    -- The scheme and authority of the URIs in the stored documents.
    uri TEXT NOT NULL
) STRICT;
CREATE TABLE users (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    created INTEGER NOT NULL,
    has_inbox INTEGER NOT NULL DEFAULT 0,
    -- The state of the service document.
    tag BLOB NOT NULL,
    modified INTEGER NOT NULL
) STRICT;
CREATE TABLE tokens (
    hash BLOB PRIMARY KEY,
    user INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    number INTEGER NOT NULL,
    created INTEGER NOT NULL,
    UNIQUE (user, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE collections (
    id INTEGER PRIMARY KEY,
    user INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    name TEXT NOT NULL,
    urn TEXT NOT NULL,
    is_bundle INTEGER NOT NULL,
    is_public INTEGER NOT NULL,
    -- The app:collection as a document.
    document BLOB NOT NULL,
    tag BLOB NOT NULL,
    modified INTEGER NOT NULL,
    members INTEGER NOT NULL DEFAULT 0,
    UNIQUE (user, name)
) STRICT;
CREATE TABLE members (
    id INTEGER PRIMARY KEY,
    collection INTEGER NOT NULL REFERENCES collections ON DELETE CASCADE,
    name TEXT NOT NULL,
    kind INTEGER NOT NULL,
    is_draft INTEGER NOT NULL,
    -- app:edited, in microseconds.
    edited INTEGER NOT NULL,
    tag BLOB NOT NULL,
    -- The entry as a document, as its owner sees it, and as others do if that differs.
    octets BLOB NOT NULL,
    public_octets BLOB,
    UNIQUE (collection, name)
) STRICT;
-- The order of a feed. A page is read from where it begins, however many members there are.
CREATE INDEX members_by_edit ON members (collection, edited, id);
CREATE INDEX published_by_edit ON members (collection, edited, id) WHERE is_draft = 0;
CREATE TABLE media (
    member INTEGER PRIMARY KEY REFERENCES members ON DELETE CASCADE,
    type TEXT NOT NULL,
    tag BLOB NOT NULL,
    modified INTEGER NOT NULL,
    octets BLOB NOT NULL
) STRICT;
";

/// How many octets the members and media of each user have.
///
/// A row that goes because another one does is gone after that other one, so that its own trigger finds no
/// user: the trigger of the other one counts it.
const COUNTS: &str = "
ALTER TABLE users ADD COLUMN octets INTEGER NOT NULL DEFAULT 0;
CREATE VIEW member_octets AS
    SELECT members.id AS member, members.collection AS collection,
        length(members.octets) + coalesce(length(members.public_octets), 0)
            + coalesce(length(media.octets), 0) AS octets
    FROM members LEFT JOIN media ON media.member = members.id;
UPDATE users SET octets = (
    SELECT coalesce(sum(member_octets.octets), 0)
    FROM collections JOIN member_octets ON member_octets.collection = collections.id
    WHERE collections.user = users.id
);
CREATE TRIGGER count_new_member AFTER INSERT ON members BEGIN
    UPDATE users SET octets = octets + length(NEW.octets) + coalesce(length(NEW.public_octets), 0)
    WHERE id = (SELECT user FROM collections WHERE id = NEW.collection);
END;
CREATE TRIGGER count_edited_member AFTER UPDATE OF octets, public_octets ON members BEGIN
    UPDATE users SET octets = octets + length(NEW.octets) + coalesce(length(NEW.public_octets), 0)
        - length(OLD.octets) - coalesce(length(OLD.public_octets), 0)
    WHERE id = (SELECT user FROM collections WHERE id = NEW.collection);
END;
CREATE TRIGGER count_deleted_member BEFORE DELETE ON members BEGIN
    UPDATE users
    SET octets = octets - (SELECT octets FROM member_octets WHERE member = OLD.id)
    WHERE id = (SELECT user FROM collections WHERE id = OLD.collection);
END;
CREATE TRIGGER count_deleted_collection BEFORE DELETE ON collections BEGIN
    UPDATE users
    SET octets = octets
        - (SELECT coalesce(sum(octets), 0) FROM member_octets WHERE collection = OLD.id)
    WHERE id = OLD.user;
END;
CREATE TRIGGER count_new_media AFTER INSERT ON media BEGIN
    UPDATE users SET octets = octets + length(NEW.octets)
    WHERE id = (SELECT user FROM collections JOIN members ON members.collection = collections.id
        WHERE members.id = NEW.member);
END;
CREATE TRIGGER count_edited_media AFTER UPDATE OF octets ON media BEGIN
    UPDATE users SET octets = octets + length(NEW.octets) - length(OLD.octets)
    WHERE id = (SELECT user FROM collections JOIN members ON members.collection = collections.id
        WHERE members.id = NEW.member);
END;
";

/// The state of what others see, which drafts and private edits leave as it is; and an order of feeds that names
/// no row.
const PUBLIC: &str = "
ALTER TABLE users ADD COLUMN public_tag BLOB NOT NULL DEFAULT x'';
ALTER TABLE users ADD COLUMN public_modified INTEGER NOT NULL DEFAULT 0;
UPDATE users SET public_tag = randomblob(16), public_modified = modified;
ALTER TABLE collections ADD COLUMN public_tag BLOB NOT NULL DEFAULT x'';
ALTER TABLE collections ADD COLUMN public_modified INTEGER NOT NULL DEFAULT 0;
UPDATE collections SET public_tag = randomblob(16), public_modified = modified;
ALTER TABLE members ADD COLUMN public_tag BLOB NOT NULL DEFAULT x'';
-- The app:edited that others see.
ALTER TABLE members ADD COLUMN public_edited INTEGER NOT NULL DEFAULT 0;
UPDATE members SET public_tag = randomblob(16), public_edited = edited;
DROP INDEX members_by_edit;
DROP INDEX published_by_edit;
CREATE INDEX members_by_edit ON members (collection, edited, name);
CREATE INDEX published_by_edit ON members (collection, public_edited, name) WHERE is_draft = 0;
";

/// Collections that were deleted, and whose members are removed by and by.
const GONE: &str = "
ALTER TABLE collections ADD COLUMN is_gone INTEGER NOT NULL DEFAULT 0;
CREATE INDEX gone_collections ON collections (id) WHERE is_gone = 1;
";

/// Media resources in pieces, so that none is ever in memory as a whole.
const PIECES: &str = "
DROP TRIGGER count_new_media;
DROP TRIGGER count_edited_media;
DROP TRIGGER count_deleted_member;
DROP TRIGGER count_deleted_collection;
DROP VIEW member_octets;
CREATE TABLE pieces (
    member INTEGER NOT NULL REFERENCES media ON DELETE CASCADE,
    -- Counted from 0. Each has 65,536 octets, and the last one the rest.
    number INTEGER NOT NULL,
    octets BLOB NOT NULL,
    UNIQUE (member, number)
) STRICT;
ALTER TABLE media ADD COLUMN size INTEGER NOT NULL DEFAULT 0;
UPDATE media SET size = length(octets);
WITH RECURSIVE cut(member, number) AS (
    SELECT member, 0 FROM media WHERE size > 0
    UNION ALL
    SELECT cut.member, number + 1 FROM cut JOIN media ON media.member = cut.member
    WHERE (number + 1) * 65536 < size
)
INSERT INTO pieces (member, number, octets)
SELECT cut.member, number, substr(octets, number * 65536 + 1, 65536)
FROM cut JOIN media ON media.member = cut.member;
ALTER TABLE media DROP COLUMN octets;
CREATE VIEW member_octets AS
    SELECT members.id AS member, members.collection AS collection,
        length(members.octets) + coalesce(length(members.public_octets), 0)
            + coalesce(media.size, 0) AS octets
    FROM members LEFT JOIN media ON media.member = members.id;
CREATE TRIGGER count_deleted_member BEFORE DELETE ON members BEGIN
    UPDATE users
    SET octets = octets - (SELECT octets FROM member_octets WHERE member = OLD.id)
    WHERE id = (SELECT user FROM collections WHERE id = OLD.collection);
END;
CREATE TRIGGER count_deleted_collection BEFORE DELETE ON collections BEGIN
    UPDATE users
    SET octets = octets
        - (SELECT coalesce(sum(octets), 0) FROM member_octets WHERE collection = OLD.id)
    WHERE id = OLD.user;
END;
CREATE TRIGGER count_new_media AFTER INSERT ON media BEGIN
    UPDATE users SET octets = octets + NEW.size
    WHERE id = (SELECT user FROM collections JOIN members ON members.collection = collections.id
        WHERE members.id = NEW.member);
END;
CREATE TRIGGER count_edited_media AFTER UPDATE OF size ON media BEGIN
    UPDATE users SET octets = octets + NEW.size - OLD.size
    WHERE id = (SELECT user FROM collections JOIN members ON members.collection = collections.id
        WHERE members.id = NEW.member);
END;
";

/// The names that deleted collections had, which no other collection gets.
const NAMES: &str = "
CREATE TABLE deleted_collections (
    id INTEGER PRIMARY KEY,
    user INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    name TEXT NOT NULL,
    UNIQUE (user, name)
) STRICT;
CREATE INDEX deleted_collections_by_age ON deleted_collections (user, id);
";
