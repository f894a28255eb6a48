//! The rules of AtomPub's documents.

use crate::{Row, Written};
use Written::{Clean, Refused};
use atom_fsm::Rule;

pub(crate) fn app(document: &str) -> String {
    let names = "xmlns='http://www.w3.org/2007/app' xmlns:a='http://www.w3.org/2005/Atom'";
    document.replacen("NAMES", names, 1)
}

pub(crate) fn rows() -> Vec<Row> {
    use Rule::*;
    vec![
        (ServiceWorkspace, app("@<service NAMES/>"), Refused(ServiceWorkspace, "/service")),
        (
            WorkspaceTitle,
            app("<service NAMES>@<workspace/></service>"),
            Refused(WorkspaceTitle, "/service/workspace[1]"),
        ),
        (
            CollectionHref,
            app("@<collection NAMES><a:title>T</a:title></collection>"),
            Refused(CollectionHref, "/collection"),
        ),
        (
            CollectionTitle,
            app("@<collection NAMES href='/'/>"),
            Refused(CollectionTitle, "/collection"),
        ),
        (
            AcceptSyntax,
            app(
                "<collection NAMES href='/'><a:title>T</a:title>@<accept>html</accept></collection>",
            ),
            Clean,
        ),
        (
            CategoriesOutOfLine,
            app("@<categories NAMES href='/' fixed='yes'/>"),
            Refused(CategoriesOutOfLine, "/categories"),
        ),
        (
            CategoriesOutOfLine,
            app("@<categories NAMES href='/'><b xmlns='u'/></categories>"),
            Refused(CategoriesOutOfLine, "/categories"),
        ),
        (StrayText, app("<categories NAMES href='/'>@text</categories>"), Clean),
        (
            CategoriesFixed,
            app("@<categories NAMES fixed='maybe'/>"),
            Refused(CategoriesFixed, "/categories"),
        ),
    ]
}
