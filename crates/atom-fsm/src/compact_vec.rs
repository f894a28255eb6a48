//! Lists of few items, of which a document holds very many.

/// Appends an item. A list grows to one, two and four items where `Vec` begins with four: most have
/// one or two, and the memory of all lists together is most of a document's.
pub(crate) fn push<T>(list: &mut Vec<T>, item: T) {
    let len = list.len();
    if len == list.capacity() && len < 4 {
        list.reserve_exact(len.max(1));
    }
    list.push(item);
}
