//! Finds the circles of a graph, and an order of everything else.

/// The groups of nodes that can all be reached from each other, by Tarjan's algorithm, without
/// recursion. A group comes after all groups that can be reached from it. Most have one node.
pub(super) fn groups(after: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let mut search = Search {
        number: vec![None; after.len()],
        lowest: vec![0; after.len()],
        is_open: vec![false; after.len()],
        open: Vec::new(),
        count: 0,
        groups: Vec::new(),
    };
    for node in 0..after.len() {
        if search.number[node].is_none() {
            search.from(node, after);
        }
    }
    search.groups
}

struct Search {
    /// When each node was entered.
    number: Vec<Option<usize>>,
    /// The lowest number of an open node that can be reached from each.
    lowest: Vec<usize>,
    is_open: Vec<bool>,
    /// The nodes whose group is not complete.
    open: Vec<usize>,
    count: usize,
    groups: Vec<Vec<usize>>,
}

impl Search {
    fn from(&mut self, start: usize, after: &[Vec<usize>]) {
        self.enter(start);
        // The path, and how many successors of each node were looked at.
        let mut path = vec![(start, 0)];
        while let Some((node, looked)) = path.last_mut() {
            let node = *node;
            if let Some(&next) = after[node].get(*looked) {
                *looked += 1;
                match self.number[next] {
                    None => {
                        self.enter(next);
                        path.push((next, 0));
                    }
                    Some(number) if self.is_open[next] => {
                        self.lowest[node] = self.lowest[node].min(number);
                    }
                    Some(_) => {}
                }
            } else {
                path.pop();
                if let Some((before, _)) = path.last() {
                    self.lowest[*before] = self.lowest[*before].min(self.lowest[node]);
                }
                if self.number[node] == Some(self.lowest[node]) {
                    self.close(node);
                }
            }
        }
    }

    fn enter(&mut self, node: usize) {
        (self.number[node], self.lowest[node]) = (Some(self.count), self.count);
        self.count += 1;
        self.is_open[node] = true;
        self.open.push(node);
    }

    /// Completes the group that was entered by a node.
    fn close(&mut self, node: usize) {
        let start = self.open.iter().rposition(|open| *open == node).unwrap_or(0);
        let mut group = self.open.split_off(start);
        for member in &group {
            self.is_open[*member] = false;
        }
        group.sort_unstable();
        self.groups.push(group);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Whether one node can be reached from another, for each pair.
    fn reached(after: &[Vec<usize>]) -> Vec<Vec<bool>> {
        let count = after.len();
        let mut reached = vec![vec![false; count]; count];
        for (from, reached) in reached.iter_mut().enumerate() {
            let mut waiting = vec![from];
            while let Some(node) = waiting.pop() {
                if !std::mem::replace(&mut reached[node], true) {
                    waiting.extend(&after[node]);
                }
            }
        }
        reached
    }

    proptest! {
        #[test]
        fn a_group_is_what_can_be_reached_to_and_fro_and_comes_after_what_it_reaches(
            after in proptest::collection::vec(proptest::collection::vec(0..8_usize, 0..4), 8),
        ) {
            let groups = groups(&after);
            let reached = reached(&after);
            let place = |node: usize| groups.iter().position(|group| group.contains(&node)).unwrap();
            prop_assert_eq!(groups.iter().map(Vec::len).sum::<usize>(), after.len());
            let pairs = (0..after.len()).flat_map(|one| (0..after.len()).map(move |it| (one, it)));
            for (one, other) in pairs {
                let mutual = reached[one][other] && reached[other][one];
                prop_assert_eq!(place(one) == place(other), mutual);
                prop_assert!(!reached[one][other] || place(one) >= place(other));
            }
        }
    }

    #[test]
    fn a_path_of_any_length_needs_no_stack() {
        let after: Vec<_> = (1..=100_000).map(|next| vec![next]).chain([vec![]]).collect();
        assert_eq!(groups(&after).len(), 100_001);
    }
}
