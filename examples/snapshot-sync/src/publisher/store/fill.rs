//! Filling a new database with generated entities.

use super::database::Store;
use super::event_id::EventId;
use super::media_type::MediaType;
use super::read::Version;
use super::write::replace;
use super::writer::Writer;
use crate::error::Error;
use crate::publisher::generate::Generator;
use rusqlite::params;

impl Store {
    /// Fills a database that nobody has seen with entities that have several versions each; returns
    /// the number of versions.
    ///
    /// It stores no events, since there is no snapshot that lacks these entities. After an
    /// interruption it continues where it was, and a generator with the same seed gives the same
    /// database.
    ///
    /// # Errors
    /// [`Error::Database`]; [`Error::Stopped`] if the store is asked to stop.
    pub fn fill(
        &self,
        count: u64,
        generator: &mut Generator,
        mut on_entity: impl FnMut(),
    ) -> Result<u64, Error> {
        let filled: u64 =
            self.reader()?.query_row("SELECT count(*) FROM entity", [], |row| row.get(0))?;
        let mut versions = 0;
        let mut number = 0;
        while number < count {
            let mut writer = self.writer();
            let Writer { connection, clock } = &mut *writer;
            let time = clock.now();
            let transaction = connection.transaction()?;
            let end = (number + 10_000).min(count);
            for number in number..end {
                // A stop does not wait for a whole transaction: what it holds is generated again.
                self.goes_on()?;
                let uri = generator.uri(number);
                let last = generator.versions();
                for version in 1..last {
                    let earlier = generator.state(&uri);
                    if number < filled {
                        continue;
                    }
                    let insert = "INSERT INTO earlier (uri, version, time, type, body)
                                  VALUES (?1, ?2, ?3, ?4, ?5)";
                    let row = params![uri, version, time, MediaType::GENERATED.as_str(), earlier];
                    transaction.prepare_cached(insert)?.execute(row)?;
                }
                let state = generator.state(&uri);
                if number >= filled {
                    let version = Version { number: last, time };
                    let tag = EventId::draw(self.feed().run, 0).entity_tag();
                    let media_type = MediaType::GENERATED.as_str();
                    replace(&transaction, &uri, version, &tag, media_type, &state)?;
                }
                versions += last;
                on_entity();
            }
            transaction.commit()?;
            number = end;
        }
        Ok(versions)
    }
}
