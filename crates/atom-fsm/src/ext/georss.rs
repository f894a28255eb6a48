//! Places (GeoRSS Simple, and GML in `georss:where`).

use super::extension::Extension;
use super::geometry::{self, Coordinates, Geometry, Kind, pairs};
use super::value::attribute;
use crate::error::Error;
use crate::into_owned::into_owned;
use crate::namespace;
use crate::xml::{Element, Name, SPACE};
use std::borrow::Cow;

/// Where the thing is that a feed or an entry is about: `georss:point`, `line`, `polygon`, `box` or
/// `circle`, or `georss:where` with a geometry of GML.
///
/// ```
/// use atom_fsm::atom::Entry;
/// use atom_fsm::ext::{Coordinates, Geometry, Location};
///
/// let mut entry = Entry::new();
/// entry.set_extension(&Location::new(&Geometry::Point(Coordinates::new(45.256, -71.92))));
/// assert_eq!(entry.extensions()[0].text(), "45.256 -71.92");
/// let location = entry.extension::<Location<'_>>().unwrap()?;
/// assert_eq!(location.geometry(), Some(Geometry::Point(Coordinates::new(45.256, -71.92))));
/// # Ok::<(), atom_fsm::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location<'a>(Element<'a>);

into_owned!(Location { 0 });

/// What GeoRSS says about a location beside its geometry.
///
/// GeoRSS Simple writes it as attributes of the geometry or as elements beside it.
#[derive(Debug, Clone, Default, PartialEq)]
#[must_use]
pub struct Place<'e> {
    relationship: Option<Cow<'e, str>>,
    feature_type: Option<Cow<'e, str>>,
    feature_name: Option<Cow<'e, str>>,
    elevation: Option<f64>,
    floor: Option<f64>,
    radius: Option<f64>,
}

impl<'a> Extension<'a> for Location<'a> {
    const NAMESPACE: &'static str = namespace::GEORSS;
    const LOCAL: &'static str = "where";
    const PREFIX: &'static str = "georss";

    /// Never fails: [`geometry`](Location::geometry) is `None` for what is no geometry.
    fn from_element(element: &Element<'a>) -> Result<Self, Error> {
        Ok(Self(element.clone()))
    }

    fn to_element(&self) -> Element<'a> {
        self.0.clone()
    }

    fn is(element: &Element<'_>) -> bool {
        let name = element.name();
        let is_location = name.local() == "where" || Kind::of(name.local()).is_some();
        is_location && namespace::same(name.namespace(), namespace::GEORSS)
    }
}

