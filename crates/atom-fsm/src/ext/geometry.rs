//! The geometries of GeoRSS Simple, and those of GML that `georss:where` contains.

use crate::namespace;
use crate::xml::{Element, SPACE};

/// A position on the Earth in WGS 84, in degrees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coordinates {
    latitude: f64,
    longitude: f64,
}

impl Coordinates {
    /// Returns a position. Both values are degrees: north and east of zero are positive.
    #[must_use]
    pub const fn new(latitude: f64, longitude: f64) -> Self {
        Self { latitude, longitude }
    }

    /// Degrees north of the equator.
    #[must_use]
    pub fn latitude(self) -> f64 {
        self.latitude
    }

    /// Degrees east of Greenwich.
    #[must_use]
    pub fn longitude(self) -> f64 {
        self.longitude
    }

    fn is_in_range(self) -> bool {
        self.latitude.abs() <= 90.0 && self.longitude.abs() <= 180.0
    }
}

/// A geometry: where something is.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Geometry {
    /// A position.
    Point(Coordinates),
    /// Positions that are joined by lines; at least two.
    Line(Vec<Coordinates>),
    /// The outer boundary of an area; at least four positions, of which the last is the first.
    Polygon(Vec<Coordinates>),
    /// The area between a south-western and a north-eastern corner.
    Box(Coordinates, Coordinates),
    /// The area around a position, with its radius in metres. GeoRSS does not define it; the example
    /// of draft-wilde-fsm-00 section 2.2.2 has it.
    Circle(Coordinates, f64),
}

impl Geometry {
    pub(crate) fn is_in_range(&self) -> bool {
        match self {
            Self::Point(one) => one.is_in_range(),
            Self::Line(several) | Self::Polygon(several) => {
                several.iter().all(|one| one.is_in_range())
            }
            Self::Box(one, other) => one.is_in_range() && other.is_in_range(),
            Self::Circle(centre, radius) => centre.is_in_range() && *radius >= 0.0,
        }
    }

    pub(crate) fn kind(&self) -> Kind {
        match self {
            Self::Point(_) => Kind::Point,
            Self::Line(_) => Kind::Line,
            Self::Polygon(_) => Kind::Polygon,
            Self::Box(..) => Kind::Box,
            Self::Circle(..) => Kind::Circle,
        }
    }

    /// The text of GeoRSS Simple.
    pub(crate) fn to_text(&self) -> String {
        match self {
            Self::Point(one) => pairs(&[*one]),
            Self::Line(several) | Self::Polygon(several) => pairs(several),
            Self::Box(one, other) => pairs(&[*one, *other]),
            Self::Circle(centre, radius) => format!("{} {radius}", pairs(&[*centre])),
        }
    }
}

/// The kinds of geometry of GeoRSS Simple.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Point,
    Line,
    Polygon,
    Box,
    Circle,
}

impl Kind {
    pub(crate) fn of(local: &str) -> Option<Self> {
        Some(match local {
            "point" => Self::Point,
            "line" => Self::Line,
            "polygon" => Self::Polygon,
            "box" => Self::Box,
            "circle" => Self::Circle,
            _ => return None,
        })
    }

    pub(crate) const fn local(self) -> &'static str {
        match self {
            Self::Point => "point",
            Self::Line => "line",
            Self::Polygon => "polygon",
            Self::Box => "box",
            Self::Circle => "circle",
        }
    }
}

/// The text of positions.
pub(crate) fn pairs(positions: &[Coordinates]) -> String {
    let pairs: Vec<_> =
        positions.iter().map(|one| format!("{} {}", one.latitude, one.longitude)).collect();
    pairs.join(" ")
}

/// Whether this is a geometry that [`of`] reads: its kind is known, and its coordinates are of WGS 84.
pub(crate) fn is_known(element: &Element<'_>) -> bool {
    let name = element.name();
    match name.local() {
        "Point" | "LineString" | "Polygon" | "Envelope" => {
            namespace::same(name.namespace(), namespace::GML) && is_of_wgs84(element)
        }
        local => namespace::same(name.namespace(), namespace::GEORSS) && Kind::of(local).is_some(),
    }
}

