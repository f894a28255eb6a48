//! XML with namespaces: names, attributes, and trees for elements of other vocabularies.

mod chars;
mod declaration;
mod doctype;
mod element;
mod entities;
mod markup;
mod name;
mod needed;
mod own_tag;
mod reader;
mod repair;
mod scope;
mod shared;
mod tag;
mod text;
pub(crate) mod tree;
mod writer;

pub(crate) use doctype::{after_doctype, doctype_end};
pub use element::{Element, Node};
pub(crate) use entities::html as html_entity;
pub use name::{Attribute, Name};

pub(crate) use chars::{SPACE, has_wide_characters, is_blank, is_space};
pub(crate) use markup::MARK;
pub(crate) use own_tag::{OwnTag, own_tag};
pub(crate) use reader::pause::{Paused, Reported};
pub(crate) use reader::places::Remembered;
pub(crate) use reader::{Mark, Token, XmlReader};
pub(crate) use writer::XmlWriter;
pub(crate) use writer::around::RootChild;
pub(crate) use writer::pause::PausedWriter;