impl<'a> Location<'a> {
    /// Returns a location as GeoRSS Simple writes it.
    #[must_use]
    pub fn new(geometry: &Geometry) -> Location<'static> {
        let name = Name::known(namespace::GEORSS, "georss", geometry.kind().local());
        Location(Element::new(name).with_text(geometry.to_text()))
    }

    /// Returns a location as `georss:where` with a geometry of GML. A circle, for which this profile
    /// of GML has none, is written as `georss:circle` in it.
    #[must_use]
    pub fn in_gml(geometry: &Geometry) -> Location<'static> {
        let element = |local| Element::new(Name::known(namespace::GML, "gml", local));
        let list = |positions: &[Coordinates]| element("posList").with_text(pairs(positions));
        let inner = match geometry {
            Geometry::Point(one) => {
                element("Point").with_child(element("pos").with_text(pairs(&[*one])))
            }
            Geometry::Line(line) => element("LineString").with_child(list(line)),
            Geometry::Polygon(boundary) => {
                let ring = element("LinearRing").with_child(list(boundary));
                element("Polygon").with_child(element("exterior").with_child(ring))
            }
            Geometry::Box(lower, upper) => element("Envelope")
                .with_child(element("lowerCorner").with_text(pairs(&[*lower])))
                .with_child(element("upperCorner").with_text(pairs(&[*upper]))),
            Geometry::Circle(..) => Self::new(geometry).0,
        };
        Location(Element::new(Self::name()).with_child(inner))
    }

    /// The geometry. `None` when its positions are not as its kind demands
    /// ([`Rule::LocationSyntax`](crate::Rule::LocationSyntax)), when it is of a kind that this crate
    /// does not know, or when its coordinates are of another system than WGS 84. In `georss:where`
    /// it is the first geometry.
    #[must_use]
    pub fn geometry(&self) -> Option<Geometry> {
        if self.0.name().local() != "where" {
            return geometry::of(&self.0);
        }
        self.0.children().find(|child| geometry::is_known(child)).and_then(geometry::of)
    }

    /// What is said about the location, by its attributes or, where it has none, by the elements
    /// beside it: the [`extensions`](crate::atom::Entry::extensions) of the feed or the entry.
    pub fn place<'e>(&'e self, beside: &'e [Element<'_>]) -> Place<'e> {
        let text = |local| {
            let beside = || beside.iter().find(|it| it.name().is(namespace::GEORSS, local));
            let attribute = attribute(&self.0, local).map(Cow::Borrowed);
            attribute.or_else(|| beside().map(Element::text)).map(trimmed)
        };
        let number = |local| {
            let number = text(local)?.parse().ok();
            number.filter(|number: &f64| number.is_finite())
        };
        Place {
            relationship: text("relationshiptag"),
            feature_type: text("featuretypetag"),
            feature_name: text("featurename"),
            elevation: number("elev"),
            floor: number("floor"),
            radius: number("radius"),
        }
    }

    /// Sets what is said about the location, as attributes.
    #[must_use]
    pub fn with_place(self, place: &Place<'_>) -> Self {
        let number = |number: Option<f64>| number.map(|number| number.to_string());
        let own = |text: &Option<Cow<'_, str>>| text.as_deref().map(str::to_owned);
        let attributes = [
            ("relationshiptag", own(&place.relationship)),
            ("featuretypetag", own(&place.feature_type)),
            ("featurename", own(&place.feature_name)),
            ("elev", number(place.elevation)),
            ("floor", number(place.floor)),
            ("radius", number(place.radius)),
        ];
        let given = attributes.into_iter().filter_map(|(local, value)| Some((local, value?)));
        Self(given.fold(self.0, |element, (local, value)| {
            element.with_attribute(super::value::plain(local, value))
        }))
    }

    /// The element, with what has no accessor.
    #[must_use]
    pub fn as_element(&self) -> &Element<'a> {
        &self.0
    }
}

fn trimmed(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim_matches(SPACE)),
        Cow::Owned(text) => Cow::Owned(text.trim_matches(SPACE).to_owned()),
    }
}

impl Place<'_> {
    /// Returns a place of which nothing is said.
    pub fn new() -> Self {
        Self::default()
    }

    /// How the feed or the entry relates to the location, such as `is-centered-at`.
    #[must_use]
    pub fn relationship(&self) -> Option<&str> {
        self.relationship.as_deref()
    }

    /// The kind of thing that is there, such as `city`.
    #[must_use]
    pub fn feature_type(&self) -> Option<&str> {
        self.feature_type.as_deref()
    }

    /// The name of the thing that is there.
    #[must_use]
    pub fn feature_name(&self) -> Option<&str> {
        self.feature_name.as_deref()
    }

    /// The elevation above the ellipsoid, in metres.
    #[must_use]
    pub fn elevation(&self) -> Option<f64> {
        self.elevation
    }

    /// The floor of a building.
    #[must_use]
    pub fn floor(&self) -> Option<f64> {
        self.floor
    }

    /// The radius of the area around the geometry, in metres.
    #[must_use]
    pub fn radius(&self) -> Option<f64> {
        self.radius
    }
}

impl<'e> Place<'e> {
    /// Sets how the feed or the entry relates to the location.
    pub fn with_relationship(mut self, relationship: impl Into<Cow<'e, str>>) -> Self {
        self.relationship = Some(relationship.into());
        self
    }

    /// Sets the kind of thing that is there.
    pub fn with_feature_type(mut self, feature_type: impl Into<Cow<'e, str>>) -> Self {
        self.feature_type = Some(feature_type.into());
        self
    }

    /// Sets the name of the thing that is there.
    pub fn with_feature_name(mut self, feature_name: impl Into<Cow<'e, str>>) -> Self {
        self.feature_name = Some(feature_name.into());
        self
    }

    /// Sets the elevation in metres.
    pub fn with_elevation(mut self, metres: f64) -> Self {
        self.elevation = Some(metres);
        self
    }

    /// Sets the floor.
    pub fn with_floor(mut self, floor: f64) -> Self {
        self.floor = Some(floor);
        self
    }

    /// Sets the radius in metres.
    pub fn with_radius(mut self, metres: f64) -> Self {
        self.radius = Some(metres);
        self
    }
}
