//! Which nodes of a graph are in a circle together.

/// Numbers the nodes so that two have the same number if and only if each can be reached from the
/// other. It is Kosaraju's algorithm, without recursion: the nodes are taken in the reverse order in
/// which a search leaves them, and each takes those that reach it.
pub(super) fn groups(after: &[Vec<usize>]) -> Vec<usize> {
    let mut before = vec![Vec::new(); after.len()];
    for (from, targets) in after.iter().enumerate() {
        targets.iter().for_each(|to| before[*to].push(from));
    }
    let mut left = Vec::with_capacity(after.len());
    let mut is_entered = vec![false; after.len()];
    for start in 0..after.len() {
        search(start, after, &mut is_entered, |node| left.push(node));
    }
    let mut groups = vec![0; after.len()];
    let mut is_entered = vec![false; after.len()];
    for (group, start) in left.into_iter().rev().enumerate() {
        search(start, &before, &mut is_entered, |node| groups[node] = group);
    }
    groups
}

/// Searches depth-first what can be reached from a node and was not entered, and calls `leave` with
/// each node after those that it leads to.
fn search(
    start: usize,
    after: &[Vec<usize>],
    is_entered: &mut [bool],
    mut leave: impl FnMut(usize),
) {
    if std::mem::replace(&mut is_entered[start], true) {
        return;
    }
    // The path, and how many successors of each node were looked at.
    let mut path = vec![(start, 0)];
    while let Some((node, looked)) = path.last_mut() {
        if let Some(&next) = after[*node].get(*looked) {
            *looked += 1;
            if !std::mem::replace(&mut is_entered[next], true) {
                path.push((next, 0));
            }
        } else {
            leave(*node);
            path.pop();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The slow twin: whether one node can be reached from another.
    fn reaches(after: &[Vec<usize>], from: usize, to: usize) -> bool {
        let mut seen = vec![from];
        let mut at = 0;
        while let Some(&node) = seen.get(at) {
            at += 1;
            for &next in &after[node] {
                if !seen.contains(&next) {
                    seen.push(next);
                }
            }
        }
        seen.contains(&to)
    }

    proptest! {
        #[test]
        fn a_group_is_what_can_be_reached_to_and_fro(
            after in proptest::collection::vec(proptest::collection::vec(0..7_usize, 0..4), 7),
        ) {
            let groups = groups(&after);
            for one in 0..7 {
                for other in 0..7 {
                    let mutual = reaches(&after, one, other) && reaches(&after, other, one);
                    prop_assert_eq!(groups[one] == groups[other], mutual);
                }
            }
        }
    }

    #[test]
    fn a_path_of_any_length_needs_no_stack() {
        let after: Vec<_> = (1..=100_000).map(|next| vec![next]).chain([vec![]]).collect();
        let groups = groups(&after);
        assert_ne!(groups[0], groups[100_000]);
    }
}
