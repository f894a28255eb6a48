//! Packages that a query cannot need, by the manifest's locations.

use crate::columns::Column;
use crate::listing::Listing;
use datafusion::common::ScalarValue;
use datafusion::logical_expr::{BinaryExpr, Expr, Operator};

/// The locations that a filter asks for: `location = '…'`, or `location IN ('…', …)`.
pub(crate) fn locations(filter: &Expr) -> Option<Vec<&str>> {
    match filter {
        Expr::BinaryExpr(BinaryExpr { left, op: Operator::Eq, right }) => {
            let literal = match (&**left, &**right) {
                (column, literal) | (literal, column) if is_location(column) => literal,
                _ => return None,
            };
            Some(vec![text(literal)?])
        }
        // What is wanted by either side is wanted: the optimizer writes short lists like this.
        Expr::BinaryExpr(BinaryExpr { left, op: Operator::Or, right }) => {
            let mut wanted = locations(left)?;
            wanted.extend(locations(right)?);
            Some(wanted)
        }
        Expr::InList(list) if !list.negated && is_location(&list.expr) => {
            list.list.iter().map(text).collect()
        }
        _ => None,
    }
}

/// The numbers of the packages that may contain what all of the filters ask for.
pub(crate) fn packages(listing: &Listing, filters: &[Expr]) -> Vec<usize> {
    let all = 0..listing.packages.len();
    let Some(manifest) = &listing.manifest else { return all.collect() };
    let wanted: Vec<_> = filters.iter().filter_map(locations).collect();
    let may_match = |number: &usize| {
        wanted.iter().all(|locations| {
            locations.iter().any(|it| manifest.may_contain(&listing.id, *number, it))
        })
    };
    all.filter(may_match).collect()
}

fn is_location(expr: &Expr) -> bool {
    matches!(expr, Expr::Column(column) if column.name == Column::Location.name())
}

fn text(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Literal(
            ScalarValue::Utf8(Some(text))
            | ScalarValue::LargeUtf8(Some(text))
            | ScalarValue::Utf8View(Some(text)),
            _,
        ) => Some(text),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use datafusion::logical_expr::{col, lit};

    #[test]
    fn a_filter_asks_for_locations_or_for_something_else() {
        let location = || col("location");
        let found = |filter: Expr| locations(&filter).map(|found| found.join(" "));
        assert_eq!(found(location().eq(lit("a"))).unwrap(), "a");
        assert_eq!(found(lit("a").eq(location())).unwrap(), "a");
        let list = location().in_list(vec![lit("a"), lit("b")], false);
        assert_eq!(found(list).unwrap(), "a b");
        assert_eq!(found(location().eq(lit("a")).or(location().eq(lit("b")))).unwrap(), "a b");
        for other in [
            location().not_eq(lit("a")),
            location().in_list(vec![lit("a")], true),
            location().in_list(vec![lit("a"), col("body")], false),
            location().eq(lit("a")).or(col("length").eq(lit(1))),
            location().eq(col("body")),
            col("body").eq(lit("a")),
        ] {
            assert_eq!(found(other.clone()), None, "{other}");
        }
    }
}
