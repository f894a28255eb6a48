//! Generates entities and changes that look like the draft's, from a fixed seed.

use crate::publisher::store::{Change, Entities, MediaType};
use rand::Rng;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use serde_json::json;
use std::fmt::Write;
use std::ops::Range;

/// The number in the id of the draft's first example (section 3.2). The generated ids begin with
/// it.
const FIRST: u64 = 16_325_906;

/// The limit on the number of generated entities: their URIs are in the order of their numbers.
pub const MOST: u64 = 100_000_000 - FIRST;

/// The URI of the entity that has this number, which must be below [`MOST`], where entities have the
/// path that they have by default.
#[must_use]
pub fn uri(number: u64) -> String {
    Entities::default().name(&id(number))
}

fn id(number: u64) -> String {
    format!("{:08}:001:99999", FIRST + number)
}

/// Generates states and changes. The same seed gives the same ones.
#[derive(Debug)]
pub struct Generator {
    random: ChaCha8Rng,
    entities: Entities,
}

impl Generator {
    /// A generator for a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { random: ChaCha8Rng::seed_from_u64(seed), entities: Entities::default() }
    }

    /// Sets the path of the entities.
    #[must_use]
    pub fn below(mut self, entities: &Entities) -> Self {
        self.entities = entities.clone();
        self
    }

    /// The URI of the entity that has this number, which must be below [`MOST`].
    #[must_use]
    pub fn uri(&self, number: u64) -> String {
        self.entities.name(&id(number))
    }

    /// Generates the state of an entity, as JSON with one to six assets, as in the draft's
    /// examples.
    pub fn state(&mut self, uri: &str) -> Vec<u8> {
        let id = uri.rsplit('/').next().unwrap_or_default();
        let mut text = format!(r#"{{"id":"{id}","assets":["#);
        let assets = *[1, 2, 2, 2, 2, 3, 6].get(self.random.random_range(0..7)).unwrap_or(&2);
        for asset in 0..assets {
            let comma = if asset == 0 { "" } else { "," };
            let (number, role) = (self.random.random_range(9000..990_000_u32), self.role());
            // Writing to a String cannot fail.
            let _ = write!(text, r#"{comma}{{"id":"{number}","role":"{role}"}}"#);
        }
        text.push_str("]}");
        text.into_bytes()
    }

    /// Generates the number of versions of an entity: one to three.
    pub fn versions(&mut self) -> u64 {
        self.random.random_range(1..=3)
    }

    /// Generates a change to one of the entities with numbers below `count`, or adds the entity
    /// with the number `fresh`.
    pub fn change(&mut self, count: u64, fresh: u64) -> Change {
        self.change_within(0..count, fresh)
    }

    /// Generates a change to one of the entities with numbers in a range, or adds the entity with
    /// the number `fresh`. An empty range stands for its first number.
    ///
    /// Of a hundred changes, fifty-five replace a state, twenty patch it, five add an asset to it,
    /// ten remove the entity and ten add an entity.
    pub fn change_within(&mut self, numbers: Range<u64>, fresh: u64) -> Change {
        let Range { start, end } = numbers;
        let number = self.random.random_range(start..end.max(start + 1));
        let target = self.uri(number);
        match self.random.random_range(0..100) {
            0..55 => {
                let state = self.state(&target);
                Change::Put(target, MediaType::GENERATED, state)
            }
            55..60 => {
                let (number, role) = (self.random.random_range(9000..990_000_u32), self.role());
                Change::Post(target, json!({ "id": number.to_string(), "role": role }))
            }
            60..80 => {
                let (stock, note) = (self.random.random_range(0..1000_u32), self.role());
                Change::Patch(target, json!({ "stock": stock, "note": note, "gone": null }))
            }
            80..90 => Change::Delete(target),
            _ => {
                let target = self.uri(fresh);
                let state = self.state(&target);
                Change::Put(target, MediaType::GENERATED, state)
            }
        }
    }

    fn role(&mut self) -> &'static str {
        ["spot", "1", "2", "3", "4", "5"].get(self.random.random_range(0..6)).unwrap_or(&"spot")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[test]
    fn the_same_seed_makes_the_same_entities_and_changes() {
        let made = |seed| {
            let mut generator = Generator::new(seed);
            let states: Vec<_> = (0..50).map(|number| generator.state(&uri(number))).collect();
            let changes: Vec<_> = (50..150).map(|fresh| generator.change(50, fresh)).collect();
            (states, changes)
        };
        assert_eq!(made(7), made(7));
        assert_ne!(made(7), made(8));
    }

    #[test]
    fn draft_3_2_a_state_is_json_with_an_id_and_assets() {
        let state: Value = serde_json::from_slice(&Generator::new(1).state(&uri(0))).unwrap();
        assert_eq!(state["id"], "16325906:001:99999");
        assert!(state["assets"].as_array().is_some_and(|assets| !assets.is_empty()));
    }
}
