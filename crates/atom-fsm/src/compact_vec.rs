//! Vectors with few items, of which a document has many.

/// Appends an item. The capacity grows to one, two and four items, where `Vec` begins with four:
/// most of these vectors have one or two items, and together they take most of a document's memory.
pub(crate) fn push<T>(list: &mut Vec<T>, item: T) {
    let len = list.len();
    if len == list.capacity() && len < 4 {
        list.reserve_exact(len.max(1));
    }
    list.push(item);
}