/// Reads an element of GeoRSS Simple or of GML. `None` when its positions are not as its kind
/// demands, when it is another element, or when its coordinates are of another system than WGS 84.
pub(crate) fn of(element: &Element<'_>) -> Option<Geometry> {
    let name = element.name();
    if namespace::same(name.namespace(), namespace::GML) {
        return of_gml(element);
    }
    let kind = Kind::of(name.local()).filter(|_| is_known(element))?;
    let numbers = numbers(&element.text())?;
    if kind == Kind::Circle {
        let [latitude, longitude, radius] = *numbers else { return None };
        return Some(Geometry::Circle(Coordinates::new(latitude, longitude), radius));
    }
    let positions = positions(&numbers, 2)?;
    match (kind, &*positions) {
        (Kind::Point, [one]) => Some(Geometry::Point(*one)),
        (Kind::Box, [one, other]) => Some(Geometry::Box(*one, *other)),
        (Kind::Line, _) => line(positions),
        (Kind::Polygon, _) => polygon(positions),
        _ => None,
    }
}

fn of_gml(element: &Element<'_>) -> Option<Geometry> {
    if !is_of_wgs84(element) {
        return None;
    }
    match element.name().local() {
        "Point" => {
            let position = gml(element, "pos")?;
            // The altitude is left out.
            match *numbers(&position.text())? {
                [latitude, longitude] | [latitude, longitude, _] => {
                    Some(Geometry::Point(Coordinates::new(latitude, longitude)))
                }
                _ => None,
            }
        }
        "LineString" => line(list(element)?),
        "Polygon" => polygon(list(gml(gml(element, "exterior")?, "LinearRing")?)?),
        "Envelope" => {
            let corner = |local| match *positions(&numbers(&gml(element, local)?.text())?, 2)? {
                [one] => Some(one),
                _ => None,
            };
            Some(Geometry::Box(corner("lowerCorner")?, corner("upperCorner")?))
        }
        _ => None,
    }
}

/// Whether the coordinates are of WGS 84, as they are where no system is named.
fn is_of_wgs84(element: &Element<'_>) -> bool {
    element.attribute("", "srsName").is_none_or(is_wgs84)
}

fn is_wgs84(system: &str) -> bool {
    ["EPSG:4326", "EPSG::4326", "epsg.xml#4326", "EPSG/0/4326", "WGS84"]
        .into_iter()
        .any(|known| system.trim_matches(SPACE).ends_with(known))
}

fn gml<'e, 'a>(element: &'e Element<'a>, local: &str) -> Option<&'e Element<'a>> {
    element.child(namespace::GML, local)
}

/// The positions of a `posList`, or of several `pos`.
fn list(element: &Element<'_>) -> Option<Vec<Coordinates>> {
    if let Some(list) = gml(element, "posList") {
        let dimension = match list.attribute("", "srsDimension").map(|it| it.trim_matches(SPACE)) {
            None | Some("2") => 2,
            Some("3") => 3,
            Some(_) => return None,
        };
        return positions(&numbers(&list.text())?, dimension);
    }
    let each = element.children().filter(|child| child.name().is(namespace::GML, "pos"));
    each.map(|position| match *positions(&numbers(&position.text())?, 2)? {
        [one] => Some(one),
        _ => None,
    })
    .collect()
}

/// Numbers, separated by white space or, as many publish them, by commas.
fn numbers(text: &str) -> Option<Vec<f64>> {
    text.split(|found| SPACE.contains(&found) || found == ',')
        .filter(|number| !number.is_empty())
        .map(|number| number.parse().ok().filter(|number: &f64| number.is_finite()))
        .collect()
}

fn positions(numbers: &[f64], dimension: usize) -> Option<Vec<Coordinates>> {
    if numbers.len() % dimension != 0 {
        return None;
    }
    let position = |of_one: &[f64]| Some(Coordinates::new(*of_one.first()?, *of_one.get(1)?));
    numbers.chunks_exact(dimension).map(position).collect()
}

fn line(positions: Vec<Coordinates>) -> Option<Geometry> {
    (positions.len() >= 2).then_some(Geometry::Line(positions))
}

fn polygon(positions: Vec<Coordinates>) -> Option<Geometry> {
    let is_closed = positions.len() >= 4 && positions.first() == positions.last();
    is_closed.then_some(Geometry::Polygon(positions))
}
