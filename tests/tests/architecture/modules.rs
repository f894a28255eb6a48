//! The modules of a package: which file each stands in, and what its names stand for.

use anyhow::{Context, Result};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use syn::{Attribute, Item, UseTree, Visibility};

/// A path from the root of the crate: `crate::a::b` is `["a", "b"]`.
pub(crate) type Segments = Vec<String>;

/// One module, in a file of its own or inside another's.
#[derive(Default)]
pub(crate) struct Module {
    pub(crate) file: PathBuf,
    pub(crate) items: Vec<Item>,
    /// Names that are defined here.
    pub(crate) defined: BTreeSet<String>,
    /// Names that a `use` brings in, and the path that each stands for.
    pub(crate) used: BTreeMap<String, Segments>,
    /// Paths of which a `use` brings in all names.
    pub(crate) globs: Vec<Segments>,
    /// Whether this is the front page, whose `pub use` is no import.
    pub(crate) is_front_page: bool,
}

/// All modules of one package, by path.
#[derive(Default)]
pub(crate) struct Modules(pub(crate) BTreeMap<Segments, Module>);

impl Modules {
    /// Reads the modules of a library or a program, from its root on.
    pub(crate) fn read(root: &Path, source: &Path) -> Result<Self> {
        let mut modules = Self::default();
        modules.read_file(Vec::new(), root, source)?;
        Ok(modules)
    }

    fn read_file(&mut self, path: Segments, file: &Path, folder: &Path) -> Result<()> {
        let text = fs::read_to_string(file).with_context(|| format!("{file:?}"))?;
        let items = syn::parse_file(&text).with_context(|| format!("{file:?}"))?.items;
        self.add(path, items, file, folder)
    }

    fn add(&mut self, path: Segments, items: Vec<Item>, file: &Path, folder: &Path) -> Result<()> {
        let mut module = Module { file: file.to_owned(), ..Module::default() };
        module.is_front_page = path.is_empty();
        for item in items {
            if attributes(&item).iter().any(is_test) {
                continue;
            }
            if let Some(name) = defined_name(&item) {
                module.defined.insert(name);
            }
            match item {
                Item::Mod(inner) => {
                    let name = inner.ident.to_string();
                    let inner_path = joined(&path, &name);
                    let inner_folder = folder.join(&name);
                    match inner.content {
                        Some((_, items)) => self.add(inner_path, items, file, &inner_folder)?,
                        None => {
                            let alone = folder.join(format!("{name}.rs"));
                            let with_folder = inner_folder.join("mod.rs");
                            let file = if alone.is_file() { alone } else { with_folder };
                            self.read_file(inner_path, &file, &inner_folder)?;
                        }
                    }
                }
                item => module.items.push(item),
            }
        }
        for item in &module.items {
            if let Item::Use(item) = item {
                bind(&item.tree, &mut Vec::new(), &mut |written, name| match name {
                    Some(name) => drop(module.used.insert(name, written)),
                    None => module.globs.push(written),
                });
            }
        }
        self.0.insert(path, module);
        Ok(())
    }

    /// The path from the root that is meant by one written in a module; none for other crates.
    pub(crate) fn absolute(&self, module: &[String], written: &[String]) -> Option<Segments> {
        let (first, rest) = written.split_first()?;
        let mut path = match first.as_str() {
            "crate" => Vec::new(),
            "self" => module.to_vec(),
            "super" => module.split_last()?.1.to_vec(),
            name if self.0.contains_key(&joined(module, name)) => joined(module, name),
            name => {
                let bound = self.0.get(module)?.used.get(name)?;
                if bound.first() == Some(first) {
                    return None;
                }
                self.absolute(module, bound)?
            }
        };
        for segment in rest {
            if segment == "super" { drop(path.pop()) } else { path.push(segment.clone()) }
        }
        Some(path)
    }

    /// The module in which what a path names is defined, whatever re-exports lie between.
    pub(crate) fn home(&self, path: &[String]) -> Option<&Module> {
        self.find(path, 0)
    }

    fn find(&self, path: &[String], hops: usize) -> Option<&Module> {
        const MOST_HOPS: usize = 32;
        let mut at = Vec::new();
        for (index, segment) in path.iter().enumerate() {
            let inner = joined(&at, segment);
            if self.0.contains_key(&inner) {
                at = inner;
                continue;
            }
            let module = self.0.get(&at)?;
            if hops == MOST_HOPS || module.defined.contains(segment) {
                return Some(module);
            }
            let onward = |written: &Segments| {
                let mut target = self.absolute(&at, written)?;
                target.extend_from_slice(&path[index + 1..]);
                Some(target)
            };
            if let Some(target) = module.used.get(segment).and_then(onward) {
                return self.find(&target, hops + 1);
            }
            for glob in &module.globs {
                let Some(mut target) = self.absolute(&at, glob) else { continue };
                target.extend_from_slice(&path[index..]);
                let found = self.find(&target, hops + 1);
                if found.is_some_and(|found| found.defined.contains(segment)) {
                    return found;
                }
            }
            // What a macro defines is not seen, and stands where the macro is used.
            return Some(module);
        }
        self.0.get(&at)
    }
}

pub(crate) fn joined(path: &[String], name: &str) -> Segments {
    let mut path = path.to_vec();
    path.push(name.to_owned());
    path
}

/// Whether an item is there for tests alone.
fn is_test(attribute: &Attribute) -> bool {
    let path = attribute.path();
    if path.is_ident("test") {
        return true;
    }
    let Ok(list) = attribute.meta.require_list() else { return false };
    let words = list.tokens.to_string();
    let has = |word| words.split(|c: char| !c.is_alphanumeric() && c != '_').any(|it| it == word);
    path.is_ident("cfg") && (has("test") || has("doctest")) && !has("not")
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

fn defined_name(item: &Item) -> Option<String> {
    Some(match item {
        Item::Const(item) => item.ident.to_string(),
        Item::Enum(item) => item.ident.to_string(),
        Item::Fn(item) => item.sig.ident.to_string(),
        Item::Macro(item) => item.ident.as_ref()?.to_string(),
        Item::Static(item) => item.ident.to_string(),
        Item::Struct(item) => item.ident.to_string(),
        Item::Trait(item) => item.ident.to_string(),
        Item::Type(item) => item.ident.to_string(),
        _ => return None,
    })
}

/// Hands each path of a `use` to `found`, with the name it is bound to, or none for all names.
fn bind(tree: &UseTree, path: &mut Segments, found: &mut dyn FnMut(Segments, Option<String>)) {
    match tree {
        UseTree::Path(inner) => {
            path.push(inner.ident.to_string());
            bind(&inner.tree, path, found);
            path.pop();
        }
        UseTree::Name(name) if name.ident == "self" => found(path.clone(), path.last().cloned()),
        UseTree::Name(name) => {
            let name = name.ident.to_string();
            found(joined(path, &name), Some(name));
        }
        UseTree::Rename(name) => {
            found(joined(path, &name.ident.to_string()), Some(name.rename.to_string()));
        }
        UseTree::Glob(_) => found(path.clone(), None),
        UseTree::Group(group) => group.items.iter().for_each(|inner| bind(inner, path, found)),
    }
}

/// Whether a `use` re-exports what it names.
pub(crate) fn is_re_export(item: &Item) -> bool {
    matches!(item, Item::Use(item) if !matches!(item.vis, Visibility::Inherited))
}
