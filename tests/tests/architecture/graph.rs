//! Which file of a package names what is defined in which other.

use crate::modules::{Modules, Segments, is_re_export};
use anyhow::{Result, ensure};
use petgraph::algo::tarjan_scc;
use petgraph::graphmap::DiGraphMap;
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The files of a package, and the arrows between them.
#[derive(Debug)]
pub(crate) struct Graph {
    source: PathBuf,
    arrows: BTreeSet<(PathBuf, PathBuf)>,
}

impl Graph {
    /// The graph of all paths that begin at the root, at a neighbour or at a child, but for tests,
    /// `mod` and what the front page re-exports.
    pub(crate) fn of(source: &Path) -> Result<Self> {
        let mut graph = Self { source: source.to_owned(), arrows: BTreeSet::new() };
        let roots = ["lib.rs", "main.rs"].map(|name| source.join(name));
        let roots: Vec<_> = roots.into_iter().filter(|root| root.is_file()).collect();
        ensure!(!roots.is_empty(), "{source:?} has no root");
        for root in roots {
            graph.add(&Modules::read(&root, source)?);
        }
        Ok(graph)
    }

    /// Adds the arrows of a library or a program.
    fn add(&mut self, modules: &Modules) {
        for (path, module) in &modules.0 {
            for item in &module.items {
                if module.is_front_page && is_re_export(item) {
                    continue;
                }
                named(item.to_token_stream(), &mut |written| {
                    let absolute = modules.absolute(path, &written);
                    let home = absolute.and_then(|path| modules.home(&path));
                    if let Some(home) = home.filter(|home| home.file != module.file) {
                        self.arrows.insert((module.file.clone(), home.file.clone()));
                    }
                });
            }
        }
    }

    fn shown<'a>(&self, file: &'a Path) -> &'a Path {
        file.strip_prefix(&self.source).unwrap_or(file)
    }

    /// Each arrow, as text.
    pub(crate) fn arrows(&self) -> Vec<String> {
        let line = |(from, to): &(PathBuf, PathBuf)| {
            format!("{} -> {}", self.shown(from).display(), self.shown(to).display())
        };
        self.arrows.iter().map(line).collect()
    }

    /// The groups of files that can all be reached from each other, with the arrows within each.
    pub(crate) fn circles(&self) -> Vec<String> {
        let edges = self.arrows.iter().map(|(from, to)| (from.as_path(), to.as_path(), ()));
        let graph: DiGraphMap<&Path, ()> = DiGraphMap::from_edges(edges);
        let groups = tarjan_scc(&graph).into_iter().filter(|group| group.len() > 1);
        groups
            .map(|group| {
                let within = self.arrows.iter().zip(self.arrows());
                let within = within.filter(|((from, to), _)| {
                    group.contains(&from.as_path()) && group.contains(&to.as_path())
                });
                within.map(|(_, line)| format!("  {line}\n")).collect()
            })
            .collect()
    }
}

/// Hands on every path of two segments or more, in a `use`, an expression, a type or a macro.
fn named(tokens: TokenStream, found: &mut dyn FnMut(Segments)) {
    let tokens: Vec<_> = tokens.into_iter().collect();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        match token {
            TokenTree::Group(group) => named(group.stream(), found),
            TokenTree::Ident(_) => {
                at = path_at(&tokens, at, &mut Vec::new(), found);
                continue;
            }
            _ => {}
        }
        at += 1;
    }
}

/// Reads a path, with the groups of names that end it in a `use`; gives where it ends.
fn path_at(
    tokens: &[TokenTree],
    mut at: usize,
    path: &mut Segments,
    found: &mut dyn FnMut(Segments),
) -> usize {
    let start = path.len();
    while let Some(TokenTree::Ident(ident)) = tokens.get(at) {
        path.push(ident.to_string());
        at += 1;
        if !(is_mark(tokens.get(at), ':') && is_mark(tokens.get(at + 1), ':')) {
            break;
        }
        at += 2;
        if let Some(TokenTree::Group(group)) = tokens.get(at)
            && group.delimiter() == Delimiter::Brace
        {
            let inner: Vec<_> = group.stream().into_iter().collect();
            for name in inner.split(|token| is_mark(Some(token), ',')) {
                path_at(name, 0, path, found);
            }
            path.truncate(start);
            return at + 1;
        }
    }
    let is_glob = is_mark(tokens.get(at), '*');
    if path.len() > 1 && (path.len() > start || is_glob) {
        found(
            path.iter()
                .filter(|segment| *segment != "self" || path[0] == "self")
                .cloned()
                .collect(),
        );
    }
    path.truncate(start);
    at
}

fn is_mark(token: Option<&TokenTree>, mark: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == mark)
}
